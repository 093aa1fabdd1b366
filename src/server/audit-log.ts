import type { FastifyRequest } from 'fastify';
import type { AuditEntry } from '../api/shapes.ts';
import type { SqlRow } from '../sqlite/sql-row.ts';
import type { Database } from '../sqlite/sqlite-driver.ts';

/** What a request was about. */
export interface AuditFacts {
  /** Of a request whose address does not name it. */
  readonly collection?: string | undefined;
  /** An id, never a name. */
  readonly subject?: string | undefined;
  readonly count?: number | undefined;
}

const MS_PER_DAY = 86_400_000;
const DAYS_KEPT = 365;

/** Who enrolled, searched, exported and erased: ids and counts, no names, no pictures. Kept for a year. */
export class AuditLog {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** requires  a request of a caller who was admitted */
  note(request: FastifyRequest, action: string, { collection, subject, count }: AuditFacts = {}): void {
    const { collection: named } = request.params as { readonly collection?: string };
    this.#database
      .prepare(
        'INSERT INTO audit (at, caller, action, collection, subject, count, request) VALUES (?, ?, ?, ?, ?, ?, ?)',
      )
      .run(
        new Date().toISOString(),
        request.caller!.id,
        action,
        collection ?? named ?? null,
        subject ?? null,
        count ?? null,
        request.id,
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
