import { requireArray, requireFields, requireOneOf } from '../arguments.ts';
import type { Point } from '../geometry.ts';
import { type FaceShape, meanShape, type PlacedFace, placedFace } from './face-shape.ts';
import type { LandmarkLayout } from './head-model.ts';
import { noseDepth } from './head-pose.ts';
import { canFollow, type SeenFace } from './head-reach.ts';
import { depthShare, noseResidual } from './parallax.ts';

/** A face followed through a short video: landmarks in pixels of frames that are not mirrored. */
export interface TrackedLandmarks {
  readonly timeMs: number;
  readonly landmarks: readonly Point[];
}

export interface MotionEvidence {
  /**
   * head    what turned has depth
   * flat    what turned has none: a picture
   * unsure  nothing turned far enough to tell, the frames are no single stretch, or the figure lies between
   */
  readonly verdict: 'head' | 'flat' | 'unsure';
  /** Depth that showed: about 0 for a flat picture, about 1 for a head. null when nothing turned far enough. */
  readonly depth: number | null;
}

/** Frames so close together are averaged: landmarks jitter from frame to frame. */
const WINDOW_MS = 120;
/** A turn of 10 degrees: below it the noise of the landmarks is a third of what depth would show. */
const LEAST_TURN = Math.tan((10 * Math.PI) / 180);
/** A picture tilted by 30 degrees. */
const LEAST_FORESHORTENING = 1.15;
const HEAD_FROM = 0.55;
const FLAT_TO = 0.25;
const FEWEST_FRAMES = 3;

const UNSURE: MotionEvidence = { verdict: 'unsure', depth: null };

/**
 * Whether a face moved as a head or as a flat picture within 1 to 3 seconds of video, without a challenge. A head that
 * holds still, nods, tilts or comes closer stays unsure: only turns to the side tell. A video shown on a screen is a
 * head by this measure.
 * requires  frames in order; dlib's five points do not tell heads from pictures
 * throws    RangeError for landmarks that are not the layout's
 */
export function motionEvidence(
  frames: readonly TrackedLandmarks[],
  layout: Exclude<LandmarkLayout, 'dlib5'>,
): MotionEvidence {
  requireOneOf('layout', ['dlib68', 'yunet5'], layout);
  requireArray('frames', frames, (name, frame) =>
    requireFields(name, frame, { timeMs: 'number', landmarks: 'array' }),
  );
  const faces = frames.flatMap(({ timeMs, landmarks }) => {
    const placed = placedFace(landmarks, layout);
    return placed ? [{ ...placed, timeMs }] : [];
  });
  if (!isOneStretch(faces, layout)) return UNSURE;
  const windows = windowsOf(faces);
  return sidewaysEvidence(windows, layout) ?? foreshorteningEvidence(windows, layout) ?? UNSURE;
}

function isOneStretch(faces: readonly SeenFace[], layout: LandmarkLayout): boolean {
  return faces.every((face, i) => {
    const before = faces[i - 1];
    return !before || (face.timeMs >= before.timeMs && canFollow(before, face, layout));
  });
}

interface Window {
  readonly shape: FaceShape;
  readonly frames: number;
}

function windowsOf(faces: readonly SeenFace[]): readonly Window[] {
  const groups = new Map<number, PlacedFace[]>();
  const start = faces[0]?.timeMs ?? 0;
  for (const face of faces) {
    const number = Math.floor((face.timeMs - start) / WINDOW_MS);
    groups.set(number, [...(groups.get(number) ?? []), face]);
  }
  return [...groups.values()].map((group) => ({
    shape: meanShape(group.map(({ shape }) => shape)),
    frames: group.length,
  }));
}

/** From windows in which the nose went to the side, each weighed by how far; null when it never did. */
function sidewaysEvidence(windows: readonly Window[], layout: LandmarkLayout): MotionEvidence | null {
  const straight = leastBy(windows, ({ shape }) => Math.abs(shape.nose.x));
  if (!straight) return null;
  const least = LEAST_TURN * noseDepth(layout);
  let sum = 0;
  let weights = 0;
  let frames = 0;
  for (const window of windows) {
    const way = window.shape.nose.x - straight.shape.nose.x;
    const share = depthShare(straight.shape, window.shape, layout);
    if (Math.abs(way) < least || share === null) continue;
    const weight = window.frames * way ** 2;
    sum += share * weight;
    weights += weight;
    frames += window.frames;
  }
  return frames < FEWEST_FRAMES ? null : judged(sum / weights);
}

/**
 * From a face whose height against the eyes' distance changed as a tilted picture's does, while its nose went nowhere.
 * A head whose nose goes down or up nods instead, and then the nose leaves the plane of eyes and mouth.
 */
function foreshorteningEvidence(windows: readonly Window[], layout: LandmarkLayout): MotionEvidence | null {
  const low = leastBy(windows, ({ shape }) => shape.nose.y);
  const high = leastBy(windows, ({ shape }) => -shape.nose.y);
  if (!low || !high || low.frames + high.frames < FEWEST_FRAMES) return null;
  const stretch = Math.min(high.shape.nose.y / low.shape.nose.y, heightOf(high) / heightOf(low));
  const residual = noseResidual(low.shape, high.shape);
  if (!residual || !(stretch >= LEAST_FORESHORTENING)) return null;
  const expected = noseDepth(layout) * Math.tan(Math.acos(1 / stretch));
  const depth = Math.hypot(residual.x, residual.y) / expected;
  return depth <= FLAT_TO ? { verdict: 'flat', depth } : null;
}

function heightOf({ shape }: Window): number {
  const [left, right] = shape.mouth!;
  return (left.y + right.y) / 2;
}

function judged(depth: number): MotionEvidence {
  if (depth >= HEAD_FROM) return { verdict: 'head', depth };
  return { verdict: depth <= FLAT_TO ? 'flat' : 'unsure', depth };
}

function leastBy<T>(items: readonly T[], value: (item: T) => number): T | null {
  return items.reduce<T | null>((best, item) => (best && value(best) <= value(item) ? best : item), null);
}
