import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AcquaintError } from '../index.ts';
import { type Database, loadSqlite } from '../sqlite/sqlite-driver.ts';

/**
 * What the server keeps beside the gallery: keys, who did what, jobs, and what liveness is asked for. Names and results of
 * jobs are sealed as the gallery is; the rest names nobody.
 */
const TABLES = `
  CREATE TABLE IF NOT EXISTS api_keys (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    salt BLOB NOT NULL,
    hash BLOB NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT,
    revoked_at TEXT,
    last_used_at TEXT
  ) STRICT;
  CREATE TABLE IF NOT EXISTS audit (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    caller TEXT NOT NULL,
    action TEXT NOT NULL,
    collection TEXT,
    subject TEXT,
    count INTEGER,
    request TEXT
  ) STRICT;
  CREATE INDEX IF NOT EXISTS audit_at ON audit (at);
  CREATE TABLE IF NOT EXISTS jobs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    collection TEXT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT,
    options TEXT NOT NULL,
    created_at TEXT NOT NULL,
    ended_at TEXT
  ) STRICT;
  CREATE TABLE IF NOT EXISTS job_pictures (
    job INTEGER NOT NULL REFERENCES jobs (seq) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    detail BLOB NOT NULL,
    status TEXT,
    result BLOB,
    finished INTEGER,
    PRIMARY KEY (job, number)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS job_pictures_finished ON job_pictures (job, finished);
  CREATE TABLE IF NOT EXISTS liveness_policies (
    collection TEXT PRIMARY KEY,
    policy TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS secrets (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS used_passes (
    id TEXT PRIMARY KEY,
    expires_at_ms INTEGER NOT NULL
  ) STRICT;
`;
const APPLICATION_ID = 0x61637173;
/** 2: liveness policies, which a server that does not know them would pass over. */
const VERSION = 2;
const LOCK_TIMEOUT_MS = 5000;
const FILE = 'server.db';

/** The folder a server keeps its data in, when nothing else is said: beside the gallery. */
export function defaultDataFolder(gallery: string): string {
  return `${gallery}.server`;
}

/** Whether anything may be kept in the folder: whoever only reads makes nothing. Opening tells of what cannot be looked at. */
export function hasServerStore(folder: string): boolean {
  try {
    return statSync(join(folder, FILE), { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOTDIR';
  }
}

/**
 * Opens the server's own database in the folder; makes both, for their owner alone, when they are not there.
 * throws  AcquaintError('server_data_unusable') for a folder that cannot be written, a database of something else or of a
 *         newer version
 */
export async function openServerStore(folder: string): Promise<Database> {
  const openDatabase = await loadSqlite();
  const path = join(folder, FILE);
  let database: Database;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    database = openDatabase(path);
  } catch (cause) {
    throw new AcquaintError(
      'server_data_unusable',
      `Expected a folder for the server's data at ${folder} but it cannot be written; choose another (--data)`,
      { cause },
    );
  }
  try {
    chmodSync(path, 0o600);
    database.exec(
      `PRAGMA busy_timeout = ${LOCK_TIMEOUT_MS}; PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY`,
    );
    requireOwn(database, path);
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    database.exec(TABLES);
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${VERSION}`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * Keeps other servers from the folder, for as long as it is open; the system lets go of it when the process ends.
 * throws  AcquaintError('server_data_unusable')
 */
export async function lockServerData(folder: string): Promise<Database> {
  const openDatabase = await loadSqlite();
  const database = openDatabase(join(folder, 'server.lock'));
  try {
    database.exec('PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return database;
  } catch (cause) {
    database.close();
    throw new AcquaintError(
      'server_data_unusable',
      `Expected to be the only server with the data in ${folder} but another one runs; choose another folder (--data)`,
      { cause },
    );
  }
}

function requireOwn(database: Database, path: string): void {
  const { application_id: id } = database.prepare('PRAGMA application_id').get() as {
    application_id: number;
  };
  const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
  const { tables } = database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() as {
    tables: number;
  };
  if (id !== APPLICATION_ID && tables > 0) {
    throw new AcquaintError(
      'server_data_unusable',
      `Expected a server's data in ${path} but received another database; choose another --data folder`,
    );
  }
  if (version > VERSION) {
    throw new AcquaintError(
      'server_data_unusable',
      `Expected version ${VERSION} of a server's data in ${path} but received ${version}; update acquaint`,
    );
  }
}
