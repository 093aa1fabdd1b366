import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { AcquaintError } from '../errors.ts';

export type Database = DatabaseSyncInstance;

type OpenDatabase = (path: string) => Database;
type SqliteModule = { readonly DatabaseSync: new (path: string) => Database };

/**
 * Loads one SQLite: `node:sqlite` where Node has it without a flag, else `@photostructure/sqlite` (the same API).
 * throws  AcquaintError('gallery_unusable') when there is neither for this machine
 */
export async function loadSqlite(): Promise<OpenDatabase> {
  const { DatabaseSync } = builtInSqlite() ?? (await packagedSqlite());
  return (path) => new DatabaseSync(path);
}

/** Node 22 says "experimental" on stderr when the module is loaded, in the middle of a program's output. */
function builtInSqlite(): SqliteModule | undefined {
  const emitWarning = process.emitWarning;
  process.emitWarning = (...args: unknown[]): void => {
    const isExpected = args[1] === 'ExperimentalWarning' && String(args[0]).includes('SQLite');
    if (!isExpected) Reflect.apply(emitWarning, process, args);
  };
  try {
    // Absent before Node 20.16, which has no SQLite either.
    return process.getBuiltinModule?.('node:sqlite') as SqliteModule | undefined;
  } finally {
    process.emitWarning = emitWarning;
  }
}

async function packagedSqlite(): Promise<SqliteModule> {
  try {
    return (await import('@photostructure/sqlite')) as unknown as SqliteModule;
  } catch (cause) {
    throw new AcquaintError(
      'gallery_unusable',
      `SQLite could not be loaded on ${process.platform} ${process.arch}; use Node.js 22.13 or newer, which contains it`,
      { cause },
    );
  }
}
