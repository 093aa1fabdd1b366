import { randomBytes } from 'node:crypto';
import { type Challenge, type ChallengeOptions, drawChallenge } from '../core/liveness/challenge.ts';

/**
 * A challenge that nobody can foresee.
 * nowMs   milliseconds of the clock that the observations' times will be of
 * throws  RangeError for options outside their ranges
 */
export function issueChallenge(nowMs: number, options?: ChallengeOptions): Challenge {
  return drawChallenge(randomBytes, nowMs, options);
}
