import { setTimeout as wait } from 'node:timers/promises';
import { AcquaintError } from '../errors.ts';
import { rollback } from '../sqlite/rollback.ts';
import { rowOf, type SqlRow } from '../sqlite/sql-row.ts';
import type { Database } from '../sqlite/sqlite-driver.ts';
import { corruptError, galleryError, isBusy, lockedError } from './gallery-errors.ts';
import { type GalleryFile, releaseGalleryFile, requireSameFile } from './gallery-file.ts';
import type { Seal, Sealer } from './sealer.ts';

type Statement = ReturnType<Database['prepare']>;
type SqlValue = string | number | null | Uint8Array;

/** A reader still needs the log. */
class LogInUse extends Error {}

/**
 * The open database with what every table needs: transactions, SQLite's errors in the gallery's words, the sealer of
 * the values.
 */
export class Connection {
  readonly path: string;
  readonly database: Database;
  /** How values are sealed now. */
  seal: Seal;
  /** null: in memory. */
  readonly #file: GalleryFile | null;
  readonly #lockTimeoutMs: number;
  readonly #statements = new Map<string, Statement>();
  #writes = 0;
  #closed = false;

  constructor(
    database: Database,
    file: GalleryFile | null,
    { path, lockTimeoutMs, seal }: { path: string; lockTimeoutMs: number; seal: Seal },
  ) {
    this.database = database;
    this.#file = file;
    this.path = path;
    this.#lockTimeoutMs = lockTimeoutMs;
    this.seal = seal;
  }

  /** Transactions of this connection so far: with `data_version` it tells every change. */
  get writes(): number {
    return this.#writes;
  }

  get(sql: string, ...values: readonly SqlValue[]): SqlRow | undefined {
    return rowOf(this.#statement(sql).get(...values));
  }

  all(sql: string, ...values: readonly SqlValue[]): readonly SqlRow[] {
    return this.#statement(sql).all(...values) as unknown as readonly SqlRow[];
  }

  /** ensures  the number of the new row */
  insert(sql: string, ...values: readonly SqlValue[]): number {
    return Number(this.#statement(sql).run(...values).lastInsertRowid);
  }

  /** ensures  how many rows were changed */
  run(sql: string, ...values: readonly SqlValue[]): number {
    return Number(this.#statement(sql).run(...values).changes);
  }

  /** Preparing costs more than most statements; there are few texts of them. */
  #statement(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  /** All of `work` or nothing; on disk when it returns. */
  transaction<T>(work: () => T): T {
    return this.guard(() => {
      if (this.#file) requireSameFile(this.#file);
      this.database.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        this.database.exec('COMMIT');
        this.#writes++;
        return result;
      } catch (error) {
        rollback(this.database);
        throw error;
      }
    });
  }

  /** Several reads of one state. */
  reading<T>(work: () => T): T {
    return this.guard(() => {
      this.database.exec('BEGIN');
      try {
        return work();
      } finally {
        rollback(this.database);
      }
    });
  }

  guard<T>(work: () => T): T {
    if (this.#closed) throw new TypeError('Expected an open gallery but received a closed one');
    try {
      return work();
    } catch (error) {
      throw isBusy(error)
        ? lockedError(this.path, this.#lockTimeoutMs, error)
        : galleryError(error, this.path);
    }
  }

  get sealer(): Sealer {
    return this.seal.sealer;
  }

  /** throws  AcquaintError('wrong_key') when another process has sealed or opened everything anew */
  requireSameSeal(): void {
    const row = this.get('SELECT seal FROM meta');
    if ((row?.seal ?? null) === this.seal.header) return;
    throw new AcquaintError(
      'wrong_key',
      `The gallery ${this.path} was sealed by another key, or opened for good, meanwhile; open it again`,
    );
  }

  corrupt(received: string): Error {
    return corruptError(this.path, received);
  }

  /** requires  a transaction: what it deletes is to be wiped from the files by `wipe`, now or after a crash */
  expectWiping(): void {
    this.database.exec('UPDATE meta SET erasure_pending = 1');
  }

  get isWipingPending(): boolean {
    return Number(this.guard(() => this.get('SELECT erasure_pending FROM meta'))?.erasure_pending ?? 0) !== 0;
  }

  /**
   * secure_delete zeroes what is deleted, but not the old copies that SQLite leaves in a page's free space when it
   * moves a row to another page (measured: 1 name and 1 embedding of 2500 forgotten people). VACUUM writes every
   * page anew; the checkpoint brings them into the file and cuts the log to nothing.
   * ensures  whether it was done within the time that a write may wait (or `waitMs`); a later opening tries again
   */
  async wipe(waitMs = this.#lockTimeoutMs): Promise<boolean> {
    if (this.#file === null) return true;
    const deadline = Date.now() + waitMs;
    let vacuumed = false;
    for (;;) {
      vacuumed = vacuumed || this.#withoutWaiting(() => this.database.exec('VACUUM'));
      if (vacuumed && this.#withoutWaiting(() => this.#emptyWal())) return true;
      if (Date.now() >= deadline) return false;
      await wait(20);
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#statements.clear();
    try {
      // Leaves everything in the one file: not every driver does so by itself while statements wait for the collector.
      this.database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      // What was acknowledged is safe in the log; the next opening reads it from there.
    }
    this.database.close();
    if (this.#file) releaseGalleryFile(this.#file);
  }

  /** throws  LogInUse */
  #emptyWal(): void {
    if (Number(this.get('PRAGMA wal_checkpoint(TRUNCATE)')?.busy ?? 0) !== 0) throw new LogInUse();
    this.database.exec('UPDATE meta SET erasure_pending = 0');
  }

  /** Whether `work` was done; false when another process is in the way. Does not block the thread. */
  #withoutWaiting(work: () => void): boolean {
    return this.guard(() => {
      this.database.exec('PRAGMA busy_timeout = 0');
      try {
        work();
        return true;
      } catch (error) {
        if (error instanceof LogInUse || isBusy(error)) return false;
        throw error;
      } finally {
        this.database.exec(`PRAGMA busy_timeout = ${this.#lockTimeoutMs}`);
      }
    });
  }
}
