import type { FacePlace, PlacedFace } from './face-shape.ts';
import type { LandmarkLayout } from './head-model.ts';
import { turnBetween, yawOf } from './head-pose.ts';

/** A face at a time, milliseconds. */
export interface SeenFace extends PlacedFace {
  readonly timeMs: number;
}

/**
 * What a head can do between two frames: an allowance for jitter, and a speed. A head that turns by 200 degrees a second
 * about its neck carries its eyes some 5 of their distances a second; heads turn by up to some 300 degrees a second when asked to turn.
 */
const REACH = {
  /** Distances of the eyes. */
  place: { allowance: 0.2, perSecond: 8 },
  /** Logarithm of the ratio of sizes. */
  size: { allowance: 0.1, perSecond: 2.5 },
  /** Degrees. */
  yaw: { allowance: 8, perSecond: 450 },
  roll: { allowance: 5, perSecond: 300 },
} as const;

/** Whether one head can be at both places at the two times. requires  `after` not before `before` */
export function canFollow(before: SeenFace, after: SeenFace, layout: LandmarkLayout): boolean {
  const seconds = (after.timeMs - before.timeMs) / 1000;
  const isWithin = (change: number, { allowance, perSecond }: { allowance: number; perSecond: number }) =>
    Math.abs(change) <= allowance + perSecond * seconds;
  const yaws = [before, after].map(({ shape }) => yawOf(shape, layout)) as [number, number];
  const sizes = [before, after].map(({ place }, i) => frontalSize(place, yaws[i]!)) as [number, number];
  const moved = Math.hypot(after.place.x - before.place.x, after.place.y - before.place.y);
  return (
    isWithin(moved / Math.min(...sizes), REACH.place) &&
    isWithin(Math.log(sizes[1] / sizes[0]), REACH.size) &&
    isWithin(yaws[1] - yaws[0], REACH.yaw) &&
    isWithin(turnBetween(before.place.roll, after.place.roll), REACH.roll)
  );
}

/** Distance of the eyes as it would be without the turn, pixels. */
function frontalSize({ eyePx }: FacePlace, yaw: number): number {
  // Beyond 60 degrees the landmarks are too poor to divide by the cosine.
  return eyePx / Math.cos((Math.min(60, Math.abs(yaw)) * Math.PI) / 180);
}
