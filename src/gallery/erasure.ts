import { createHash, randomUUID } from 'node:crypto';
import type { CollectionSettings, ErasureReceipt, Expired } from '../ports/gallery.ts';
import type { Connection } from './connection.ts';

/** What was deleted; its bytes are wiped from the files afterwards (`Connection.wipe`). */
export interface Deleted {
  readonly people: number;
  readonly faces: number;
  readonly events: number;
}

const MS_PER_DAY = 86_400_000;
/** For SQLite's LIMIT. */
const ALL = -1;

/**
 * Deletes people with their faces, embeddings, crops and every event that holds them, and whoever was merged into them.
 * requires  a transaction
 */
export function deletePeople(connection: Connection, people: readonly number[]): Deleted {
  connection.database.exec('CREATE TEMP TABLE IF NOT EXISTS doomed (person INTEGER PRIMARY KEY)');
  connection.run('DELETE FROM doomed');
  for (const person of people) connection.run('INSERT OR IGNORE INTO doomed VALUES (?)', person);
  connection.run(
    `WITH RECURSIVE whole (person) AS (
       SELECT person FROM doomed
       UNION SELECT events.other FROM events JOIN whole ON events.person = whole.person
       WHERE events.kind = 'merge' AND events.undone_at IS NULL)
     INSERT OR IGNORE INTO doomed SELECT person FROM whole`,
  );
  const counted = connection.get(
    `SELECT (SELECT count(*) FROM doomed) AS people,
       (SELECT count(*) FROM faces WHERE person IN (SELECT person FROM doomed)) AS faces,
       (SELECT count(*) FROM events
        WHERE person IN (SELECT person FROM doomed) OR other IN (SELECT person FROM doomed)) AS events`,
  );
  connection.run('DELETE FROM people WHERE seq IN (SELECT person FROM doomed)');
  connection.run('DELETE FROM doomed');
  connection.expectWiping();
  return { people: Number(counted?.people), faces: Number(counted?.faces), events: Number(counted?.events) };
}

/** Before when what was removed, and who is kept no longer, is due; null: kept for good. */
function dueDates({ graceDays, retentionDays }: CollectionSettings): {
  removed: string;
  kept: string | null;
} {
  const before = (days: number): string => new Date(Date.now() - days * MS_PER_DAY).toISOString();
  return { removed: before(graceDays), kept: retentionDays === null ? null : before(retentionDays) };
}

const PEOPLE_KEPT_NO_LONGER = `FROM people
  WHERE collection = ?1 AND ?3 IS NOT NULL AND removed_at IS NULL AND updated_at < ?3`;
const REMOVED_PEOPLE_DUE = 'FROM people WHERE collection = ?1 AND removed_at < ?2';
const REMOVED_FACES_DUE = `FROM faces WHERE removed_at < ?2
  AND person IN (SELECT seq FROM people WHERE collection = ?1)`;

/** What `deleteExpired` would find. Looks without writing: opening a gallery must not wait for others who write. */
export function countExpired(
  connection: Connection,
  collection: number,
  settings: CollectionSettings,
): Expired {
  const { removed, kept } = dueDates(settings);
  const row = connection.get(
    `SELECT (SELECT count(*) ${PEOPLE_KEPT_NO_LONGER}) AS people,
       (SELECT count(*) ${REMOVED_PEOPLE_DUE}) AS removed_people,
       (SELECT count(*) ${REMOVED_FACES_DUE}) AS removed_faces`,
    collection,
    removed,
    kept,
  );
  return {
    people: Number(row?.people),
    removedPeople: Number(row?.removed_people),
    removedFaces: Number(row?.removed_faces),
  };
}

/** People of a collection whose days of grace or retention are over, and single faces whose days of grace are. */
export function deleteExpired(
  connection: Connection,
  collection: number,
  settings: CollectionSettings,
): Deleted {
  const { removed, kept } = dueDates(settings);
  const people = connection.all(
    `SELECT seq ${PEOPLE_KEPT_NO_LONGER} UNION ALL SELECT seq ${REMOVED_PEOPLE_DUE}`,
    collection,
    removed,
    kept,
  );
  const nobody: Deleted = { people: 0, faces: 0, events: 0 };
  const seqs = people.map(({ seq }) => Number(seq));
  const deleted = seqs.length > 0 ? deletePeople(connection, seqs) : nobody;
  const faces = connection.run(`DELETE ${REMOVED_FACES_DUE}`, collection, removed);
  if (faces > 0) connection.expectWiping();
  return { ...deleted, faces: deleted.faces + faces };
}

/** requires  a transaction */
export function writeReceipt(connection: Connection, collection: number, deleted: Deleted): ErasureReceipt {
  const receipt: ErasureReceipt = {
    id: randomUUID(),
    at: new Date().toISOString(),
    people: deleted.people,
    faces: deleted.faces,
    events: deleted.events,
    stateHash: stateHash(connection, collection),
  };
  connection.run(
    'INSERT INTO receipts (id, collection, at, people, faces, events, state_hash) VALUES (?, ?, ?, ?, ?, ?, ?)',
    receipt.id,
    collection,
    receipt.at,
    receipt.people,
    receipt.faces,
    receipt.events,
    receipt.stateHash,
  );
  return receipt;
}

/** In the order of time; at most so many, the newest. */
export function readReceipts(
  connection: Connection,
  collection: number,
  limit = ALL,
): readonly ErasureReceipt[] {
  return connection
    .all('SELECT * FROM receipts WHERE collection = ? ORDER BY at DESC, id LIMIT ?', collection, limit)
    .map((row) => ({
      id: String(row.id),
      at: String(row.at),
      people: Number(row.people),
      faces: Number(row.faces),
      events: Number(row.events),
      stateHash: String(row.state_hash),
    }))
    .reverse();
}

/** SHA-256 over the ids of all faces of the collection, in the order of enrolment. */
function stateHash(connection: Connection, collection: number): string {
  const hash = createHash('sha256');
  const rows = connection.database
    .prepare(
      'SELECT faces.id FROM faces CROSS JOIN people ON people.seq = faces.person WHERE people.collection = ? ORDER BY faces.seq',
    )
    .iterate(collection);
  for (const row of rows) hash.update(`${String((row as { id: unknown }).id)}\n`);
  return hash.digest('hex');
}
