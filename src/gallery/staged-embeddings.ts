import type { FaceToEmbed, StagedEmbedding } from '../ports/gallery.ts';
import { encodeEmbedding } from './embedding-bytes.ts';
import { faceFrom, requireFinite, rowOf } from './gallery-rows.ts';
import type { GalleryKind } from './schema.ts';
import type { Database } from './sqlite-driver.ts';

/** The way from one recipe to another: see Gallery's `stageEmbeddings` and `switchRecipe`. */

export function selectUnstaged(
  database: Database,
  path: string,
  recipe: string,
  limit: number,
  after = '',
): readonly FaceToEmbed[] {
  const rows = database
    .prepare(
      `SELECT faces.*, chips.jpeg FROM faces LEFT JOIN chips ON chips.face_id = faces.id
       WHERE NOT EXISTS (SELECT 1 FROM staged_embeddings s WHERE s.face_id = faces.id AND s.recipe = ?)
         AND faces.seq > coalesce((SELECT seq FROM faces WHERE id = ?), 0)
       ORDER BY faces.seq LIMIT ?`,
    )
    .all(recipe, after, limit);
  return rows.map((row) => {
    const { id, contentHash, box, chip } = faceFrom(rowOf(row) ?? {}, path);
    return { faceId: id, contentHash, box, chip };
  });
}

/** requires  a transaction */
export function insertStaged(
  database: Database,
  recipe: string,
  embeddings: readonly StagedEmbedding[],
): void {
  database.prepare('DELETE FROM staged_embeddings WHERE recipe <> ?').run(recipe);
  const insert = database.prepare(
    `INSERT OR REPLACE INTO staged_embeddings (face_id, recipe, embedding)
     SELECT id, ?, ? FROM faces WHERE id = ?`,
  );
  for (const { faceId, embedding } of embeddings) {
    requireFinite(embedding);
    insert.run(recipe, encodeEmbedding(embedding), faceId);
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
