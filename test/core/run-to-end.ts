import type { Steps } from '../../src/core/steps.ts';

/** The result of long work, without the breaks that the program takes in it. */
export function runToEnd<Result>(steps: Steps<Result>): Result {
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}
