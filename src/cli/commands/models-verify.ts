import type { Command } from 'commander';
import { addExamples, type RunContext } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { loadLibrary } from '../library.ts';
import { modelsFolderOf } from '../model-packs.ts';
import { addCommonOptions, type CommonFlags } from '../options.ts';
import { colors, print, printJson } from '../output.ts';
import { printable } from '../printable.ts';
import { renderTable } from '../table.ts';

interface ModelCheck {
  readonly id: string;
  readonly status: 'ok' | 'missing' | 'corrupt';
  readonly path: string;
  readonly problem: string | null;
}

export function addModelsVerify(models: Command, context: RunContext): void {
  const command = models
    .command('verify')
    .summary('check the hashes of all files')
    .description(
      'Checks the SHA-256 of the weights that come with the program and of the fetched models. A model that was not ' +
        'fetched is no fault.',
    );
  addCommonOptions(command, ['models']);
  addExamples(command, [
    ['acquaint models verify', 'exit code 3 when a file is damaged'],
    ['acquaint models verify --json', 'for programs'],
  ]);
  command.action(async (flags: CommonFlags) => {
    const { verifyPacks, verifyWeights } = await loadLibrary();
    const weights = (await verifyWeights()).map(({ entry, ...rest }) => ({ id: entry.id, ...rest }));
    const reports = await verifyPacks(await modelsFolderOf(flags));
    const packs = reports.map(({ pack, ...rest }) => ({ id: pack.id, ...rest }));
    const isRight =
      weights.every(({ status }) => status === 'ok') && packs.every(({ status }) => status !== 'corrupt');
    if (flags.json) printJson({ ok: isRight, models: weights, packs });
    else printChecks([...weights, ...packs.filter(({ status }) => status !== 'missing')], isRight);
    context.finish(isRight ? exitCodes.done : exitCodes.cannotRun);
  });
}

function printChecks(checks: readonly ModelCheck[], isRight: boolean): void {
  const rows = checks.map(({ id, status, path, problem }) => [
    status === 'ok' ? colors.green('ok') : colors.red('BAD'),
    id,
    printable(problem ?? path),
  ]);
  print(renderTable([{ title: '' }, { title: 'model' }, { title: 'file' }], rows));
  print(`\n${isRight ? 'Every file that is there is whole.' : 'Something is wrong: see BAD above.'}`);
}
