import { setImmediate as letOthersRun } from 'node:timers/promises';
import type { Steps } from '../core/steps.ts';
import { requireNotAborted } from '../errors.ts';

/** So long others wait at most, but for the step in work: short enough for a Ctrl-C to be felt as one. */
const LONGEST_RUN_MS = 50;

/**
 * Long computation in this thread, with breaks in which timers, signals and other work get their turn.
 * throws  AcquaintError('aborted') when the signal fires, and what the steps throw
 */
export async function runWithBreaks<Result>(steps: Steps<Result>, signal?: AbortSignal): Promise<Result> {
  requireNotAborted(signal);
  let begun = performance.now();
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value;
    if (performance.now() - begun < LONGEST_RUN_MS) continue;
    await letOthersRun();
    requireNotAborted(signal);
    begun = performance.now();
  }
}
