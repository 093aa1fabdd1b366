import type { Point } from '../geometry.ts';
import { type FacePlace, type FaceShape, type PlacedFace, placedFace } from './face-shape.ts';
import { type HeadAngles, headPoints, type LandmarkLayout } from './head-model.ts';
import { solveLinear } from './solve-linear.ts';

const DEGREES = 180 / Math.PI;

/** How a head is turned against its neutral start. scale: its size against it, 1 for as large. */
export interface HeadPose extends HeadAngles {
  readonly scale: number;
}

/** Depth of the layout's nose point before the eyes' middles, in distances of the eyes. */
export function noseDepth(layout: LandmarkLayout): number {
  return MODEL_NOSE[layout].z;
}

/** The model head's nose point of that layout, in distances of the eyes, from midway between them. */
const MODEL_NOSE = {
  dlib5: modelNose('dlib5'),
  dlib68: modelNose('dlib68'),
  yunet5: modelNose('yunet5'),
} as const;

function modelNose(layout: LandmarkLayout): { readonly z: number } {
  const flat = placedFace(headPoints(layout), layout)!;
  const depths = headPoints(layout).map(({ x, y, z }) => ({ x: x + z, y }));
  // Adding the depths to x is a turn by 45 degrees that keeps the eyes' distance: the nose moves by its depth.
  return { z: placedFace(depths, layout)!.shape.nose.x - flat.shape.nose.x };
}

/**
 * How far a face looks past the camera by itself, degrees: as if its nose were in the middle when it does not.
 * Under weak perspective a head turned by yaw shows its eyes cos(yaw) apart and its nose sin(yaw) * depth to
 * the side, so the nose's offset in distances of the eyes is depth * tan(yaw).
 */
export function yawOf(shape: FaceShape, layout: LandmarkLayout): number {
  return Math.atan(shape.nose.x / noseDepth(layout)) * DEGREES;
}

/**
 * The pose against the person's own neutral face. Roll and scale are good to a degree and a per cent, yaw and pitch to
 * some 20 per cent of themselves, because noses differ in depth (bench/liveness).
 */
export function headPose(
  place: FacePlace,
  shape: FaceShape,
  neutral: PlacedFace,
  layout: LandmarkLayout,
): HeadPose {
  const depth = noseDepth(layout);
  const straight = yawOf(neutral.shape, layout);
  const height = neutral.shape.nose.y * Math.cos(straight / DEGREES);
  const [yaw, pitch] = turnOf(shape.nose, height, depth);
  const eyes = eyeVector(yaw, pitch);
  return {
    yaw: yaw * DEGREES - straight,
    pitch: pitch * DEGREES,
    roll: turnBetween(neutral.place.roll, place.roll - Math.atan2(eyes.y, eyes.x) * DEGREES),
    scale: ((place.eyePx / Math.hypot(eyes.x, eyes.y)) * Math.cos(straight / DEGREES)) / neutral.place.eyePx,
  };
}

/** Where yaw and pitch (radians) take a step of 1 from eye to eye, under weak perspective. */
function eyeVector(yaw: number, pitch: number): Point {
  return { x: Math.cos(yaw), y: -Math.sin(yaw) * Math.sin(pitch) };
}

/** The nose in a turned face's shape. height, depth: of the nose against the eyes, in distances of the eyes. */
function noseAt(yaw: number, pitch: number, height: number, depth: number): Point {
  const eyes = eyeVector(yaw, pitch);
  const square = eyes.x ** 2 + eyes.y ** 2;
  const nose = {
    x: depth * Math.sin(yaw),
    y: height * Math.cos(pitch) + depth * Math.cos(yaw) * Math.sin(pitch),
  };
  return {
    x: (nose.x * eyes.x + nose.y * eyes.y) / square,
    y: (nose.y * eyes.x - nose.x * eyes.y) / square,
  };
}

const STEPS = 8;
/** Radians: no landmarks are found beyond. */
const MOST = { yaw: 1.3, pitch: 0.8 };

/** The yaw and pitch that show the nose where it is: Newton's method from the pose without pitch. */
function turnOf(nose: Point, height: number, depth: number): readonly [number, number] {
  let yaw = clamped(Math.atan(nose.x / depth), MOST.yaw);
  let pitch = 0;
  for (let step = 0; step < STEPS; step++) {
    const at = noseAt(yaw, pitch, height, depth);
    const byYaw = slope((d) => noseAt(yaw + d, pitch, height, depth));
    const byPitch = slope((d) => noseAt(yaw, pitch + d, height, depth));
    const change = solveLinear(
      [
        [byYaw.x, byPitch.x],
        [byYaw.y, byPitch.y],
      ],
      [nose.x - at.x, nose.y - at.y],
    );
    if (!change) break;
    yaw = clamped(yaw + clamped(change[0]!, MOST_STEP), MOST.yaw);
    pitch = clamped(pitch + clamped(change[1]!, MOST_STEP), MOST.pitch);
  }
  return [yaw, pitch];
}

/** Radians: a longer step may leave the valley of the solution. */
const MOST_STEP = 0.3;
const DIFFERENCE = 1e-4;

function slope(at: (difference: number) => Point): Point {
  const [before, after] = [at(-DIFFERENCE), at(DIFFERENCE)] as const;
  return { x: (after.x - before.x) / (2 * DIFFERENCE), y: (after.y - before.y) / (2 * DIFFERENCE) };
}

function clamped(value: number, most: number): number {
  return Math.max(-most, Math.min(most, value));
}

/** Degrees, -180 to 180. */
export function turnBetween(from: number, to: number): number {
  const turn = (to - from) % 360;
  if (turn > 180) return turn - 360;
  return turn < -180 ? turn + 360 : turn;
}
