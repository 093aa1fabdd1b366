import type { Point } from '../geometry.ts';

/**
 * A grown-up's head, modest and symmetric: an ellipsoid for the jaw, with eyes, nose and mouth put before it where
 * anthropometric means have them (63 mm between the eyes' middles, a nose tip 38 mm before them). Drawn up for this
 * package; no scan and no other model was used.
 *
 * Axes    millimetres; x to the right of the picture of a head that looks into the camera (the subject's own left),
 *         y down, z towards the camera. The origin lies midway between the eyes.
 * Sides   frames are as a camera takes them, not mirrored as a preview often is. The subject's own left is positive:
 *         yaw > 0 turns the nose to the subject's own left (to the right of the picture), roll > 0 tilts the head to
 *         the subject's own left shoulder (clockwise on the screen), pitch > 0 lowers the nose.
 */
export interface SpacePoint {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/**
 * Which points a model of landmarks gives, in which order.
 * dlib5    docs/landmarks.md: corners of the eyes and the base of the nose
 * dlib68   docs/landmarks.md
 * yunet5   eye on the left of the picture, eye on the right, tip of the nose, corner of the mouth on the left, on the right
 */
export type LandmarkLayout = 'dlib5' | 'dlib68' | 'yunet5';

/** Degrees; what turns the head first comes first: yaw about its own axis, then pitch, then roll in the picture. */
export interface HeadAngles {
  readonly yaw: number;
  readonly pitch: number;
  readonly roll: number;
}

/** About this point a head turns: the top of the neck. */
export const HEAD_PIVOT: SpacePoint = { x: 0, y: 60, z: -80 };

const EYE_OUTER: SpacePoint = { x: 45, y: 0, z: -2 };
const EYE_INNER: SpacePoint = { x: 18, y: 0, z: 2 };
const NOSE_TIP: SpacePoint = { x: 0, y: 40, z: 38 };
const NOSE_BASE: SpacePoint = { x: 0, y: 48, z: 22 };
const MOUTH_CORNER: SpacePoint = { x: 25, y: 70, z: 6 };
/** How high an eye is open, and how far its lids stand before the line of its corners. */
const LID = { rise: 5, bulge: 2 };
/** The jaw's half width, depth behind the chin, and the heights of ear and chin. */
const JAW = { halfWidth: 70, depth: 80, earY: 5, chinY: 118, chinZ: 4 };

/** The points of a layout on the model head, in the layout's order. */
export function headPoints(layout: LandmarkLayout): readonly SpacePoint[] {
  return POINTS[layout];
}

/** The point after the turn about the pivot. */
export function turned(point: SpacePoint, angles: HeadAngles, pivot: SpacePoint = HEAD_PIVOT): SpacePoint {
  const x = point.x - pivot.x;
  const y = point.y - pivot.y;
  const z = point.z - pivot.z;
  const yaw = rotated(x, z, angles.yaw);
  const pitch = rotated(y, yaw[1], angles.pitch);
  const roll = rotated(pitch[0], yaw[0], angles.roll);
  return { x: roll[1] + pivot.x, y: roll[0] + pivot.y, z: pitch[1] + pivot.z };
}

/** a turns towards b. */
function rotated(a: number, b: number, degrees: number): readonly [number, number] {
  const angle = (degrees * Math.PI) / 180;
  return [a * Math.cos(angle) + b * Math.sin(angle), b * Math.cos(angle) - a * Math.sin(angle)];
}

/** Weak perspective: as a camera far away sees it. pixelsPerMm > 0; the origin is shown at `at`. */
export function projectFar(point: SpacePoint, pixelsPerMm: number, at: Point): Point {
  return { x: at.x + point.x * pixelsPerMm, y: at.y + point.y * pixelsPerMm };
}

/** A camera with a pinhole. */
export interface Pinhole {
  /** Pixels: about the picture's width for a webcam. */
  readonly focalPx: number;
  /** The middle of the picture. */
  readonly centre: Point;
}

/** requires  point in the camera's axes: its z is minus the distance before the camera in mm, below 0 */
export function projectNear(point: SpacePoint, { focalPx, centre }: Pinhole): Point {
  const scale = focalPx / -point.z;
  return { x: centre.x + point.x * scale, y: centre.y + point.y * scale };
}

function mirrored({ x, y, z }: SpacePoint): SpacePoint {
  return { x: -x, y, z };
}

function between(a: SpacePoint, b: SpacePoint, share: number): SpacePoint {
  const mix = (from: number, to: number): number => from + (to - from) * share;
  return { x: mix(a.x, b.x), y: mix(a.y, b.y), z: mix(a.z, b.z) };
}

function moved({ x, y, z }: SpacePoint, down: number, ahead: number): SpacePoint {
  return { x, y: y + down, z: z + ahead };
}

function jaw(): SpacePoint[] {
  return Array.from({ length: 17 }, (_, i) => {
    const angle = ((i - 8) / 8) * (Math.PI / 2);
    const share = Math.cos(angle);
    return {
      x: JAW.halfWidth * Math.sin(angle),
      y: JAW.earY + (JAW.chinY - JAW.earY) * share,
      z: JAW.chinZ - JAW.depth * (1 - share),
    };
  });
}

/** From the left of the picture to its right. */
function brow(): SpacePoint[] {
  const inner: SpacePoint = { x: 12, y: -20, z: 8 };
  const outer: SpacePoint = { x: 54, y: -16, z: -8 };
  return [0, 0.25, 0.5, 0.75, 1].map((share) =>
    moved(between(inner, outer, share), -6 * Math.sin(share * Math.PI), 3 * Math.sin(share * Math.PI)),
  );
}

/** The eye on the right of the picture: its left corner first, then clockwise. */
function eye(): SpacePoint[] {
  const lid = (share: number, down: number) => moved(between(EYE_INNER, EYE_OUTER, share), down, LID.bulge);
  return [
    EYE_INNER,
    lid(1 / 3, -LID.rise),
    lid(2 / 3, -LID.rise),
    EYE_OUTER,
    lid(2 / 3, LID.rise),
    lid(1 / 3, LID.rise),
  ];
}

function nose(): SpacePoint[] {
  const top: SpacePoint = { x: 0, y: 2, z: 12 };
  const wing: SpacePoint = { x: 14, y: 46, z: 14 };
  const bridge = [0, 1 / 3, 2 / 3, 1].map((share) => between(top, NOSE_TIP, share));
  const half = between(wing, NOSE_BASE, 0.5);
  return [...bridge, mirrored(wing), mirrored(half), NOSE_BASE, half, wing];
}

/** Clockwise from the corner on the left; angles of an ellipse whose middle stands before its ends. */
function lips(count: number, halfWidth: number, halfHeight: number): SpacePoint[] {
  return Array.from({ length: count }, (_, i) => {
    const angle = Math.PI + (i / count) * 2 * Math.PI;
    const out = Math.cos(angle);
    return {
      x: halfWidth * out,
      y: MOUTH_CORNER.y + halfHeight * Math.sin(angle),
      z: MOUTH_CORNER.z + 12 * (1 - out * out),
    };
  });
}

/** The eye on the left of the picture, whose points start at its left corner too. */
function otherEye(): SpacePoint[] {
  const [inner, innerTop, outerTop, outer, outerBottom, innerBottom] = eye().map(mirrored) as [
    SpacePoint,
    SpacePoint,
    SpacePoint,
    SpacePoint,
    SpacePoint,
    SpacePoint,
  ];
  return [outer, outerTop, innerTop, inner, innerBottom, outerBottom];
}

const EYE_MIDDLE = between(EYE_INNER, EYE_OUTER, 0.5);

const POINTS: Readonly<Record<LandmarkLayout, readonly SpacePoint[]>> = {
  dlib5: [EYE_OUTER, EYE_INNER, mirrored(EYE_OUTER), mirrored(EYE_INNER), NOSE_BASE],
  dlib68: [
    ...jaw(),
    ...brow().map(mirrored).reverse(),
    ...brow(),
    ...nose(),
    ...otherEye(),
    ...eye(),
    ...lips(12, MOUTH_CORNER.x, 9),
    ...lips(8, MOUTH_CORNER.x - 4, 2),
  ],
  yunet5: [mirrored(EYE_MIDDLE), EYE_MIDDLE, NOSE_TIP, mirrored(MOUTH_CORNER), MOUTH_CORNER],
};
