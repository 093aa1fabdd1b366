import { type Kinds, requireOptions } from '../arguments.ts';
/** What a challenge may ask for. Left and right are the subject's own. */
export const CHALLENGE_STEPS = ['turn_left', 'turn_right', 'tilt_left', 'tilt_right', 'come_closer'] as const;

/**
 * turn_*       the head turned to the side: the only steps that show depth
 * tilt_*       the head tilted to a shoulder
 * come_closer  the face larger than at the start
 * Nodding and blinking are left out: five points tell a nod only roughly and an eyelid not at all.
 */
export type ChallengeStep = (typeof CHALLENGE_STEPS)[number];

/** Plain data: it can be sent and kept as JSON. */
export interface Challenge {
  /** Never given twice: 32 hexadecimal digits. */
  readonly id: string;
  /** In this order, with a look into the camera before, between and after. No two neighbours are the same. */
  readonly steps: readonly ChallengeStep[];
  /** When it was drawn, milliseconds of the server's clock. */
  readonly issuedAtMs: number;
  /** For finding the neutral pose at the start. */
  readonly startMs: number;
  /** For each step, and for each way back to the neutral pose. */
  readonly stepMs: number;
  /** From issuedAtMs to the end of the last step. */
  readonly totalMs: number;
}

export interface ChallengeOptions {
  /** 2 to 6. */
  readonly stepCount?: number;
  readonly startMs?: number;
  readonly stepMs?: number;
  readonly totalMs?: number;
}

/** So many bytes that nobody can foresee: a cryptographic generator's. */
export type RandomBytes = (count: number) => Uint8Array;

const ID_BYTES = 16;
const CHALLENGE_OPTIONS: Kinds<ChallengeOptions> = {
  stepCount: 'number',
  startMs: 'number',
  stepMs: 'number',
  totalMs: 'number',
};

/** A recording made beforehand fits one of 150 sequences of four steps, and takes a person about ten seconds. */
const DEFAULTS = { stepCount: 4, startMs: 15_000, stepMs: 6_000, totalMs: 60_000 } as const;

/**
 * Draws a challenge: every allowed sequence is equally likely. Every one turns to both sides: only turns show depth.
 * throws  RangeError for options outside their ranges, or a generator that gives too few bytes
 */
export function drawChallenge(
  randomBytes: RandomBytes,
  issuedAtMs: number,
  options: ChallengeOptions = {},
): Challenge {
  requireOptions('issueChallenge', options, CHALLENGE_OPTIONS);
  const { stepCount, startMs, stepMs, totalMs } = { ...DEFAULTS, ...options };
  requireStepCount(stepCount);
  requirePositive('issuedAtMs', issuedAtMs, 0);
  for (const [name, value] of Object.entries({ startMs, stepMs, totalMs })) requirePositive(name, value, 1);
  const sequences = challengeSequences(stepCount);
  const bytes = randomBytes(ID_BYTES + NUMBER_BYTES);
  if (bytes.length !== ID_BYTES + NUMBER_BYTES) {
    throw new RangeError(`Expected ${ID_BYTES + NUMBER_BYTES} random bytes but received ${bytes.length}`);
  }
  return {
    id: [...bytes.subarray(0, ID_BYTES)].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
    steps: sequences[Math.floor(shareOf(bytes.subarray(ID_BYTES)) * sequences.length)]!,
    issuedAtMs,
    startMs,
    stepMs,
    totalMs,
  };
}

/** Enough that the share of no sequence differs from another's by more than a millionth. */
const NUMBER_BYTES = 6;

/** At least 0 and below 1. */
function shareOf(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0) / 256 ** bytes.length;
}

/** Every sequence that may be drawn: neighbours differ, and both turns are in it. requires  2 to 6 steps */
export function challengeSequences(stepCount: number): readonly (readonly ChallengeStep[])[] {
  let sequences: readonly (readonly ChallengeStep[])[] = [[]];
  for (let i = 0; i < stepCount; i++) {
    sequences = sequences.flatMap((steps) =>
      CHALLENGE_STEPS.filter((step) => step !== steps.at(-1)).map((step) => [...steps, step]),
    );
  }
  return sequences.filter((steps) => steps.includes('turn_left') && steps.includes('turn_right'));
}

function requireStepCount(stepCount: number): void {
  if (!Number.isInteger(stepCount) || stepCount < 2 || stepCount > 6) {
    throw new RangeError(`Expected a whole number from 2 to 6 for stepCount but received ${stepCount}`);
  }
}

function requirePositive(name: string, value: number, least: number): void {
  if (!Number.isFinite(value) || value < least) {
    throw new RangeError(`Expected a number of at least ${least} for ${name} but received ${value}`);
  }
}
