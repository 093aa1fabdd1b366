import { randomUUID } from 'node:crypto';
import { rollback } from '../sqlite/rollback.ts';
import type { Database } from '../sqlite/sqlite-driver.ts';
import { DEFAULT_COLLECTION } from './collections-table.ts';
import { contentKey, type FaceDetail, nameKey } from './gallery-rows.ts';
import { SCHEMA_VERSION, schemaVersion, TABLES, TRIGGERS } from './schema.ts';
import { plainSealer } from './sealer.ts';

const CALIBRATION_TABLE = `
  CREATE TABLE calibration (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    json TEXT NOT NULL
  ) STRICT;`;

const STAGED_TABLE = `
  CREATE TABLE staged_embeddings (
    face_id TEXT PRIMARY KEY REFERENCES faces (id) ON DELETE CASCADE,
    recipe TEXT NOT NULL,
    embedding BLOB NOT NULL
  ) STRICT;`;

/** What each was made from. Version 3 did not say: with its picture at hand such a face is embedded again. */
const STAGED_SOURCE = `
  ALTER TABLE staged_embeddings ADD COLUMN source TEXT NOT NULL DEFAULT 'crop' CHECK (source IN ('picture', 'crop'));`;

/** From version n, at index n - 1, to the next. */
const UPGRADES: readonly ((database: Database) => void)[] = [
  (database) =>
    database.exec(
      `ALTER TABLE faces ADD COLUMN quality TEXT NOT NULL DEFAULT '{}';
       UPDATE faces SET quality = json_object('sizePx', size_px, 'sharpness', sharpness, 'brightness', brightness);
       ALTER TABLE faces DROP COLUMN size_px;
       ALTER TABLE faces DROP COLUMN sharpness;
       ALTER TABLE faces DROP COLUMN brightness;
       ${CALIBRATION_TABLE}`,
    ),
  (database) => database.exec(STAGED_TABLE),
  (database) => database.exec(STAGED_SOURCE),
  moveIntoCollection,
];

/** Brings the tables of an older version up to date, all or nothing, keeping everything that is in them. */
export function upgradeSchema(database: Database): void {
  if (schemaVersion(database) >= SCHEMA_VERSION) return;
  // Rows move to tables of other names, which other tables refer to meanwhile.
  database.exec('PRAGMA foreign_keys = OFF; BEGIN EXCLUSIVE');
  try {
    // Another process may have been faster.
    for (const upgrade of UPGRADES.slice(schemaVersion(database) - 1)) upgrade(database);
    database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
    database.exec('COMMIT');
  } catch (error) {
    rollback(database);
    throw error;
  } finally {
    database.exec('PRAGMA foreign_keys = ON');
  }
}

/** Version 5 knows collections, events and seals: people and faces hold their facts in one record that can be sealed. */
function moveIntoCollection(database: Database): void {
  const tables = ['meta', 'people', 'faces', 'chips', 'calibration', 'staged_embeddings'];
  for (const table of tables) database.exec(`ALTER TABLE ${table} RENAME TO former_${table}`);
  database.exec(TABLES);
  database
    .prepare(
      `INSERT INTO collections (id, name, recipe, embedding_length, calibration, created_at)
       SELECT ?, ?, recipe, embedding_length, (SELECT json FROM former_calibration),
         coalesce((SELECT min(created_at) FROM former_people), strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
       FROM former_meta`,
    )
    .run(randomUUID(), DEFAULT_COLLECTION);
  database.exec('UPDATE meta SET erasure_pending = (SELECT erasure_pending FROM former_meta)');
  movePeople(database);
  moveFaces(database);
  database.exec(
    `INSERT INTO chips (face, jpeg)
       SELECT faces.seq, jpeg FROM former_chips JOIN faces ON faces.id = former_chips.face_id;
     INSERT INTO staged_embeddings (face, recipe, embedding, source)
       SELECT faces.seq, recipe, former_staged_embeddings.embedding, source
       FROM former_staged_embeddings JOIN faces ON faces.id = former_staged_embeddings.face_id;`,
  );
  for (const table of tables.toReversed()) database.exec(`DROP TABLE former_${table}`);
  database.exec(TRIGGERS);
}

function movePeople(database: Database): void {
  const insert = database.prepare(
    `INSERT INTO people (seq, id, collection, name_key, detail, created_at, updated_at) VALUES (?, ?, 1, ?, ?, ?, ?)`,
  );
  const rows = database
    .prepare('SELECT seq, id, name, created_at, updated_at FROM former_people ORDER BY seq')
    .all() as { seq: number; id: string; name: string; created_at: string; updated_at: string }[];
  for (const { seq, id, name, created_at, updated_at } of rows) {
    const detail = { name, externalId: null, metadata: {} };
    insert.run(seq, id, nameKey(plainSealer, name), jsonBytes(detail), created_at, updated_at);
  }
}

interface FormerFace {
  readonly seq: number;
  readonly id: string;
  readonly person: number;
  readonly embedding: Uint8Array;
  readonly content_hash: string;
  readonly file_name: string | null;
  readonly box_left: number;
  readonly box_top: number;
  readonly box_right: number;
  readonly box_bottom: number;
  readonly quality: string;
  readonly created_at: string;
}

function moveFaces(database: Database): void {
  const insert = database.prepare(
    'INSERT INTO faces (seq, id, person, embedding, detail, content_key, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const next = database.prepare(
    `SELECT former_faces.*, people.seq AS person FROM former_faces JOIN people ON people.id = former_faces.person_id
     WHERE former_faces.seq > ? ORDER BY former_faces.seq LIMIT 1000`,
  );
  for (let after = 0; ; ) {
    const rows = next.all(after) as unknown as FormerFace[];
    for (const row of rows) {
      const detail: FaceDetail = {
        contentHash: row.content_hash,
        fileName: row.file_name,
        box: { left: row.box_left, top: row.box_top, right: row.box_right, bottom: row.box_bottom },
        quality: JSON.parse(row.quality) as FaceDetail['quality'],
      };
      const key = contentKey(plainSealer, row.content_hash);
      insert.run(row.seq, row.id, row.person, row.embedding, jsonBytes(detail), key, row.created_at);
    }
    if (rows.length === 0) return;
    after = rows.at(-1)!.seq;
  }
}

function jsonBytes(value: object): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}
