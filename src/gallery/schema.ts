import type { Database } from './sqlite-driver.ts';

/** "acqt" in SQLite's header: tells a gallery from another program's database. */
export const APPLICATION_ID = 0x61637174;

/** Raised with every change of the tables; a newer one is refused. */
export const SCHEMA_VERSION = 4;

/** What the embeddings of a gallery have in common. */
export interface GalleryKind {
  readonly recipe: string;
  readonly embeddingLength: number;
}

const CALIBRATION_TABLE = `
  CREATE TABLE calibration (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    json TEXT NOT NULL
  ) STRICT;`;

/** Embeddings by another recipe, kept aside until every face has one. */
const STAGED_TABLE = `
  CREATE TABLE staged_embeddings (
    face_id TEXT PRIMARY KEY REFERENCES faces (id) ON DELETE CASCADE,
    recipe TEXT NOT NULL,
    embedding BLOB NOT NULL
  ) STRICT;`;

/** What each was made from. Version 3 did not say: with its picture at hand such a face is embedded again. */
const STAGED_SOURCE = `
  ALTER TABLE staged_embeddings ADD COLUMN source TEXT NOT NULL DEFAULT 'crop' CHECK (source IN ('picture', 'crop'));`;

/**
 * `seq` keeps the order of enrolment (VACUUM may renumber a rowid that has no name). Crops have a table of their own,
 * so that reading every embedding does not read them.
 */
const TABLES = `
  CREATE TABLE meta (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    recipe TEXT NOT NULL,
    embedding_length INTEGER NOT NULL,
    erasure_pending INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE people (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
  ) STRICT;
  CREATE TABLE faces (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    embedding BLOB NOT NULL,
    content_hash TEXT NOT NULL,
    file_name TEXT,
    box_left REAL NOT NULL,
    box_top REAL NOT NULL,
    box_right REAL NOT NULL,
    box_bottom REAL NOT NULL,
    quality TEXT NOT NULL,
    created_at TEXT NOT NULL,
    UNIQUE (person_id, content_hash)
  ) STRICT;
  CREATE TABLE chips (
    face_id TEXT PRIMARY KEY REFERENCES faces (id) ON DELETE CASCADE,
    jpeg BLOB NOT NULL
  ) STRICT;
  ${CALIBRATION_TABLE}
  ${STAGED_TABLE}
  ${STAGED_SOURCE}
`;

/**
 * Makes the tables in an empty database, all or nothing; leaves one that another process has made meanwhile.
 * With a rollback journal, not WAL: so the header in the file itself tells at every moment that it is a gallery.
 */
export function createSchema(database: Database, kind: GalleryKind): void {
  database.exec('BEGIN EXCLUSIVE');
  try {
    const { application_id: id } = database.prepare('PRAGMA application_id').get() as {
      application_id: number;
    };
    if (id !== APPLICATION_ID) {
      database.exec(TABLES);
      database
        .prepare('INSERT INTO meta (only, recipe, embedding_length) VALUES (1, ?, ?)')
        .run(kind.recipe, kind.embeddingLength);
      database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}`);
    }
    database.exec('COMMIT');
  } catch (error) {
    rollback(database);
    throw error;
  }
}

/** From version n, at index n - 1, to the next. */
const UPGRADES: readonly string[] = [
  `ALTER TABLE faces ADD COLUMN quality TEXT NOT NULL DEFAULT '{}';
   UPDATE faces SET quality = json_object('sizePx', size_px, 'sharpness', sharpness, 'brightness', brightness);
   ALTER TABLE faces DROP COLUMN size_px;
   ALTER TABLE faces DROP COLUMN sharpness;
   ALTER TABLE faces DROP COLUMN brightness;
   ${CALIBRATION_TABLE}`,
  STAGED_TABLE,
  STAGED_SOURCE,
];

/** Brings the tables of an older version up to date, all or nothing, keeping everything that is in them. */
export function upgradeSchema(database: Database): void {
  if (schemaVersion(database) >= SCHEMA_VERSION) return;
  database.exec('BEGIN EXCLUSIVE');
  try {
    // Another process may have been faster.
    for (const upgrade of UPGRADES.slice(schemaVersion(database) - 1)) database.exec(upgrade);
    database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
    database.exec('COMMIT');
  } catch (error) {
    rollback(database);
    throw error;
  }
}

function schemaVersion(database: Database): number {
  return (database.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;
}

/** Undoes the open transaction, if SQLite has not done so by itself (it does when the disk is full). */
export function rollback(database: Database): void {
  try {
    database.exec('ROLLBACK');
  } catch (error) {
    if (!(error instanceof Error && error.message.includes('no transaction'))) throw error;
  }
}
