import { type Command, InvalidArgumentError, Option } from 'commander';
import type { LivenessModelName, RecognizerOptions } from '../index.ts';
import { UsageError } from './exit-codes.ts';

/** The options of commands that ask whether a face is live. */
export interface LivenessFlags {
  readonly livenessModel?: LivenessModelName;
  readonly liveFrom?: number;
  readonly spoofBelow?: number;
}

export function addLivenessOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--liveness-model <name>',
        'the fetched model that tells; default: the one that is there',
      ).choices(['faceplugin-liveness', 'minifasnet-v2']),
    )
    .option('--live-from <score>', 'a face is live from this score on, 0 to 1; larger is stricter', scoreFrom)
    .option(
      '--spoof-below <score>',
      'below this score it is a picture; between the two nobody can say',
      scoreFrom,
    );
}

/** throws UsageError when one threshold is given without the other, and there is no telling what follows */
export function livenessOptions({ livenessModel, liveFrom, spoofBelow }: LivenessFlags): RecognizerOptions {
  if (liveFrom === undefined && spoofBelow === undefined) return { livenessModel };
  if (liveFrom === undefined) {
    throw new UsageError('Expected --live-from together with --spoof-below but received the latter only.');
  }
  // Alone, --live-from is the only threshold: whatever does not reach it is a picture.
  return { livenessModel, livenessThresholds: { spoofBelow: spoofBelow ?? liveFrom, liveFrom } };
}

function scoreFrom(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError(
    `Expected a number from 0 to 1 but received ${text === '' ? 'nothing' : text}.`,
  );
}
