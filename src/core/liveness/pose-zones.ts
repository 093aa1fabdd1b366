import { CHALLENGE_STEPS, type ChallengeStep } from './challenge.ts';
import type { HeadPose } from './head-pose.ts';

/**
 * Degrees and ratios of size. A pose is in one zone or in none: between the zones lie some 8 degrees, more than the
 * poses of five points jitter (bench/liveness).
 */
const NEUTRAL = { yaw: 10, roll: 9, scale: 1.15, pitch: 25 };
/** turned: enough for the nose's parallax to stand far above the landmarks' noise. */
const TURN = { yaw: 20, mostYaw: 55, roll: 20, pitch: 35, scale: 1.5 };
const TILT = { roll: 16, yaw: 18 };
const CLOSER = { scale: 1.3, yaw: 18, roll: 14 };

export type PoseZone = 'neutral' | ChallengeStep;

/** The zone a pose is in, null between the zones. */
export function zoneOf(pose: HeadPose): PoseZone | null {
  if (isNeutral(pose)) return 'neutral';
  return CHALLENGE_STEPS.find((step) => isIn[step](pose)) ?? null;
}

/** 0 at the neutral pose, 1 where the step is done; never beyond. */
export function stepProgress(step: ChallengeStep, pose: HeadPose): number {
  return Math.max(0, Math.min(1, REACHED[step](pose)));
}

/** Whether the head is turned or tilted further than its landmarks are good for. */
export function isTooFar({ yaw, roll }: HeadPose): boolean {
  return Math.abs(yaw) > TURN.mostYaw || Math.abs(roll) > 50;
}

function isNeutral({ yaw, pitch, roll, scale }: HeadPose): boolean {
  return (
    Math.abs(yaw) <= NEUTRAL.yaw &&
    Math.abs(roll) <= NEUTRAL.roll &&
    Math.abs(pitch) <= NEUTRAL.pitch &&
    isWithin(scale, NEUTRAL.scale)
  );
}

function isTurn({ yaw, pitch, roll, scale }: HeadPose): boolean {
  return (
    Math.abs(yaw) >= TURN.yaw &&
    Math.abs(yaw) <= TURN.mostYaw &&
    Math.abs(roll) <= TURN.roll &&
    Math.abs(pitch) <= TURN.pitch &&
    isWithin(scale, TURN.scale)
  );
}

function isTilt({ yaw, roll }: HeadPose): boolean {
  return Math.abs(roll) >= TILT.roll && Math.abs(yaw) <= TILT.yaw;
}

const isIn: Readonly<Record<ChallengeStep, (pose: HeadPose) => boolean>> = {
  turn_left: (pose) => isTurn(pose) && pose.yaw > 0,
  turn_right: (pose) => isTurn(pose) && pose.yaw < 0,
  tilt_left: (pose) => isTilt(pose) && pose.roll > 0,
  tilt_right: (pose) => isTilt(pose) && pose.roll < 0,
  come_closer: ({ yaw, roll, scale }) =>
    scale >= CLOSER.scale && Math.abs(yaw) <= CLOSER.yaw && Math.abs(roll) <= CLOSER.roll,
};

const REACHED: Readonly<Record<ChallengeStep, (pose: HeadPose) => number>> = {
  turn_left: ({ yaw }) => yaw / TURN.yaw,
  turn_right: ({ yaw }) => -yaw / TURN.yaw,
  tilt_left: ({ roll }) => roll / TILT.roll,
  tilt_right: ({ roll }) => -roll / TILT.roll,
  come_closer: ({ scale }) => (scale - 1) / (CLOSER.scale - 1),
};

function isWithin(scale: number, most: number): boolean {
  return scale <= most && scale >= 1 / most;
}
