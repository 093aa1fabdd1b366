import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { intersectionOverUnion } from '../core/geometry.ts';
import { AcquaintError } from '../errors.ts';
import { openSqliteGallery } from '../gallery/sqlite-gallery.ts';
import { createDecoder } from '../imaging/decode.ts';
import type { FaceToEmbed, Gallery, StagedEmbedding } from '../ports/gallery.ts';
import { requireAllowed, requireFetched } from './allowed-models.ts';
import { type AnalysisPool, createAnalysisPool } from './analysis-pool.ts';
import { mapInOrder } from './map-in-order.ts';
import { type Recipe, recipeOf } from './recipes.ts';
import type { RecognizerOptions } from './recognizer-api.ts';
import { defaultMinFacePx, type Settings, settingsFrom } from './recognizer-options.ts';

export interface MigrateOptions
  extends Pick<
    RecognizerOptions,
    'detector' | 'minFacePx' | 'preprocess' | 'concurrency' | 'modelsFolder' | 'commercial'
  > {
  /** Paths of pictures among which the enrolled ones are looked for, by their content: more exact than the crops. */
  readonly pictures?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after each face. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface Migration {
  /** Names of recipes. */
  readonly from: string;
  readonly to: string;
  /** Faces embedded anew by this call, and from what. */
  readonly fromPictures: number;
  readonly fromCrops: number;
}

/**
 * Embeds every face of a gallery by another recipe, from its picture where it is among `pictures`, else from the crop
 * that was kept. The gallery is used by its old recipe until all are done, then switched at once; what was done before
 * an interruption is not done again.
 * throws  TypeError for an unknown recipe; AcquaintError('pictures_missing') when a face has neither picture nor crop
 *         (the gallery stays as it was), 'aborted', the gallery's errors, 'model_missing', 'not_for_commercial_use'
 */
export async function migrateGallery(
  path: string,
  to: string,
  options: MigrateOptions = {},
): Promise<Migration> {
  const recipe = recipeOf(to);
  const settings = settingsFrom({ ...options, gallery: path, createGallery: false });
  requireAllowed(settings, recipe);
  const gallery = await openSqliteGallery(path, {
    kind: { recipe: recipe.id, embeddingLength: recipe.length },
    accepts: () => true,
    create: false,
  });
  const pool = createAnalysisPool(settings);
  try {
    const from = gallery.recipe;
    if (from === recipe.id) return { from, to, fromPictures: 0, fromCrops: 0 };
    await requireFetched(settings, recipe);
    const counts = await embedAll(gallery, { pool, recipe, settings }, options);
    return { from, to: recipe.id, ...counts };
  } finally {
    await pool.close();
    await gallery.close();
  }
}

interface EmbedContext {
  readonly pool: AnalysisPool;
  readonly recipe: Recipe;
  readonly settings: Settings;
}

/** So many faces are staged by one transaction, and lost at most when the process is killed. */
const STAGED_AT_ONCE = 32;
/** Somebody may enrol faces by the old recipe meanwhile; whoever does so without end is in the way. */
const MOST_ROUNDS = 20;

async function embedAll(
  gallery: Gallery,
  context: EmbedContext,
  { pictures = [], signal, onProgress }: MigrateOptions,
): Promise<{ fromPictures: number; fromCrops: number }> {
  const { recipe } = context;
  const pathByHash = await hashPictures(pictures, signal);
  const total = (await gallery.people()).reduce((sum, { faces }) => sum + faces, 0);
  const counts = { fromPictures: 0, fromCrops: 0 };
  for (let round = 0; round < MOST_ROUNDS; round++) {
    let missing = 0;
    let after: string | undefined;
    for (;;) {
      const faces = await gallery.unstagedFaces(recipe.id, STAGED_AT_ONCE, after);
      if (faces.length === 0) break;
      const staged: StagedEmbedding[] = [];
      const work = (face: FaceToEmbed) => embedFace(face, pathByHash.get(face.contentHash), context, signal);
      try {
        for await (const result of mapInOrder(faces, context.settings.concurrency + 1, work)) {
          if (result === null) missing++;
          else {
            staged.push(result);
            counts[result.source]++;
            onProgress?.(counts.fromPictures + counts.fromCrops, total);
          }
        }
      } finally {
        // Also when it is interrupted: what is done need not be done again.
        await gallery.stageEmbeddings(recipe.id, staged);
      }
      after = faces.at(-1)!.faceId;
    }
    if (missing > 0) throw picturesMissing(missing);
    if (await gallery.switchRecipe(recipe.id, recipe.length)) return counts;
  }
  throw new AcquaintError(
    'gallery_locked',
    'Faces are being enrolled all the while; stop what enrols them and migrate again',
  );
}

type EmbeddedAnew = StagedEmbedding & { readonly source: 'fromPictures' | 'fromCrops' };

/** null: there is nothing to embed it from. */
async function embedFace(
  face: FaceToEmbed,
  path: string | undefined,
  context: EmbedContext,
  signal: AbortSignal | undefined,
): Promise<EmbeddedAnew | null> {
  if (signal?.aborted) {
    throw new AcquaintError('aborted', 'The work was interrupted', { cause: signal.reason });
  }
  const { faceId, chip } = face;
  const fromPicture = path === undefined ? null : await embedFromPicture(face, path, context);
  if (fromPicture) return { faceId, embedding: fromPicture, source: 'fromPictures' };
  if (chip === null) return null;
  const { image } = await createDecoder().decode(chip);
  const [embedding] = await context.pool.embed([image], context.recipe.id);
  return embedding ? { faceId, embedding, source: 'fromCrops' } : null;
}

/** The enrolled face is where it was: its new box shares at least so much with the old one. */
const LEAST_OVERLAP = 0.4;

async function embedFromPicture(
  { box }: FaceToEmbed,
  path: string,
  { pool, recipe, settings }: EmbedContext,
): Promise<Float32Array | null> {
  const { image } = await createDecoder({ maxPixels: settings.maxPixels }).decode(path);
  const { preprocess, tryRotations, detector, scoreThreshold, maxFaces } = settings;
  const minFacePx = settings.minFacePx ?? defaultMinFacePx(image.width, image.height);
  const faces = await pool.analyze({
    image,
    preprocess,
    tryRotations,
    detector,
    detection: { minFacePx, scoreThreshold, maxFaces },
    landmarks: 5,
    embedding: { recipe: recipe.id, returnChips: false },
  });
  const [nearest] = faces
    .map((face) => ({ face, overlap: intersectionOverUnion(face.box, box) }))
    .toSorted((a, b) => b.overlap - a.overlap);
  return nearest && nearest.overlap >= LEAST_OVERLAP ? (nearest.face.embedded?.embedding ?? null) : null;
}

/** Which picture has which content; what cannot be read is no picture of the gallery's. */
async function hashPictures(
  paths: readonly string[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, string>> {
  const pathByHash = new Map<string, string>();
  for (const path of paths) {
    if (signal?.aborted) {
      throw new AcquaintError('aborted', 'The work was interrupted', { cause: signal.reason });
    }
    const bytes = await readFile(path).catch(() => null);
    if (bytes) pathByHash.set(createHash('sha256').update(bytes).digest('hex'), path);
  }
  return pathByHash;
}

function picturesMissing(count: number): AcquaintError {
  const faces = count === 1 ? '1 face has' : `${count} faces have`;
  return new AcquaintError(
    'pictures_missing',
    `${faces} neither a crop in the gallery nor a picture among those given, so nothing was switched; ` +
      'name the folder of their pictures (--pictures DIR), or forget those people and enrol them again',
  );
}
