import type { EmbeddingSource, FaceToEmbed, StagedEmbedding } from '../ports/gallery.ts';
import type { Connection } from './connection.ts';
import {
  contexts,
  type FaceDetail,
  openEmbedding,
  openJson,
  requireFinite,
  sealEmbedding,
} from './gallery-rows.ts';
import type { GalleryKind } from './schema.ts';

/** The way from one recipe to another: see Gallery's `stageEmbeddings` and `switchRecipe`. */

/** Removed faces too: they may come back, if there is a crop to embed; otherwise they are erased with the old recipe. */
const FACES = 'faces JOIN people ON people.seq = faces.person AND people.collection = ?1';

export function selectToEmbed(
  connection: Connection,
  collection: number,
  recipe: string,
  limit: number,
  after: number,
): readonly FaceToEmbed[] {
  const rows = connection.all(
    `SELECT faces.seq, faces.id, faces.detail, chips.face IS NOT NULL AS has_crop, s.source AS staged_from
     FROM ${FACES} LEFT JOIN chips ON chips.face = faces.seq
     LEFT JOIN staged_embeddings s ON s.face = faces.seq AND s.recipe = ?2
     WHERE faces.seq > ?3
       AND (chips.face IS NOT NULL OR (faces.removed_at IS NULL AND people.removed_at IS NULL))
     ORDER BY faces.seq LIMIT ?4`,
    collection,
    recipe,
    after,
    limit,
  );
  return rows.map((row) => {
    const id = String(row.id);
    const { contentHash, box } = openJson(connection, row.detail, contexts.face(id)) as unknown as FaceDetail;
    return {
      position: Number(row.seq),
      faceId: id,
      contentHash,
      box,
      hasCrop: row.has_crop === 1,
      stagedFrom: row.staged_from === null ? null : sourceFrom(row.staged_from),
    };
  });
}

function sourceFrom(value: unknown): EmbeddingSource {
  return value === 'picture' ? 'picture' : 'crop';
}

/** requires  a transaction */
export function insertStaged(
  connection: Connection,
  collection: number,
  recipe: string,
  embeddings: readonly StagedEmbedding[],
): void {
  connection.run(
    `DELETE FROM staged_embeddings WHERE recipe <> ?2 AND face IN (SELECT faces.seq FROM ${FACES})`,
    collection,
    recipe,
  );
  const insert = connection.database.prepare(
    `INSERT OR REPLACE INTO staged_embeddings (face, recipe, embedding, source)
     SELECT faces.seq, ?2, ?3, ?4 FROM ${FACES} WHERE faces.id = ?5`,
  );
  for (const { faceId, embedding, source } of embeddings) {
    requireFinite(embedding);
    insert.run(
      collection,
      recipe,
      sealEmbedding(connection, embedding, contexts.staged(faceId, recipe)),
      source,
      faceId,
    );
  }
}

/** requires  a transaction. ensures  whether every face had a staged embedding; else nothing is changed */
export function replaceByStaged(
  connection: Connection,
  collection: number,
  { recipe, embeddingLength }: GalleryKind,
): boolean {
  const incomplete = connection.get(
    `SELECT 1 FROM ${FACES} LEFT JOIN staged_embeddings s ON s.face = faces.seq AND s.recipe = ?2
     WHERE (s.face IS NULL AND faces.removed_at IS NULL AND people.removed_at IS NULL)
       OR length(s.embedding) <> ?3 LIMIT 1`,
    collection,
    recipe,
    sealedLength(connection, embeddingLength),
  );
  if (incomplete !== undefined) return false;
  const { database } = connection;
  const next = database.prepare(
    `SELECT faces.seq, faces.id, s.embedding FROM ${FACES} JOIN staged_embeddings s ON s.face = faces.seq
     WHERE faces.seq > ?2 ORDER BY faces.seq LIMIT 1000`,
  );
  const update = database.prepare('UPDATE faces SET embedding = ? WHERE seq = ?');
  for (let after = 0; ; ) {
    const rows = next.all(collection, after) as { seq: number; id: string; embedding: Uint8Array }[];
    if (rows.length === 0) break;
    for (const { seq, id, embedding } of rows) {
      const values = openEmbedding(connection, embedding, contexts.staged(id, recipe));
      update.run(sealEmbedding(connection, values, contexts.embedding(id)), seq);
    }
    after = rows.at(-1)!.seq;
  }
  const left = connection.run(
    `DELETE FROM faces WHERE seq IN (
       SELECT faces.seq FROM ${FACES}
       WHERE NOT EXISTS (SELECT 1 FROM staged_embeddings s WHERE s.face = faces.seq))`,
    collection,
  );
  if (left > 0) connection.expectWiping();
  connection.run(`DELETE FROM staged_embeddings WHERE face IN (SELECT faces.seq FROM ${FACES})`, collection);
  connection.run(
    'UPDATE collections SET recipe = ?, embedding_length = ?, calibration = NULL WHERE seq = ?',
    recipe,
    embeddingLength,
    collection,
  );
  return true;
}

function sealedLength(connection: Connection, embeddingLength: number): number {
  return sealEmbedding(connection, new Float32Array(embeddingLength), '').length;
}
