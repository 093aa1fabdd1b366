import type { Command } from 'commander';
import type { ImportSource } from '../../index.ts';
import { addExamples, type RunContext } from '../command.ts';
import { exitCodes, UsageError } from '../exit-codes.ts';
import { loadLibrary } from '../library.ts';
import { addCommonOptions, type CommonFlags, recognizerOptions } from '../options.ts';
import { counted, print, printJson } from '../output.ts';
import { locatePath } from '../picture-files.ts';
import { startProgress } from '../progress.ts';
import { enrollPlanned } from './enroll.ts';

export function addImport(program: Command, context: RunContext): void {
  const command = program
    .command('import')
    .argument('<paths...>', 'a portable file, embeddings.npy and labels.pickle, faces.json, or a folder')
    .summary('take in people from a file, or from another program')
    .description(
      'Takes in people from a file of acquaint export, from embeddings.npy with labels.pickle, from the JSON of face-api.js ' +
        'or from a folder of face_recognition. Everything is checked first; a pickle is never run.',
    );
  addCommonOptions(command, ['gallery', 'picture', 'recipe', 'progress']);
  addExamples(command, [
    ['acquaint import people.acquaint.gz', 'a backup, merged with who is there'],
    ['acquaint import embeddings.npy labels.pickle', 'as tutorials keep them'],
    ['acquaint import faces.json', "face-api.js' FaceMatcher"],
    ['acquaint import known_people/', 'pictures called after their people'],
  ]);
  command.action((paths: string[], flags: CommonFlags) => runImport(paths, flags, context));
}

async function runImport(args: readonly string[], flags: CommonFlags, context: RunContext): Promise<void> {
  const { inspectImport } = await loadLibrary();
  const paths = await Promise.all(args.map(locatePath));
  const source = await inspectImport(paths, { signal: context.signal });
  if (source.kind === 'pictures') {
    if (source.pictures.length === 0) {
      throw new UsageError(
        `Expected pictures called after their people in ${args.join(', ')} but found none; one folder per person is for: acquaint enroll ${args[0]}.`,
      );
    }
    const jobs = source.pictures.map(({ name, path }) => ({ person: name, path }));
    const enrolling = { ...flags, crops: true, qualityFilter: 'low' } as const;
    await enrollPlanned({ jobs, strays: [], failures: [] }, enrolling, context);
    return;
  }
  await importPeople(source, flags, context);
  context.finish(exitCodes.done);
}

async function importPeople(
  source: Exclude<ImportSource, { readonly kind: 'pictures' }>,
  flags: CommonFlags,
  context: RunContext,
): Promise<void> {
  const { openRecognizer } = await loadLibrary();
  const path = await locatePath(flags.gallery);
  // A new gallery or collection is made for what is imported; one of another recipe is refused.
  const { effort: _effort, mirror: _mirror, ...options } = recognizerOptions(flags);
  const recognizer = await openRecognizer({ ...options, gallery: path, recipe: source.recipe });
  try {
    const total = source.kind === 'portable' ? source.checked.faces : source.content.count;
    const progress = await startProgress({
      title: 'importing',
      unit: 'face',
      total,
      quiet: Boolean(flags.quiet),
      streaming: false,
    });
    let told = 0;
    try {
      const counts = await recognizer.gallery.import(source, {
        signal: context.signal,
        onProgress: (done) => {
          for (; told < done; told++) progress.advance();
        },
      });
      progress.stop();
      if (flags.json) printJson(counts);
      else {
        const known = counts.known > 0 ? `; ${counted(counts.known, 'face')} known already` : '';
        print(
          `${counted(counts.people, 'new person', 'new people')}, ${counted(counts.faces, 'new face')}${known}`,
        );
      }
    } finally {
      progress.stop();
    }
  } finally {
    await recognizer.close();
  }
}
