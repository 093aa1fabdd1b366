import type { Command } from 'commander';
import type { PackReport, WeightsEntry } from '../../index.ts';
import { megabytes } from '../byte-progress.ts';
import { addExamples, type RunContext } from '../command.ts';
import { exitCodes, UsageError } from '../exit-codes.ts';
import { loadLibrary } from '../library.ts';
import { modelsFolderOf, packNamed } from '../model-packs.ts';
import { addCommonOptions, type CommonFlags } from '../options.ts';
import { colors, print, printJson } from '../output.ts';
import { printable } from '../printable.ts';
import { renderTable } from '../table.ts';
import { addModelsPull } from './models-pull.ts';
import { addModelsVerify } from './models-verify.ts';

export function addModels(program: Command, context: RunContext): void {
  const command = program
    .command('models')
    .summary('models, with licence and hash; fetch more')
    .description(
      'Lists the weights that come with the program and the models that can be fetched: what each is for, whose it ' +
        'is, under which licence; fetches and checks them.',
    );
  addExamples(command, [
    ['acquaint models', 'two tables'],
    ['acquaint models --json', 'with origin and file names, for programs'],
    ['acquaint models pull yunet-n', 'fetches a model'],
    ['acquaint models verify', 'checks the hashes of all files that are there'],
  ]);
  addModelsList(command, context);
  addModelsPull(command, context);
  addModelsVerify(command, context);
  addModelsPath(command, context);
}

function addModelsList(models: Command, context: RunContext): void {
  const command = models
    .command('list', { isDefault: true })
    .summary('what there is, and what is there')
    .description('Lists the weights that come with the program and the models that can be fetched.')
    // It also gets what was meant as a command: better said below than "too many arguments for list".
    .allowExcessArguments();
  addCommonOptions(command, ['models']);
  command.action(async (flags: CommonFlags) => {
    const [unknown] = command.args;
    if (unknown !== undefined) {
      throw new UsageError(`Expected list, pull, verify or path after models but received ${unknown}.`);
    }
    await listModels(flags);
    context.finish(exitCodes.done);
  });
}

function addModelsPath(models: Command, context: RunContext): void {
  const command = models
    .command('path')
    .argument('[id]', 'a model that can be fetched')
    .summary('where fetched models lie')
    .description('Prints the folder of fetched models, or where the file of one of them belongs.');
  addCommonOptions(command, ['models']);
  addExamples(command, [
    ['acquaint models path', 'the folder, for files that come another way'],
    ['acquaint models path sface', 'one file'],
  ]);
  command.action(async (id: string | undefined, flags: CommonFlags) => {
    const { packPath } = await loadLibrary();
    const folder = await modelsFolderOf(flags);
    const path = id === undefined ? folder : packPath(await packNamed(id), folder);
    if (flags.json) printJson({ path });
    else print(printable(path));
    context.finish(exitCodes.done);
  });
}

async function listModels(flags: CommonFlags): Promise<void> {
  const { verifyPacks, weightsManifest } = await loadLibrary();
  const folder = await modelsFolderOf(flags);
  const reports = await verifyPacks(folder);
  if (flags.json) {
    const packs = reports.map(({ pack, path, status }) => ({ ...pack, path, status }));
    printJson({ models: weightsManifest, packs });
    return;
  }
  printWeights(weightsManifest);
  print(`\n${colors.bold('To be fetched by acquaint models pull ID')}, into ${printable(folder)}\n`);
  printPacks(reports);
}

function printWeights(entries: readonly WeightsEntry[]): void {
  const rows = entries.map((entry) => [
    entry.id,
    megabytes(entry.byteLength),
    yesOrNo(entry.commercialUse),
    entry.license,
    entry.sha256,
  ]);
  const columns = [...firstColumns, { title: 'licence' }, { title: 'SHA-256' }];
  print(`${renderTable(columns, rows)}\n\n${purposes(entries)}`);
}

const firstColumns = [
  { title: 'model' },
  { title: 'size', align: 'right' },
  { title: 'commercial use' },
] as const;

function printPacks(reports: readonly PackReport[]): void {
  const state = { ok: colors.green('yes'), missing: 'no', corrupt: colors.red('DAMAGED') };
  const rows = reports.map(({ pack, status }) => [
    pack.id,
    pack.byteLength === null ? '?' : megabytes(pack.byteLength),
    yesOrNo(pack.commercialUse),
    pack.license,
    pack.kind,
    state[status],
  ]);
  const columns = [...firstColumns, { title: 'licence' }, { title: 'kind' }, { title: 'there' }];
  print(`${renderTable(columns, rows)}\n\n${purposes(reports.map(({ pack }) => pack))}`);
}

function yesOrNo(commercialUse: boolean): string {
  return commercialUse ? 'yes' : colors.yellow('no');
}

function purposes(models: readonly { readonly id: string; readonly purpose: string }[]): string {
  return renderTable(
    [{ title: 'model' }, { title: 'what it does' }],
    models.map(({ id, purpose }) => [id, purpose]),
  );
}
