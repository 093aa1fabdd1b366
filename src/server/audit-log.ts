import type { AuditEntry } from '../api/shapes.ts';
import type { SqlRow } from '../sqlite/sql-row.ts';
import type { Database } from '../sqlite/sqlite-driver.ts';

export interface NewAuditEntry {
  /** Id of a key. */
  readonly caller: string;
  readonly action: string;
  readonly collection?: string | undefined;
  /** An id, never a name. */
  readonly subject?: string | undefined;
  readonly count?: number | undefined;
  readonly requestId?: string | undefined;
}

const MS_PER_DAY = 86_400_000;
const DAYS_KEPT = 365;

/** Who enrolled, searched, exported and erased: ids and counts, no names, no pictures. Kept for a year. */
export class AuditLog {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  note({ caller, action, collection, subject, count, requestId }: NewAuditEntry): void {
    this.#database
      .prepare(
        'INSERT INTO audit (at, caller, action, collection, subject, count, request) VALUES (?, ?, ?, ?, ?, ?, ?)',
      )
      .run(
        new Date().toISOString(),
        caller,
        action,
        collection ?? null,
        subject ?? null,
        count ?? null,
        requestId ?? null,
      );
  }

  /** Newest first; `before` is the id of an entry. */
  list({
    limit,
    before,
  }: {
    readonly limit: number;
    readonly before?: number | undefined;
  }): readonly AuditEntry[] {
    const rows = this.#database
      .prepare('SELECT * FROM audit WHERE seq < ? ORDER BY seq DESC LIMIT ?')
      .all(before ?? Number.MAX_SAFE_INTEGER, limit);
    return (rows as unknown as readonly SqlRow[]).map(entryOf);
  }

  sweep(): void {
    const oldest = new Date(Date.now() - DAYS_KEPT * MS_PER_DAY).toISOString();
    this.#database.prepare('DELETE FROM audit WHERE at < ?').run(oldest);
  }
}

function entryOf(row: SqlRow): AuditEntry {
  const text = (value: unknown) => (value === null ? null : String(value));
  return {
    id: Number(row.seq),
    at: String(row.at),
    caller: String(row.caller),
    action: String(row.action),
    collection: text(row.collection),
    subject: text(row.subject),
    count: row.count === null ? null : Number(row.count),
    requestId: text(row.request),
  };
}
