import type { Command } from 'commander';
import { addExamples, type RunContext } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { loadLibrary } from '../library.ts';
import { addCommonOptions, type CommonFlags } from '../options.ts';
import { colors, print, printJson } from '../output.ts';
import { renderTable } from '../table.ts';

export function addModels(program: Command, context: RunContext): void {
  const command = program
    .command('models')
    .summary('the weights, with licence and hash')
    .description(
      'Lists the weights: what each is for, whose they are, under which licence, and their SHA-256.',
    );
  addCommonOptions(command, []);
  addExamples(command, [
    ['acquaint models', 'a table'],
    ['acquaint models --json', 'with origin and file names, for programs'],
    ['acquaint doctor', 'checks the hashes of the installed files'],
  ]);
  command.action(async (flags: CommonFlags) => {
    await listModels(Boolean(flags.json));
    context.finish(exitCodes.done);
  });
}

async function listModels(json: boolean): Promise<void> {
  const { weightsManifest } = await loadLibrary();
  if (json) {
    printJson({ models: weightsManifest });
    return;
  }
  const rows = weightsManifest.map((entry) => [
    entry.id,
    megabytes(entry.byteLength),
    entry.commercialUse ? 'yes' : colors.yellow('no'),
    entry.license,
    entry.sha256,
  ]);
  print(
    renderTable(
      [
        { title: 'model' },
        { title: 'size', align: 'right' },
        { title: 'commercial use' },
        { title: 'licence' },
        { title: 'SHA-256' },
      ],
      rows,
    ),
  );
  print('');
  print(
    renderTable(
      [{ title: 'model' }, { title: 'what it does' }],
      weightsManifest.map(({ id, purpose }) => [id, purpose]),
    ),
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
