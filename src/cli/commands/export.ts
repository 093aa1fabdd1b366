import type { Command } from 'commander';
import { addExamples, type RunContext } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { withPeople } from '../open-gallery.ts';
import { addCommonOptions, type CommonFlags } from '../options.ts';
import { counted, print, printJson } from '../output.ts';
import { locatePath } from '../picture-files.ts';
import { startProgress } from '../progress.ts';

interface ExportFlags extends CommonFlags {
  readonly person?: string;
}

export function addExport(program: Command, context: RunContext): void {
  const command = program
    .command('export')
    .argument('<file>', 'written whole or not at all; compressed when its name ends in .gz')
    .summary('write people into a portable file')
    .description(
      'Writes everybody of the collection, or one person, with faces, crops and embeddings into a file that acquaint import ' +
        'reads on any machine. The file is not sealed: it holds biometric data.',
    )
    .option('--person <name>', 'only this person: what you keep of somebody who asks');
  addCommonOptions(command, ['gallery', 'progress']);
  addExamples(command, [
    ['acquaint export people.acquaint.gz', 'a backup'],
    ['acquaint export ada.acquaint --person "Ada Lovelace"', 'everything that is kept of her'],
  ]);
  command.action(async (file: string, flags: ExportFlags) => {
    const path = await locatePath(file);
    const written = await withPeople(flags, async ({ gallery }) => {
      const people = flags.person === undefined ? await gallery.list() : [await gallery.find(flags.person)];
      const progress = await startProgress({
        title: 'writing',
        unit: 'face',
        total: people.reduce((sum, { faces }) => sum + faces, 0),
        quiet: Boolean(flags.quiet),
        streaming: false,
      });
      try {
        return await gallery.export(path, {
          who: flags.person,
          signal: context.signal,
          onProgress: () => progress.advance(),
        });
      } finally {
        progress.stop();
      }
    });
    if (flags.json) printJson({ file: path, ...written });
    else
      print(
        `${counted(written.people, 'person', 'people')}, ${counted(written.faces, 'face')} written to ${path}`,
      );
    context.finish(exitCodes.done);
  });
}
