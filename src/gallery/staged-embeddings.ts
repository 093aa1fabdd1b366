import type { EmbeddingSource, FaceToEmbed, StagedEmbedding } from '../ports/gallery.ts';
import { encodeEmbedding } from './embedding-bytes.ts';
import { boxFrom, requireFinite, rowOf } from './gallery-rows.ts';
import type { GalleryKind } from './schema.ts';
import type { Database } from './sqlite-driver.ts';

/** The way from one recipe to another: see Gallery's `stageEmbeddings` and `switchRecipe`. */

export function selectToEmbed(
  database: Database,
  recipe: string,
  limit: number,
  after: number,
): readonly FaceToEmbed[] {
  const rows = database
    .prepare(
      `SELECT seq, id, content_hash, box_left, box_top, box_right, box_bottom,
       chips.face_id IS NOT NULL AS has_crop, s.source AS staged_from
       FROM faces LEFT JOIN chips ON chips.face_id = faces.id
       LEFT JOIN staged_embeddings s ON s.face_id = faces.id AND s.recipe = ?
       WHERE faces.seq > ? ORDER BY faces.seq LIMIT ?`,
    )
    .all(recipe, after, limit);
  return rows.map((value) => {
    const row = rowOf(value) ?? {};
    return {
      position: Number(row.seq),
      faceId: String(row.id),
      contentHash: String(row.content_hash),
      box: boxFrom(row),
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
  database: Database,
  recipe: string,
  embeddings: readonly StagedEmbedding[],
): void {
  database.prepare('DELETE FROM staged_embeddings WHERE recipe <> ?').run(recipe);
  const insert = database.prepare(
    `INSERT OR REPLACE INTO staged_embeddings (face_id, recipe, embedding, source)
     SELECT id, ?, ?, ? FROM faces WHERE id = ?`,
  );
  for (const { faceId, embedding, source } of embeddings) {
    requireFinite(embedding);
    insert.run(recipe, encodeEmbedding(embedding), source, faceId);
  }
}

/** requires  a transaction. ensures  whether every face had a staged embedding; else nothing is changed */
export function replaceByStaged(database: Database, { recipe, embeddingLength }: GalleryKind): boolean {
  const incomplete = database
    .prepare(
      `SELECT 1 FROM faces LEFT JOIN staged_embeddings s ON s.face_id = faces.id AND s.recipe = ?
       WHERE s.face_id IS NULL OR length(s.embedding) <> ? LIMIT 1`,
    )
    .get(recipe, embeddingLength * Float32Array.BYTES_PER_ELEMENT);
  if (incomplete !== undefined) return false;
  database.exec(
    `UPDATE faces SET embedding = (SELECT s.embedding FROM staged_embeddings s WHERE s.face_id = faces.id);
     DELETE FROM staged_embeddings;
     DELETE FROM calibration`,
  );
  database.prepare('UPDATE meta SET recipe = ?, embedding_length = ?').run(recipe, embeddingLength);
  return true;
}
