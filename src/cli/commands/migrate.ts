import { access } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Migration } from '../../index.ts';
import { addExamples, type RunContext } from '../command.ts';
import { exitCodes, isAcquaintError, UsageError } from '../exit-codes.ts';
import { loadLibrary } from '../library.ts';
import { addCommonOptions, type CommonFlags, recognizerOptions } from '../options.ts';
import {
  complain,
  counted,
  type Failure,
  failureJson,
  failureText,
  note,
  print,
  printJson,
} from '../output.ts';
import { listPictures, locatePath } from '../picture-files.ts';
import { startProgress } from '../progress.ts';

interface MigrateFlags extends CommonFlags {
  readonly to: string;
  readonly pictures?: string[];
}

export function addMigrate(program: Command, context: RunContext): void {
  const command = program
    .command('migrate')
    .summary('change how the embeddings of a gallery are made')
    .description(
      'Embeds everybody in the gallery anew by another recipe: from their pictures where they are given and ' +
        'found, else from the crops that were kept. The gallery is switched when all are done; until then it works as ' +
        'before, and an interrupted migration goes on where it stopped. Thresholds calibrated before are dropped.',
    )
    .requiredOption('--to <name>', 'an effort (fast, balanced or accurate), or the name of a recipe')
    .option('--pictures <paths...>', 'pictures or folders to look for the enrolled pictures in');
  addCommonOptions(command, ['gallery', 'picture', 'progress']);
  addExamples(command, [
    ['acquaint migrate --to accurate --pictures people/', 'from the pictures'],
    ['acquaint migrate --to dlib+mobilefacenet', 'from the crops'],
  ]);
  command.action((flags: MigrateFlags) => runMigrate(flags, context));
}

async function runMigrate(flags: MigrateFlags, context: RunContext): Promise<void> {
  const { migrateGallery } = await loadLibrary();
  const to = await recipeToMigrateTo(flags.to);
  const gallery = await locatePath(flags.gallery);
  const { paths, failures } = await findPictures(flags.pictures ?? []);
  const before = await stateOf(gallery, flags);
  const { collection, key, detector, minFacePx, preprocess, modelsFolder, commercial } =
    recognizerOptions(flags);
  const progress = await startProgress({
    title: 'embedding',
    unit: 'face',
    total: before.recipe === to ? 0 : before.faces,
    quiet: Boolean(flags.quiet),
    streaming: false,
  });
  try {
    const migration = await migrateGallery(gallery, to, {
      collection,
      key,
      detector,
      minFacePx,
      preprocess,
      modelsFolder,
      commercial,
      pictures: paths,
      signal: context.signal,
      onProgress: () => progress.advance(),
    });
    failures.push(...migration.failed.map(({ path, code, message }) => ({ file: path, code, message })));
    progress.stop();
    if (flags.json) printJson(migrationJson(migration, failures));
    else print(migrationText(migration));
    if (!flags.quiet) for (const remark of await remarksOn(migration, before)) note(remark);
  } finally {
    progress.stop();
    for (const failure of failures) complain(failureText(failure));
  }
  context.finish(failures.length > 0 ? exitCodes.someFailed : exitCodes.done);
}

/**
 * throws  UsageError for a path that is not there or holds no picture: without its pictures the crops would be taken,
 *         and nobody would notice
 */
async function findPictures(args: readonly string[]) {
  const named = await Promise.all(args.map(locatePath));
  for (const path of named) {
    await access(path).catch((cause: NodeJS.ErrnoException) => {
      throw new UsageError(
        `Expected pictures or folders for --pictures but ${path} cannot be read (${cause.code}).`,
      );
    });
  }
  const entries = await listPictures(named);
  const failures = entries.flatMap((entry) => ('failure' in entry ? [entry.failure] : []));
  const empty = failures.find(({ file }) => named.includes(file));
  if (empty) throw new UsageError(`Expected pictures for --pictures but ${empty.message}`);
  return { paths: entries.flatMap((entry) => ('failure' in entry ? [] : [entry.path])), failures };
}

interface GalleryState {
  readonly recipe: string;
  readonly faces: number;
  readonly isCalibrated: boolean;
}

async function stateOf(gallery: string, { collection, key }: CommonFlags): Promise<GalleryState> {
  const { openRecognizer } = await loadLibrary();
  const recognizer = await openRecognizer({
    gallery,
    collection: collection || undefined,
    key,
    createGallery: false,
  });
  try {
    const faces = (await recognizer.people()).reduce((sum, person) => sum + person.faces, 0);
    // A damaged calibration goes like any other.
    const isCalibrated = await recognizer.calibration().then(
      (found) => found !== null,
      () => true,
    );
    return { recipe: recognizer.galleryRecipe, faces, isCalibrated };
  } finally {
    await recognizer.close();
  }
}

/** The name of the recipe. throws UsageError */
async function recipeToMigrateTo(name: string): Promise<string> {
  const { EFFORTS, RECIPES, recipeNamed } = await loadLibrary();
  const recipe = recipeNamed(name);
  if (recipe) return recipe.id;
  const known = [...EFFORTS, ...RECIPES.map(({ id }) => id)].join(', ');
  throw new UsageError(`Expected one of ${known} for --to but received ${name}.`);
}

function migrationJson({ failed: _, ...migration }: Migration, failures: readonly Failure[]): object {
  return { ...migration, failures: failures.map(failureJson) };
}

function migrationText({ from, to, fromPictures, fromCrops }: Migration): string {
  if (from === to) return `The gallery is made by ${to} already.`;
  return `${counted(fromPictures + fromCrops, 'face')} embedded by ${to}: ${fromPictures} from pictures, ${fromCrops} from crops.`;
}

async function remarksOn(
  { from, to, fromCrops, failed }: Migration,
  { isCalibrated }: GalleryState,
): Promise<string[]> {
  if (from === to) return [];
  const remarks: string[] = [];
  if (failed.length > 0)
    remarks.push(
      `${counted(failed.length, 'picture')} could not be used: the crops of their faces were taken.`,
    );
  if (fromCrops > 0)
    remarks.push('Crops are a little less exact than pictures: docs/models.md has the figures.');
  if (!(await hasThresholds(to))) {
    remarks.push(
      `Nobody has measured the distances of ${to}: acquaint calibrate does, else recognize and verify want --threshold.`,
    );
  } else if (isCalibrated) {
    remarks.push(
      'The calibration belonged to the former embeddings and is gone: acquaint calibrate measures anew.',
    );
  }
  return remarks;
}

async function hasThresholds(recipe: string): Promise<boolean> {
  const { verifyThreshold } = await loadLibrary();
  try {
    verifyThreshold({ recipe });
    return true;
  } catch (error) {
    if (isAcquaintError(error) && error.code === 'threshold_unknown') return false;
    throw error;
  }
}
