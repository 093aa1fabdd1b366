import type { Command } from 'commander';
import type { ErrorCode, ModelPack } from '../../index.ts';
import { startByteProgress } from '../byte-progress.ts';
import { addExamples, type RunContext } from '../command.ts';
import { exitCodes, isAcquaintError } from '../exit-codes.ts';
import { loadLibrary } from '../library.ts';
import { modelsFolderOf, optionFor, packNamed } from '../model-packs.ts';
import { addCommonOptions, type CommonFlags } from '../options.ts';
import { complain, note, print, printJson } from '../output.ts';
import { printable } from '../printable.ts';

interface PullFlags extends CommonFlags {
  readonly acceptLicense?: string;
}

type PullOutcome =
  | { readonly id: string; readonly status: 'fetched' | 'present'; readonly path: string }
  | {
      readonly id: string;
      readonly status: 'failed';
      readonly error: { readonly code: ErrorCode; readonly message: string };
    };

export function addModelsPull(models: Command, context: RunContext): void {
  const command = models
    .command('pull')
    .argument('<ids...>', 'models as acquaint models lists them')
    .summary('fetch models')
    .description(
      'Fetches models into the folder of models and checks their hashes. What was interrupted goes on where it stopped.',
    )
    .option('--accept-license <name>', 'accept a licence that excludes commercial use, by its name');
  addCommonOptions(command, ['models', 'commercial', 'progress']);
  addExamples(command, [
    ['acquaint models pull yunet-n sface', 'two models'],
    ['acquaint models pull buffalo_l --accept-license insightface-non-commercial', 'for research only'],
    ['acquaint models pull yunet-n --models /srv/models', 'into another folder'],
  ]);
  command.action((ids: string[], flags: PullFlags) => runPull(ids, flags, context));
}

async function runPull(ids: readonly string[], flags: PullFlags, context: RunContext): Promise<void> {
  const packs = await Promise.all(ids.map(packNamed));
  const folder = await modelsFolderOf(flags);
  const outcomes: PullOutcome[] = [];
  try {
    for (const pack of packs) {
      const outcome = await pullOne(pack, folder, flags, context);
      outcomes.push(outcome);
      if (!flags.json) await report(pack, outcome, Boolean(flags.quiet));
    }
  } finally {
    // Also at Ctrl-C: what was finished before is there.
    if (flags.json) printJson({ packs: outcomes });
  }
  const failed = outcomes.filter(({ status }) => status === 'failed').length;
  if (failed === 0) context.finish(exitCodes.done);
  else context.finish(failed === outcomes.length ? exitCodes.cannotRun : exitCodes.someFailed);
}

async function pullOne(
  pack: ModelPack,
  folder: string,
  { acceptLicense, commercial, quiet }: PullFlags,
  { signal }: RunContext,
): Promise<PullOutcome> {
  const { pullPack } = await loadLibrary();
  const { id } = pack;
  const progress = await startByteProgress(`fetching ${id}`, Boolean(quiet));
  const onProgress = progress.update;
  try {
    const options = { folder, acceptLicense, commercial, signal, onProgress };
    return { id, ...(await pullPack(pack, options)) };
  } catch (error) {
    progress.stop();
    if (!isAcquaintError(error)) throw error;
    if (error.code !== 'aborted')
      return { id, status: 'failed', error: { code: error.code, message: error.message } };
    note(error.message);
    throw error;
  } finally {
    progress.stop();
  }
}

async function report(pack: ModelPack, outcome: PullOutcome, quiet: boolean): Promise<void> {
  const { id, license, dataNote } = pack;
  if (outcome.status === 'failed') {
    complain(outcome.error.message);
    return;
  }
  print(`${id} ${outcome.status === 'present' ? 'is there already' : 'fetched'}: ${printable(outcome.path)}`);
  if (quiet) return;
  note(`${id}: licence ${license}. ${dataNote}`);
  const option = await optionFor(pack);
  if (option !== null) note(`${id}: used by ${option}`);
}
