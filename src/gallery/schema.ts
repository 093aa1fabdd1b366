import { rollback } from '../sqlite/rollback.ts';
import type { Database } from '../sqlite/sqlite-driver.ts';

/** "acqt" in SQLite's header: tells a gallery from another program's database. */
export const APPLICATION_ID = 0x61637174;

/** Raised with every change of the tables; a newer one is refused. */
export const SCHEMA_VERSION = 5;

/** What the embeddings of a collection have in common. */
export interface GalleryKind {
  readonly recipe: string;
  readonly embeddingLength: number;
}

/**
 * `seq` keeps the order of enrolment (VACUUM may renumber a rowid that has no name) and is never given twice. What tells
 * of a person is in `detail`, `embedding` and `jpeg` only: sealed when the gallery has a key. `name_key`, `external_key`
 * and `content_key` are fingerprints for looking up. Crops have a table of their own, so that reading every embedding
 * does not read them. An id is unique in its collection: one person may be exported from one and imported into another.
 * Rows with `removed_at` wait for `undo` or for the end of their days of grace.
 */
export const TABLES = `
  CREATE TABLE meta (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    erasure_pending INTEGER NOT NULL DEFAULT 0,
    seal TEXT
  ) STRICT;
  INSERT INTO meta (only) VALUES (1);
  CREATE TABLE collections (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    recipe TEXT NOT NULL,
    embedding_length INTEGER NOT NULL,
    settings TEXT NOT NULL DEFAULT '{}',
    calibration TEXT,
    created_at TEXT NOT NULL
  ) STRICT;
  CREATE TABLE people (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    collection INTEGER NOT NULL REFERENCES collections (seq) ON DELETE CASCADE,
    name_key TEXT NOT NULL,
    external_key TEXT,
    detail BLOB NOT NULL,
    best_face TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    removed_at TEXT,
    UNIQUE (collection, id)
  ) STRICT;
  CREATE UNIQUE INDEX people_by_name ON people (collection, name_key) WHERE removed_at IS NULL;
  CREATE UNIQUE INDEX people_by_external_id ON people (collection, external_key)
    WHERE removed_at IS NULL AND external_key IS NOT NULL;
  CREATE INDEX removed_people ON people (removed_at) WHERE removed_at IS NOT NULL;
  CREATE TABLE faces (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    person INTEGER NOT NULL REFERENCES people (seq) ON DELETE CASCADE,
    embedding BLOB NOT NULL,
    detail BLOB NOT NULL,
    content_key TEXT NOT NULL,
    created_at TEXT NOT NULL,
    removed_at TEXT
  ) STRICT;
  CREATE INDEX faces_by_id ON faces (id);
  CREATE INDEX faces_of_person ON faces (person);
  CREATE UNIQUE INDEX faces_by_picture ON faces (person, content_key) WHERE removed_at IS NULL;
  CREATE INDEX removed_faces ON faces (removed_at) WHERE removed_at IS NOT NULL;
  CREATE TABLE chips (
    face INTEGER PRIMARY KEY REFERENCES faces (seq) ON DELETE CASCADE,
    jpeg BLOB NOT NULL
  ) STRICT;
  CREATE TABLE staged_embeddings (
    face INTEGER PRIMARY KEY REFERENCES faces (seq) ON DELETE CASCADE,
    recipe TEXT NOT NULL,
    embedding BLOB NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('picture', 'crop'))
  ) STRICT;
  CREATE TABLE events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    collection INTEGER NOT NULL REFERENCES collections (seq) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    person INTEGER NOT NULL REFERENCES people (seq) ON DELETE CASCADE,
    other INTEGER REFERENCES people (seq) ON DELETE CASCADE,
    detail BLOB NOT NULL,
    at TEXT NOT NULL,
    undone_at TEXT
  ) STRICT;
  CREATE INDEX events_of_person ON events (person);
  CREATE INDEX events_of_other ON events (other) WHERE other IS NOT NULL;
  CREATE TABLE changes (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    collection INTEGER NOT NULL,
    person INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE receipts (
    id TEXT PRIMARY KEY,
    collection INTEGER NOT NULL REFERENCES collections (seq) ON DELETE CASCADE,
    at TEXT NOT NULL,
    people INTEGER NOT NULL,
    faces INTEGER NOT NULL,
    events INTEGER NOT NULL,
    state_hash TEXT NOT NULL
  ) STRICT;
`;

/** Every change of a person or a face, whoever makes it, is noted for those who keep a copy of the embeddings. */
export const TRIGGERS = `
  CREATE TRIGGER person_added AFTER INSERT ON people BEGIN
    INSERT INTO changes (collection, person) VALUES (NEW.collection, NEW.seq);
  END;
  CREATE TRIGGER person_changed AFTER UPDATE ON people BEGIN
    INSERT INTO changes (collection, person) VALUES (NEW.collection, NEW.seq);
  END;
  CREATE TRIGGER person_gone AFTER DELETE ON people BEGIN
    INSERT INTO changes (collection, person) VALUES (OLD.collection, OLD.seq);
  END;
  CREATE TRIGGER face_changed AFTER UPDATE OF person, embedding, removed_at ON faces BEGIN
    INSERT INTO changes (collection, person)
      SELECT collection, seq FROM people WHERE seq IN (OLD.person, NEW.person);
  END;
  CREATE TRIGGER face_gone AFTER DELETE ON faces BEGIN
    INSERT INTO changes (collection, person) SELECT collection, seq FROM people WHERE seq = OLD.person;
  END;
`;

/**
 * Makes the tables in an empty database, all or nothing; leaves one that another process has made meanwhile.
 * With a rollback journal, not WAL: so the header in the file itself tells at every moment that it is a gallery.
 */
export function createSchema(database: Database): void {
  database.exec('BEGIN EXCLUSIVE');
  try {
    const { application_id: id } = database.prepare('PRAGMA application_id').get() as {
      application_id: number;
    };
    if (id !== APPLICATION_ID) {
      database.exec(TABLES);
      database.exec(TRIGGERS);
      database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}`);
    }
    database.exec('COMMIT');
  } catch (error) {
    rollback(database);
    throw error;
  }
}

export function schemaVersion(database: Database): number {
  return (database.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;
}
