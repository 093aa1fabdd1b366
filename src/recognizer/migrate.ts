import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Kinds, requireArray, requireOptions, requireString } from '../core/arguments.ts';
import { AcquaintError, requireNotAborted } from '../errors.ts';
import { openSqliteGallery } from '../gallery/sqlite-gallery.ts';
import type { FaceToEmbed, StagedEmbedding } from '../ports/gallery.ts';
import { requireAllowed, requireFetched } from './allowed-models.ts';
import { createAnalysisPool } from './analysis-pool.ts';
import { embedAnew, type FailedPicture, type MigrationWork, type Outcome } from './embed-anew.ts';
import { mapInOrder } from './map-in-order.ts';
import { RECOGNIZER_OPTIONS } from './option-kinds.ts';
import { PROGRESS_OPTIONS } from './progress-options.ts';
import { recipeOf } from './recipes.ts';
import type { RecognizerOptions } from './recognizer-api.ts';
import { settingsFrom } from './recognizer-options.ts';

export interface MigrateOptions
  extends Pick<
    RecognizerOptions,
    | 'collection'
    | 'key'
    | 'detector'
    | 'minFacePx'
    | 'preprocess'
    | 'concurrency'
    | 'modelsFolder'
    | 'commercial'
  > {
  /** Paths of pictures among which the enrolled ones are looked for, by their content: more exact than the crops. */
  readonly pictures?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after each face. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

const { collection, key, detector, minFacePx, preprocess, concurrency, modelsFolder, commercial } =
  RECOGNIZER_OPTIONS;
const MIGRATE_OPTIONS: Kinds<MigrateOptions> = {
  ...PROGRESS_OPTIONS,
  collection,
  key,
  detector,
  minFacePx,
  preprocess,
  concurrency,
  modelsFolder,
  commercial,
  pictures: 'array',
};

export interface Migration {
  /** Names of recipes. */
  readonly from: string;
  readonly to: string;
  /** Faces embedded anew by this call, and from what. */
  readonly fromPictures: number;
  readonly fromCrops: number;
  /** Pictures that were found but could not be used: the crops of their faces were taken. */
  readonly failed: readonly FailedPicture[];
}

/**
 * Embeds every face of a gallery by another recipe, from its picture where it is among `pictures`, else from the crop
 * that was kept. The gallery is used by its old recipe until all are done, then switched at once; what was done before
 * an interruption is not done again, but for faces that were embedded from their crops and whose pictures are now there.
 * throws  TypeError for an unknown recipe; AcquaintError('pictures_missing') when a face has neither picture nor crop
 *         (before anything is embedded; the gallery stays as it was), 'aborted', the gallery's errors, 'model_missing',
 *         'not_for_commercial_use'
 */
export async function migrateGallery(
  path: string,
  to: string,
  options: MigrateOptions = {},
): Promise<Migration> {
  requireString('path', path);
  requireOptions('migrateGallery', options, MIGRATE_OPTIONS);
  if (options.pictures) requireArray('pictures', options.pictures, requireString);
  const recipe = recipeOf(to);
  const settings = settingsFrom({ ...options, gallery: path, createGallery: false });
  requireAllowed(settings, recipe);
  const gallery = await openSqliteGallery(path, {
    kind: { recipe: recipe.id, embeddingLength: recipe.length },
    accepts: () => true,
    create: false,
    collection: settings.collection,
    key: settings.key,
  });
  const pool = createAnalysisPool(settings);
  try {
    const from = gallery.recipe;
    if (from === recipe.id) return { from, to, fromPictures: 0, fromCrops: 0, failed: [] };
    await requireFetched(settings, recipe);
    const { pictures = [], signal, onProgress } = options;
    const pathByHash = await hashPictures(pictures, signal);
    const done = await embedAll({ gallery, pool, recipe, settings, pathByHash, signal }, onProgress);
    return { from, to: recipe.id, ...done };
  } finally {
    await pool.close();
    await gallery.close();
  }
}

/** So many faces are staged by one transaction. */
const STAGED_AT_ONCE = 32;
/** Somebody may enrol faces by the old recipe meanwhile; whoever does so without end is in the way. */
const MOST_ROUNDS = 20;

async function embedAll(
  work: MigrationWork,
  onProgress: MigrateOptions['onProgress'],
): Promise<Pick<Migration, 'fromPictures' | 'fromCrops' | 'failed'>> {
  const { gallery, recipe } = work;
  const total = await countToDo(work);
  const counts = { picture: 0, crop: 0, missing: 0 };
  const failed = new Map<string, FailedPicture>();
  const take = ({ embedded, isMissing, failure }: Outcome): void => {
    if (failure) failed.set(failure.path, failure);
    if (isMissing) counts.missing++;
    if (embedded === null) return;
    counts[embedded.source]++;
    const done = counts.picture + counts.crop;
    onProgress?.(done, Math.max(total, done));
  };
  let isWanted: typeof isToDo = isToDo;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    for await (const faces of batchesOf(work, isWanted)) await embedBatch(work, faces, take);
    if (counts.missing > 0) throw picturesMissing(counts.missing, [...failed.values()]);
    if (await gallery.switchRecipe(recipe.id, recipe.length)) {
      return { fromPictures: counts.picture, fromCrops: counts.crop, failed: [...failed.values()] };
    }
    // Only those who came meanwhile: pictures that failed are not tried again.
    isWanted = isUnstaged;
  }
  throw new AcquaintError(
    'gallery_locked',
    'Faces are being enrolled all the while; stop what enrols them and migrate again',
  );
}

function isUnstaged({ stagedFrom }: FaceToEmbed): boolean {
  return stagedFrom === null;
}

/** Also what was embedded from its crop, when the picture is there now. */
function isToDo(face: FaceToEmbed, { pathByHash }: MigrationWork): boolean {
  return isUnstaged(face) || (face.stagedFrom === 'crop' && pathByHash.has(face.contentHash));
}

/** Faces read at once: they hold no embedding and no crop. */
const PAGE = 1000;

async function* batchesOf(
  work: MigrationWork,
  isWanted: (face: FaceToEmbed, work: MigrationWork) => boolean,
): AsyncGenerator<readonly FaceToEmbed[]> {
  let batch: FaceToEmbed[] = [];
  for (let after = 0; ; ) {
    const page = await work.gallery.facesToEmbed(work.recipe.id, PAGE, after);
    for (const face of page) {
      if (isWanted(face, work)) batch.push(face);
      if (batch.length < STAGED_AT_ONCE) continue;
      yield batch;
      batch = [];
    }
    const last = page.at(-1);
    if (last === undefined) break;
    after = last.position;
  }
  if (batch.length > 0) yield batch;
}

/** Embedding takes hours: a face that it could not be done for is told before. throws  AcquaintError('pictures_missing') */
async function countToDo(work: MigrationWork): Promise<number> {
  let total = 0;
  let missing = 0;
  for await (const faces of batchesOf(work, isToDo)) {
    total += faces.length;
    missing += faces.filter(
      ({ hasCrop, contentHash }) => !hasCrop && !work.pathByHash.has(contentHash),
    ).length;
  }
  if (missing > 0) throw picturesMissing(missing, []);
  return total;
}

/** ensures  `take` gets every outcome, in order; what was embedded is staged */
async function embedBatch(
  work: MigrationWork,
  faces: readonly FaceToEmbed[],
  take: (outcome: Outcome) => void,
): Promise<void> {
  const staged: StagedEmbedding[] = [];
  try {
    const outcomes = mapInOrder(faces, work.settings.concurrency + 1, (face) => {
      requireNotAborted(work.signal);
      return embedAnew(face, work);
    });
    for await (const outcome of outcomes) {
      if (outcome.embedded) staged.push(outcome.embedded);
      take(outcome);
    }
  } finally {
    // Also when it is interrupted: what is done need not be done again.
    await work.gallery.stageEmbeddings(work.recipe.id, staged);
  }
}

/** Which picture has which content; what cannot be read is no picture of the gallery's. */
async function hashPictures(
  paths: readonly string[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, string>> {
  const pathByHash = new Map<string, string>();
  for (const path of paths) {
    requireNotAborted(signal);
    const bytes = await readFile(path).catch(() => null);
    if (bytes) pathByHash.set(createHash('sha256').update(bytes).digest('hex'), path);
  }
  return pathByHash;
}

function picturesMissing(count: number, [first]: readonly FailedPicture[]): AcquaintError {
  const faces = count === 1 ? '1 face has' : `${count} faces have`;
  const picture = first
    ? `usable picture (${first.message.replace(/\.$/, '')})`
    : 'picture among those given';
  return new AcquaintError(
    'pictures_missing',
    `${faces} neither a crop in the gallery nor a ${picture}, so nothing was switched; ` +
      'name the folder of their pictures (--pictures DIR), or forget those people and enrol them again',
  );
}
