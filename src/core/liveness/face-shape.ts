import type { Point } from '../geometry.ts';
import { headPoints, type LandmarkLayout } from './head-model.ts';

/** Where a face is in its frame. Pixels; roll in degrees, clockwise on the screen. */
export interface FacePlace {
  /** Midway between the eyes. */
  readonly x: number;
  readonly y: number;
  readonly eyePx: number;
  readonly roll: number;
}

/**
 * The points that a turn of the head is read from, without place, size and roll of the face: the origin lies midway
 * between the eyes, x runs along the eyes to the right of the picture, one unit is the distance of the eyes' middles.
 */
export interface FaceShape {
  /** Its tip; its base for dlib5. */
  readonly nose: Point;
  /** Its corners on the left and on the right of the picture; null for dlib5. */
  readonly mouth: readonly [Point, Point] | null;
}

interface Features extends FaceShape {
  readonly left: Point;
  readonly right: Point;
}

export interface PlacedFace {
  readonly place: FacePlace;
  readonly shape: FaceShape;
}

/**
 * Landmarks, taken apart into place and shape; null when both eyes are in one place, so that there is no shape.
 * throws  RangeError for another number of points than the layout has, or for coordinates that are no numbers
 */
export function placedFace(landmarks: readonly Point[], layout: LandmarkLayout): PlacedFace | null {
  const { left, right, nose, mouth } = featuresOf(landmarks, layout);
  const across = { x: right.x - left.x, y: right.y - left.y };
  const eyePx = Math.hypot(across.x, across.y);
  if (eyePx === 0) return null;
  const middle = middleOf(left, right);
  const into = ({ x, y }: Point): Point => ({
    x: ((x - middle.x) * across.x + (y - middle.y) * across.y) / eyePx ** 2,
    y: ((y - middle.y) * across.x - (x - middle.x) * across.y) / eyePx ** 2,
  });
  return {
    place: { ...middle, eyePx, roll: (Math.atan2(across.y, across.x) * 180) / Math.PI },
    shape: { nose: into(nose), mouth: mouth && [into(mouth[0]), into(mouth[1])] },
  };
}

function featuresOf(landmarks: readonly Point[], layout: LandmarkLayout): Features {
  const count = headPoints(layout).length;
  if (landmarks.length !== count) {
    throw new RangeError(
      `Expected ${count} landmarks for the layout ${layout} but received ${landmarks.length}`,
    );
  }
  if (!landmarks.every((point) => Number.isFinite(point?.x) && Number.isFinite(point?.y))) {
    throw new RangeError('Expected finite numbers for the landmarks but received others');
  }
  const at = (i: number): Point => landmarks[i]!;
  switch (layout) {
    case 'dlib5':
      return {
        left: middleOf(at(2), at(3)),
        right: middleOf(at(0), at(1)),
        nose: at(4),
        mouth: null,
      };
    case 'dlib68':
      return {
        // The lids move when the eyes blink, the corners do not.
        left: middleOf(at(36), at(39)),
        right: middleOf(at(42), at(45)),
        nose: at(30),
        mouth: [at(48), at(54)],
      };
    case 'yunet5':
      return { left: at(0), right: at(1), nose: at(2), mouth: [at(3), at(4)] };
  }
}

function middleOf(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

/** The shape `share` of the way from one to another, 0 to 1. requires  shapes of one layout */
export function mixedShape(from: FaceShape, to: FaceShape, share: number): FaceShape {
  const mix = (a: Point, b: Point): Point => ({ x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share });
  return {
    nose: mix(from.nose, to.nose),
    mouth: from.mouth && to.mouth && [mix(from.mouth[0], to.mouth[0]), mix(from.mouth[1], to.mouth[1])],
  };
}

/** Point by point. requires  at least one shape, all of one layout */
export function meanShape(shapes: readonly FaceShape[]): FaceShape {
  return shapes.reduce((mean, shape, i) => mixedShape(mean, shape, 1 / (i + 1)));
}
