import { mixedShape, type PlacedFace } from './face-shape.ts';
import { turnBetween } from './head-pose.ts';
import type { PoseZone } from './pose-zones.ts';

/** One pose that has been kept up to now, and the mean of its frames. */
export interface Hold {
  readonly zone: PoseZone;
  readonly sinceMs: number;
  readonly frames: number;
  readonly mean: PlacedFace;
  /** How well one flat thing explains the pixels of the flattest of its frames, -1 to 1; null where nobody asked. */
  readonly flattest: number | null;
}

interface Stay {
  readonly ms: number;
  readonly frames: number;
}

/** How long, and in how many frames at least, a pose has to be kept until it counts. */
export const KEPT = {
  start: { ms: 600, frames: 5 },
  step: { ms: 250, frames: 3 },
  back: { ms: 200, frames: 2 },
  /** A pose that was not asked for. */
  wrong: { ms: 250, frames: 3 },
  /** A turn that shows no depth: what it lacks is not a matter of noise any more. */
  flat: { ms: 750, frames: 6 },
} as const;

/** The pose kept one frame longer; a new one without `before`. */
export function kept(before: Hold | null, zone: PoseZone, face: PlacedFace, timeMs: number): Hold {
  if (!before) return { zone, sinceMs: timeMs, frames: 1, mean: face, flattest: null };
  const frames = before.frames + 1;
  return { ...before, frames, mean: mixedFace(before.mean, face, 1 / frames) };
}

function mixedFace(from: PlacedFace, to: PlacedFace, share: number): PlacedFace {
  const mix = (a: number, b: number): number => a + (b - a) * share;
  return {
    shape: mixedShape(from.shape, to.shape, share),
    place: {
      x: mix(from.place.x, to.place.x),
      y: mix(from.place.y, to.place.y),
      eyePx: mix(from.place.eyePx, to.place.eyePx),
      roll: from.place.roll + turnBetween(from.place.roll, to.place.roll) * share,
    },
  };
}

export function isKept({ sinceMs, frames }: Hold, stay: Stay, timeMs: number): boolean {
  return timeMs - sinceMs >= stay.ms && frames >= stay.frames;
}

/** 0 to 1. */
export function keptShare({ sinceMs, frames }: Hold, stay: Stay, timeMs: number): number {
  return Math.min(1, (timeMs - sinceMs) / stay.ms, frames / stay.frames);
}
