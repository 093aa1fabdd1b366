import type { Connection } from './connection.ts';
import { contentKey, contexts, externalKey, nameKey, opened } from './gallery-rows.ts';
import type { Sealer } from './sealer.ts';

/** Reads everything by the connection's sealer and writes it by another one. requires  a transaction */
export function resealTables(connection: Connection, to: Sealer): void {
  resealPeople(connection, to);
  resealFaces(connection, to);
  resealEvents(connection, to);
}

/** So many rows are in memory at once. */
const SLICE = 1000;

function* slices(connection: Connection, sql: string) {
  for (let after = 0; ; ) {
    const rows = connection.all(`${sql} LIMIT ${SLICE}`, after);
    yield* rows;
    if (rows.length < SLICE) return;
    after = Number(rows.at(-1)!.seq);
  }
}

function resealPeople(connection: Connection, to: Sealer): void {
  const update = connection.database.prepare(
    'UPDATE people SET detail = ?, name_key = ?, external_key = ? WHERE seq = ?',
  );
  for (const row of slices(connection, 'SELECT seq, id, detail FROM people WHERE seq > ? ORDER BY seq')) {
    const context = contexts.person(String(row.id));
    const detail = opened(connection, row.detail, context);
    const { name, externalId } = JSON.parse(Buffer.from(detail).toString()) as {
      name: string;
      externalId: string | null;
    };
    update.run(to.seal(detail, context), nameKey(to, name), externalKey(to, externalId), Number(row.seq));
  }
}

function resealFaces(connection: Connection, to: Sealer): void {
  const { database } = connection;
  const update = database.prepare(
    'UPDATE faces SET embedding = ?, detail = ?, content_key = ? WHERE seq = ?',
  );
  const updateChip = database.prepare('UPDATE chips SET jpeg = ? WHERE face = ?');
  const updateStaged = database.prepare('UPDATE staged_embeddings SET embedding = ? WHERE face = ?');
  const rows = slices(
    connection,
    `SELECT faces.*, chips.jpeg, staged.recipe, staged.embedding AS staged FROM faces
     LEFT JOIN chips ON chips.face = faces.seq LEFT JOIN staged_embeddings staged ON staged.face = faces.seq
     WHERE faces.seq > ? ORDER BY faces.seq`,
  );
  for (const row of rows) {
    const id = String(row.id);
    const seq = Number(row.seq);
    const changed = (value: unknown, context: string): Uint8Array =>
      to.seal(opened(connection, value, context), context);
    const detail = opened(connection, row.detail, contexts.face(id));
    const { contentHash } = JSON.parse(Buffer.from(detail).toString()) as { contentHash: string };
    update.run(
      changed(row.embedding, contexts.embedding(id)),
      to.seal(detail, contexts.face(id)),
      contentKey(to, contentHash),
      seq,
    );
    if (row.jpeg !== null) updateChip.run(changed(row.jpeg, contexts.chip(id)), seq);
    if (row.staged !== null) {
      updateStaged.run(changed(row.staged, contexts.staged(id, String(row.recipe))), seq);
    }
  }
}

function resealEvents(connection: Connection, to: Sealer): void {
  const update = connection.database.prepare('UPDATE events SET detail = ? WHERE seq = ?');
  const rows = slices(
    connection,
    `SELECT events.seq, events.detail, people.id FROM events JOIN people ON people.seq = events.person
     WHERE events.seq > ? ORDER BY events.seq`,
  );
  for (const row of rows) {
    const context = contexts.event(String(row.id));
    update.run(to.seal(opened(connection, row.detail, context), context), Number(row.seq));
  }
}
