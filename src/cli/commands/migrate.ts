import type { Command } from 'commander';
import type { Migration } from '../../index.ts';
import { addExamples, type RunContext } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { loadLibrary } from '../library.ts';
import { addCommonOptions, type CommonFlags, recognizerOptions } from '../options.ts';
import { counted, note, print, printJson } from '../output.ts';
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
    .requiredOption('--to <recipe>', 'the new recipe, like dlib-resnet-v1+20views')
    .option('--pictures <paths...>', 'pictures or folders to look for the enrolled pictures in');
  addCommonOptions(command, ['gallery', 'picture', 'progress']);
  addExamples(command, [
    ['acquaint migrate --to dlib-resnet-v1+20views --pictures people/', 'from the pictures'],
    ['acquaint migrate --to dlib+mobilefacenet', 'from the crops'],
  ]);
  command.action((flags: MigrateFlags) => runMigrate(flags, context));
}

async function runMigrate(flags: MigrateFlags, context: RunContext): Promise<void> {
  const { migrateGallery, openRecognizer } = await loadLibrary();
  const gallery = await locatePath(flags.gallery);
  const pictures = await listPictures(await Promise.all((flags.pictures ?? []).map(locatePath)));
  const recognizer = await openRecognizer({ gallery, createGallery: false });
  const people = await recognizer.people();
  await recognizer.close();
  const progress = await startProgress({
    title: 'embedding',
    unit: 'face',
    total: people.reduce((sum, { faces }) => sum + faces, 0),
    quiet: Boolean(flags.quiet),
    streaming: false,
  });
  try {
    const migration = await migrateGallery(gallery, flags.to, {
      ...recognizerOptions(flags),
      pictures: pictures.flatMap((entry) => ('failure' in entry ? [] : [entry.path])),
      signal: context.signal,
      onProgress: () => progress.advance(),
    });
    progress.stop();
    if (flags.json) printJson(migration);
    else print(migrationText(migration));
    if (migration.fromCrops > 0 && !flags.quiet) {
      note('Crops are a little less exact than pictures: docs/models.md has the figures.');
    }
  } finally {
    progress.stop();
  }
  context.finish(exitCodes.done);
}

function migrationText({ from, to, fromPictures, fromCrops }: Migration): string {
  if (from === to) return `The gallery is made by ${to} already.`;
  return `${counted(fromPictures + fromCrops, 'face')} embedded by ${to}: ${fromPictures} from pictures, ${fromCrops} from crops.`;
}
