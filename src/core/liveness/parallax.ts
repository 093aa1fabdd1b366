import type { Point } from '../geometry.ts';
import { type FaceShape, placedFace } from './face-shape.ts';
import { headPoints, type LandmarkLayout } from './head-model.ts';
import { noseDepth } from './head-pose.ts';
import { solveLinear } from './solve-linear.ts';

/**
 * Which flat pictures a layout tells from heads.
 * any_plane      every flat picture, however it is turned, moved and seen: eyes and mouth say how the plane moved, and
 *                the tip of the nose does not go with it
 * upright_plane  flat pictures turned about an upright or a level axis, rolled, moved and brought closer: their nose
 *                does not go to the side. One tilted about a slanted axis shears, and shear moves dlib's five points as a
 *                turning head does: four of them lie on one line, so that no test on them can tell the two apart.
 *                Pixels can: where they are asked, every layout tells any plane
 */
export type ParallaxProof = 'any_plane' | 'upright_plane';

export function proofOf(
  layout: LandmarkLayout,
  { asksPixels }: { readonly asksPixels: boolean },
): ParallaxProof {
  return layout === 'dlib5' && !asksPixels ? 'upright_plane' : 'any_plane';
}

/**
 * How much of the nose's way to the side is depth: 0 for every flat picture, about 1 for a head.
 * null when nothing can be said: no mouth (dlib5), the nose went no way to the side, or points fall together.
 *
 * A picture of a flat thing becomes any other picture of it by a homography, and the four points of eyes and mouth
 * determine it (Hartley and Zisserman, Multiple View Geometry, 2nd ed., 4.1). How far the nose is from where that
 * homography takes it is its parallax (plane plus parallax, 13.3). For a head turned by yaw it is tan(yaw) times the
 * nose's depth before the plane through eyes and mouth, and its way against the eyes is tan(yaw) times its depth before
 * the eyes, both in distances of the turned eyes: their ratio depends on the head alone, 0.91 for the model head.
 *
 * That ratio is the same for all that stands out, however little: a bent picture too. But what stands out
 * by little has to turn far to show the nose as far to the side, and becomes much narrower than a head would: then 0.
 */
export function depthShare(neutral: FaceShape, turned: FaceShape, layout: LandmarkLayout): number | null {
  if (layout === 'dlib5') return null;
  const way = turned.nose.x - neutral.nose.x;
  const residual = noseResidual(neutral, turned);
  if (!residual || Math.abs(way) < LEAST_WAY) return null;
  if (excessNarrowing(neutral, turned, layout) > MOST_EXCESS) return 0;
  return residual.x / (way * HEAD_RATIO);
}

/**
 * How much of the way that a nose goes in a turn by `yaw` (degrees) was gone: about 1 for a head that does not nod, 0
 * for a picture turned about an upright axis. That picture becomes narrower, which a pose may take for a turn with a
 * nod; but its nose stays in the middle. All that dlib's five points have to offer.
 */
export function wayShare(neutral: FaceShape, turned: FaceShape, yaw: number, layout: LandmarkLayout): number {
  return (turned.nose.x - neutral.nose.x) / (noseDepth(layout) * Math.tan((yaw * Math.PI) / 180));
}

/**
 * How much narrower the face became against its height than a head does that shows its nose so far to the side: 1 for
 * the model head, because eyes a distance of cos(yaw) apart make the rest look higher by 1 / cos(yaw).
 */
function excessNarrowing(neutral: FaceShape, turned: FaceShape, layout: LandmarkLayout): number {
  const yaw = Math.atan((turned.nose.x - neutral.nose.x) / noseDepth(layout));
  return (mouthHeight(turned) / mouthHeight(neutral)) * Math.cos(yaw);
}

function mouthHeight({ mouth }: FaceShape): number {
  const [left, right] = mouth!;
  return (left.y + right.y) / 2;
}

/** A nose a third flatter than the model's makes 1.15 at most, noise the rest (bench/liveness). */
const MOST_EXCESS = 1.3;

/** Below it a ratio is noise; distances of the eyes. */
const LEAST_WAY = 0.01;

/**
 * Where the nose is, less where the motion of the plane through eyes and mouth takes it; distances of the eyes.
 * null without a mouth, or when no plane moves so.
 */
export function noseResidual(neutral: FaceShape, turned: FaceShape): Point | null {
  if (!neutral.mouth || !turned.mouth) return null;
  const carried = carriedByPlane([...EYES, ...neutral.mouth], [...EYES, ...turned.mouth], neutral.nose);
  return carried && { x: turned.nose.x - carried.x, y: turned.nose.y - carried.y };
}

/** In a shape's own units. */
const EYES: readonly Point[] = [
  { x: -0.5, y: 0 },
  { x: 0.5, y: 0 },
];

/**
 * `point` under the homography that takes four points to four others. With its last entry 1 it follows from eight
 * linear equations (Hartley and Zisserman, 4.1); that entry is 0 only where the origin goes to infinity.
 */
function carriedByPlane(from: readonly Point[], to: readonly Point[], point: Point): Point | null {
  const rows = from.flatMap(({ x, y }, i) => {
    const { x: u, y: v } = to[i]!;
    return [
      [x, y, 1, 0, 0, 0, -u * x, -u * y],
      [0, 0, 0, x, y, 1, -v * x, -v * y],
    ];
  });
  const h = solveLinear(
    rows,
    to.flatMap(({ x, y }) => [x, y]),
  );
  if (!h) return null;
  const depth = h[6]! * point.x + h[7]! * point.y + 1;
  // Beyond the plane's horizon: no camera shows that.
  if (depth <= 0) return null;
  return {
    x: (h[0]! * point.x + h[1]! * point.y + h[2]!) / depth,
    y: (h[3]! * point.x + h[4]! * point.y + h[5]!) / depth,
  };
}

/** What the model head shows for each unit that its nose goes to the side. */
const HEAD_RATIO = modelRatio('yunet5');

/** x plus depth is what a turn by 45 degrees shows in distances of the turned eyes. */
function modelRatio(layout: LandmarkLayout): number {
  const points = headPoints(layout);
  const { shape: neutral } = placedFace(points, layout)!;
  const { shape: turned } = placedFace(
    points.map(({ x, y, z }) => ({ x: x + z, y })),
    layout,
  )!;
  return noseResidual(neutral, turned)!.x / noseDepth(layout);
}
