import { randomUUID } from 'node:crypto';
import type { Job, JobResult } from '../../api/job-shapes.ts';
import { rollback } from '../../sqlite/rollback.ts';
import { rowOf, type SqlRow } from '../../sqlite/sql-row.ts';
import type { Database } from '../../sqlite/sqlite-driver.ts';

export interface JobOptions {
  readonly largest: boolean;
  readonly allowLookalikes: boolean;
}

/** A picture of a job before it was worked on. */
export interface PendingPicture {
  readonly number: number;
  readonly file: string | null;
  readonly person: string;
}

type Finished = Omit<JobResult, 'picture'>;

/** Seals what names somebody, as the job's gallery does. */
export interface JobSealer {
  seal(bytes: Uint8Array, context: string): Uint8Array;
  unseal(bytes: Uint8Array, context: string): Uint8Array;
}

const MS_PER_DAY = 86_400_000;
const DAYS_KEPT = 30;
const CONTEXT = 'job';

/** The record of jobs: what a method has written survives a crash of the server. */
export class JobStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** All pictures at once: a job is there whole or not at all. */
  create(
    id: string,
    collection: string,
    options: JobOptions,
    pictures: readonly PendingPicture[],
    sealer: JobSealer,
  ): Job {
    this.#transaction(() => {
      const { lastInsertRowid } = this.#database
        .prepare(
          "INSERT INTO jobs (id, collection, status, options, created_at) VALUES (?, ?, 'running', ?, ?)",
        )
        .run(id, collection, JSON.stringify(options), new Date().toISOString());
      const insert = this.#database.prepare(
        'INSERT INTO job_pictures (job, number, detail) VALUES (?, ?, ?)',
      );
      for (const { number, file, person } of pictures) {
        insert.run(lastInsertRowid, number, sealed(sealer, { file, person }));
      }
    });
    return this.find(id)!;
  }

  list(): readonly Job[] {
    const rows = this.#database.prepare(`${SELECT_JOBS} GROUP BY jobs.seq ORDER BY jobs.seq DESC`).all();
    return (rows as unknown as readonly SqlRow[]).map(jobOf);
  }

  find(id: string): Job | null {
    const row = rowOf(this.#database.prepare(`${SELECT_JOBS} WHERE jobs.id = ? GROUP BY jobs.seq`).get(id));
    return row ? jobOf(row) : null;
  }

  /** Without counting its pictures. */
  isRunning(id: string): boolean {
    return (
      rowOf(this.#database.prepare('SELECT status FROM jobs WHERE id = ?').get(id))?.status === 'running'
    );
  }

  optionsOf(id: string): JobOptions {
    const row = rowOf(this.#database.prepare('SELECT options FROM jobs WHERE id = ?').get(id));
    return JSON.parse(String(row?.options)) as JobOptions;
  }

  /** Pictures without a result, in their order. */
  pending(id: string, sealer: JobSealer): readonly PendingPicture[] {
    const rows = this.#database
      .prepare(
        `SELECT number, detail FROM job_pictures WHERE job = ${JOB_SEQ} AND status IS NULL ORDER BY number`,
      )
      .all(id);
    return (rows as unknown as readonly SqlRow[]).map((row) => ({
      number: Number(row.number),
      ...opened<{ file: string | null; person: string }>(sealer, row.detail),
    }));
  }

  /** ensures  the number of the result among those of the job, from 1; null when the picture has a result already */
  finish(id: string, number: number, result: Finished, sealer: JobSealer): number | null {
    return this.#transaction(() => {
      const row = rowOf(
        this.#database
          .prepare(`SELECT coalesce(max(finished), 0) + 1 AS next FROM job_pictures WHERE job = ${JOB_SEQ}`)
          .get(id),
      );
      const next = Number(row?.next);
      const { changes } = this.#database
        .prepare(
          `UPDATE job_pictures SET status = ?, result = ?, finished = ? WHERE job = ${JOB_SEQ} AND number = ? AND status IS NULL`,
        )
        .run(result.status, sealed(sealer, result), next, id, number);
      return Number(changes) === 1 ? next : null;
    });
  }

  /** Results after the one of that number, in the order they came. */
  results(
    id: string,
    { after, limit }: { readonly after: number; readonly limit: number },
    sealer: JobSealer,
  ): readonly { readonly finished: number; readonly result: JobResult }[] {
    const rows = this.#database
      .prepare(
        `SELECT number, result, finished FROM job_pictures WHERE job = ${JOB_SEQ} AND finished > ? ORDER BY finished LIMIT ?`,
      )
      .all(id, after, limit);
    return (rows as unknown as readonly SqlRow[]).map((row) => ({
      finished: Number(row.finished),
      result: { picture: Number(row.number), ...opened<Finished>(sealer, row.result) },
    }));
  }

  end(id: string, status: Exclude<Job['status'], 'running'>, reason: string | null = null): void {
    this.#database
      .prepare('UPDATE jobs SET status = ?, reason = ?, ended_at = ? WHERE id = ?')
      .run(status, reason, new Date().toISOString(), id);
  }

  resume(id: string): void {
    this.#database
      .prepare("UPDATE jobs SET status = 'running', reason = NULL, ended_at = NULL WHERE id = ?")
      .run(id);
  }

  remove(id: string): void {
    this.#database.prepare('DELETE FROM jobs WHERE id = ?').run(id);
  }

  /** Ids of jobs that ended long ago. */
  outdated(): readonly string[] {
    const oldest = new Date(Date.now() - DAYS_KEPT * MS_PER_DAY).toISOString();
    const rows = this.#database.prepare('SELECT id FROM jobs WHERE ended_at < ?').all(oldest);
    return (rows as unknown as readonly SqlRow[]).map(({ id }) => String(id));
  }

  /**
   * Leaves nothing in a collection's jobs that names these people.
   * ensures  the pictures of theirs that were not worked on, which never will be
   */
  forget(
    collection: string,
    names: ReadonlySet<string>,
    sealer: JobSealer,
  ): readonly { readonly id: string; readonly number: number }[] {
    return this.#transaction(() => {
      const rows = this.#database
        .prepare(
          'SELECT jobs.id, jobs.seq, number, detail, result FROM job_pictures JOIN jobs ON jobs.seq = job WHERE collection = ?',
        )
        .all(collection) as unknown as readonly SqlRow[];
      const dropped: { id: string; number: number }[] = [];
      for (const row of rows) {
        const picture = { job: Number(row.seq), number: Number(row.number) };
        const known = openedRow(sealer, row);
        if (known === null) {
          // Sealed by a key of before: nobody can say any more whom it names.
          this.#database
            .prepare('DELETE FROM job_pictures WHERE job = ? AND number = ?')
            .run(picture.job, picture.number);
          continue;
        }
        const { person, result } = known;
        const isTheirs = names.has(person.normalize('NFC').trim());
        const isNamed = result?.lookalike !== undefined && names.has(result.lookalike.name);
        if (!isTheirs && !isNamed) continue;
        if (isTheirs && result === null) dropped.push({ id: String(row.id), number: picture.number });
        const { lookalike: _lookalike, face: _face, ...rest } = result ?? FORGOTTEN;
        const kept = isTheirs ? { ...rest, file: null, person: null } : rest;
        const detail = isTheirs ? sealed(sealer, { file: null, person: '' }) : (row.detail as Uint8Array);
        this.#database
          .prepare(
            `UPDATE job_pictures SET detail = ?1, result = ?2, status = ?3, finished =
               coalesce(finished, (SELECT coalesce(max(finished), 0) + 1 FROM job_pictures WHERE job = ?4))
             WHERE job = ?4 AND number = ?5`,
          )
          .run(detail, sealed(sealer, kept), kept.status, picture.job, picture.number);
      }
      return dropped;
    });
  }

  /** What was overwritten may lie in unused parts of pages and in the log. throws  SQLite's errors; nothing is lost then */
  wipe(): void {
    this.#database.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE)');
  }

  idsOf(collection: string): readonly string[] {
    const rows = this.#database.prepare('SELECT id FROM jobs WHERE collection = ?').all(collection);
    return (rows as unknown as readonly SqlRow[]).map(({ id }) => String(id));
  }

  #transaction<T>(work: () => T): T {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      rollback(this.#database);
      throw error;
    }
  }
}

/** The result of a picture whose person was erased before its turn. */
const FORGOTTEN: Finished = { file: null, person: null, status: 'skipped', reason: 'person_not_found' };

export function newJobId(): string {
  return randomUUID();
}

const JOB_SEQ = '(SELECT seq FROM jobs WHERE id = ?)';

const SELECT_JOBS = `
  SELECT jobs.*, count(number) AS total, count(job_pictures.status) AS done,
    count(*) FILTER (WHERE job_pictures.status = 'enrolled') AS enrolled,
    count(*) FILTER (WHERE job_pictures.status = 'skipped') AS skipped,
    count(*) FILTER (WHERE job_pictures.status = 'failed') AS failed
  FROM jobs LEFT JOIN job_pictures ON job = jobs.seq`;

function jobOf(row: SqlRow): Job {
  const text = (value: unknown) => (value === null ? null : String(value));
  return {
    id: String(row.id),
    collection: String(row.collection),
    status: String(row.status) as Job['status'],
    total: Number(row.total),
    done: Number(row.done),
    enrolled: Number(row.enrolled),
    skipped: Number(row.skipped),
    failed: Number(row.failed),
    reason: text(row.reason),
    createdAt: String(row.created_at),
    endedAt: text(row.ended_at),
  };
}

function openedRow(sealer: JobSealer, { detail, result }: SqlRow) {
  try {
    const { person } = opened<{ person: string }>(sealer, detail);
    return { person, result: result === null ? null : opened<Finished>(sealer, result) };
  } catch {
    return null;
  }
}

function sealed(sealer: JobSealer, value: object): Uint8Array {
  return sealer.seal(Buffer.from(JSON.stringify(value)), CONTEXT);
}

function opened<T>(sealer: JobSealer, bytes: unknown): T {
  return JSON.parse(Buffer.from(sealer.unseal(bytes as Uint8Array, CONTEXT)).toString('utf8')) as T;
}
