import type { Database } from './sqlite-driver.ts';

/** Undoes the open transaction, if SQLite has not done so by itself (it does when the disk is full). */
export function rollback(database: Database): void {
  try {
    database.exec('ROLLBACK');
  } catch (error) {
    if (!(error instanceof Error && error.message.includes('no transaction'))) throw error;
  }
}
