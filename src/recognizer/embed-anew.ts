import { intersectionOverUnion } from '../core/geometry.ts';
import { AcquaintError, type ErrorCode } from '../errors.ts';
import { createDecoder } from '../imaging/decode.ts';
import type { FaceToEmbed, Gallery, StagedEmbedding } from '../ports/gallery.ts';
import type { AnalysisPool } from './analysis-pool.ts';
import type { Recipe } from './recipes.ts';
import { defaultMinFacePx, type Settings } from './recognizer-options.ts';

/** A picture of the gallery that a face could not be embedded from. */
export interface FailedPicture {
  readonly path: string;
  readonly code: ErrorCode;
  readonly message: string;
}

/** What a migration works with. */
export interface MigrationWork {
  readonly gallery: Gallery;
  readonly pool: AnalysisPool;
  readonly recipe: Recipe;
  readonly settings: Settings;
  /** Pictures by the SHA-256 of their files. */
  readonly pathByHash: ReadonlyMap<string, string>;
  readonly signal: AbortSignal | undefined;
}

/** What became of one face. */
export interface Outcome {
  /** null: what is staged for it already stays, or nothing can be embedded. */
  readonly embedded: StagedEmbedding | null;
  /** Whether there is nothing to embed it from. */
  readonly isMissing: boolean;
  /** Why its picture could not be used. */
  readonly failure: FailedPicture | null;
}

/**
 * An enrolled face by another recipe, from its picture where that can be used, else from the crop.
 * throws  AcquaintError of the gallery and of the models; what is wrong with the picture alone is told in the outcome
 */
export async function embedAnew(face: FaceToEmbed, work: MigrationWork): Promise<Outcome> {
  const { faceId, stagedFrom, hasCrop } = face;
  const picture = await embedFromPicture(face, work);
  if (picture instanceof Float32Array) {
    return { embedded: { faceId, embedding: picture, source: 'picture' }, isMissing: false, failure: null };
  }
  if (stagedFrom === 'crop') return { embedded: null, isMissing: false, failure: picture };
  const embedding = await embedFromCrop(faceId, work);
  const embedded = embedding ? ({ faceId, embedding, source: 'crop' } as const) : null;
  // One that had a crop and has none now was forgotten meanwhile.
  return { embedded, isMissing: embedded === null && !hasCrop, failure: picture };
}

async function embedFromCrop(
  faceId: string,
  { gallery, pool, recipe }: MigrationWork,
): Promise<Float32Array | undefined> {
  const crop = await gallery.crop(faceId);
  if (crop === null) return undefined;
  const { image } = await createDecoder().decode(crop);
  const [embedding] = await pool.embed([image], recipe.id);
  return embedding;
}

/** What may be wrong with one picture; anything else ends the migration. */
const PICTURE_FAILURES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'no_face',
  'not_an_image',
  'image_too_large',
  'unreadable',
  'unsupported_format',
  'inference_failed',
]);

/** Its embedding, or why the picture could not be used; null when there is none. */
async function embedFromPicture(
  face: FaceToEmbed,
  work: MigrationWork,
): Promise<Float32Array | FailedPicture | null> {
  const path = work.pathByHash.get(face.contentHash);
  if (path === undefined) return null;
  try {
    return await embeddingInPicture(face, path, work);
  } catch (error) {
    if (!(error instanceof AcquaintError && PICTURE_FAILURES.has(error.code))) throw error;
    return { path, code: error.code, message: error.message };
  }
}

/** The enrolled face is where it was: its new box shares at least so much with the old one. */
const LEAST_OVERLAP = 0.4;

/** throws  AcquaintError('no_face') when the enrolled face is not found again; those of decoding and of the models */
async function embeddingInPicture(
  { box }: FaceToEmbed,
  path: string,
  { pool, recipe, settings }: MigrationWork,
): Promise<Float32Array> {
  const { image } = await createDecoder({ maxPixels: settings.maxPixels }).decode(path);
  const { preprocess, tryRotations, detector, scoreThreshold, maxFaces } = settings;
  const minFacePx = settings.minFacePx ?? defaultMinFacePx(image.width, image.height);
  const faces = await pool.analyze({
    image,
    preprocess,
    tryRotations,
    detector,
    detection: { minFacePx, scoreThreshold, maxFaces },
    known: null,
    landmarks: 5,
    embedding: { recipe: recipe.id, returnChips: false },
    liveness: null,
  });
  const [nearest] = faces
    .map((face) => ({ face, overlap: box ? intersectionOverUnion(face.box, box) : 0 }))
    .toSorted((a, b) => b.overlap - a.overlap);
  if (nearest?.face.embedded && nearest.overlap >= LEAST_OVERLAP) return nearest.face.embedded.embedding;
  throw new AcquaintError('no_face', `${path}: the face that was enrolled from it was not found again`);
}
