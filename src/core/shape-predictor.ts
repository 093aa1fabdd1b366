import { type Point, type Rect, rectHeight, rectWidth } from './geometry.ts';
import type { RgbImage } from './image.ts';
import type { ShapeCascade, ShapePredictorModel } from './shape-predictor-model.ts';
import { estimateSimilarity } from './similarity.ts';

/**
 * Landmarks by an ensemble of regression trees (Kazemi and Sullivan: One Millisecond Face Alignment with an
 * Ensemble of Regression Trees, CVPR 2014), step by step as dlib's shape_predictor.h.
 *
 * requires  box: the face as a detector found it; it may reach outside the picture
 * ensures   the model's points in its order, whole pixels of the picture (dlib rounds them); may lie outside it
 */
export function predictShape(image: RgbImage, box: Rect, model: ShapePredictorModel): readonly Point[] {
  return pointsOf(regress(image, box, model)).map(({ x, y }) => roundedPointInBox(box, x, y));
}

/** Landmarks that several predictions agree on, and how far they do. */
export interface SteadyShape {
  /** Fractions of a pixel. */
  readonly points: readonly Point[];
  /** How far the farthest prediction of any point lies from the mean, as a share of the box's width. */
  readonly spread: number;
}

/**
 * The mean of the landmarks that the model finds from several boxes about the detector's: of other sizes, shifted.
 * One prediction hangs on where the box happens to lie; where they differ much, the face is hard to align.
 */
export function predictSteadyShape(image: RgbImage, box: Rect, model: ShapePredictorModel): SteadyShape {
  const shapes = BOXES_ABOUT.map(({ scale, right, down }) => {
    const near = boxAbout(box, scale, right, down);
    return pointsOf(regress(image, near, model)).map(({ x, y }) => ({
      x: near.left + x * (near.right - 1 - near.left),
      y: near.top + y * (near.bottom - 1 - near.top),
    }));
  });
  const points = shapes[0]!.map((_, i) => ({
    x: shapes.reduce((sum, shape) => sum + shape[i]!.x, 0) / shapes.length,
    y: shapes.reduce((sum, shape) => sum + shape[i]!.y, 0) / shapes.length,
  }));
  const distances = shapes.flatMap((shape) =>
    shape.map(({ x, y }, i) => Math.hypot(x - points[i]!.x, y - points[i]!.y)),
  );
  return { points, spread: Math.max(...distances) / rectWidth(box) };
}

/** Errors of a detector's box: 6 % of its size, 4 % of its place, as shares of its width. */
const BOXES_ABOUT = [0.94, 1, 1.06].flatMap((scale) =>
  [
    { right: 0, down: 0 },
    { right: 0.04, down: 0 },
    { right: -0.04, down: 0 },
    { right: 0, down: 0.04 },
    { right: 0, down: -0.04 },
  ].map((shift) => ({ scale, ...shift })),
);

function boxAbout(box: Rect, scale: number, right: number, down: number): Rect {
  const width = rectWidth(box);
  const x = (box.left + box.right) / 2 + right * width;
  const y = (box.top + box.bottom) / 2 + down * width;
  const across = (width * scale) / 2;
  const along = (rectHeight(box) * scale) / 2;
  return {
    left: Math.round(x - across),
    top: Math.round(y - along),
    right: Math.round(x + across),
    bottom: Math.round(y + along),
  };
}

/** The shape in the box's own coordinates, 0..1. */
function regress(image: RgbImage, box: Rect, model: ShapePredictorModel): Float32Array {
  const shape = model.initialShape.slice();
  for (const cascade of model.cascades) {
    const features = sampleFeaturePixels(image, box, shape, model.initialShape, cascade);
    addLeaves(shape, features, cascade);
  }
  return shape;
}

/** Pixel intensities at the cascade's feature points, which move along with the shape found so far. */
function sampleFeaturePixels(
  image: RgbImage,
  box: Rect,
  shape: Float32Array,
  initialShape: Float32Array,
  cascade: ShapeCascade,
): Float32Array {
  // In 32-bit floats, as the reference: a rounding may decide which pixel is looked at.
  const transform = estimateSimilarity(pointsOf(initialShape), pointsOf(shape));
  const a = Math.fround(transform.a);
  const b = Math.fround(transform.b);
  const features = new Float32Array(cascade.anchorIndex.length);
  for (let i = 0; i < features.length; i++) {
    const anchor = cascade.anchorIndex[i]! * 2;
    const dx = cascade.deltas[2 * i]!;
    const dy = cascade.deltas[2 * i + 1]!;
    const point = roundedPointInBox(
      box,
      Math.fround(Math.fround(a * dx - b * dy) + shape[anchor]!),
      Math.fround(Math.fround(b * dx + a * dy) + shape[anchor + 1]!),
    );
    features[i] = intensityAt(image, point);
  }
  return features;
}

/** Adds to the shape the leaf that each tree of the cascade ends in. */
function addLeaves(shape: Float32Array, features: Float32Array, cascade: ShapeCascade): void {
  const { treeCount, splitsPerTree, leavesPerTree, splitA, splitB, splitThreshold, leaves } = cascade;
  for (let tree = 0; tree < treeCount; tree++) {
    const firstSplit = tree * splitsPerTree;
    let node = 0;
    while (node < splitsPerTree) {
      const split = firstSplit + node;
      const contrast = features[splitA[split]!]! - features[splitB[split]!]!;
      node = 2 * node + (contrast > splitThreshold[split]! ? 1 : 2);
    }
    let leaf = (tree * leavesPerTree + node - splitsPerTree) * shape.length;
    for (let i = 0; i < shape.length; i++) shape[i]! += leaves[leaf++]!;
  }
}

/** Normalised (0..1 between the centres of the box's corner pixels) to the nearest pixel of the picture. */
function roundedPointInBox(box: Rect, x: number, y: number): Point {
  return {
    x: Math.floor(box.left + x * (box.right - 1 - box.left) + 0.5),
    y: Math.floor(box.top + y * (box.bottom - 1 - box.top) + 0.5),
  };
}

/** Mean of the three channels, rounded down; 0 outside the picture. */
function intensityAt(image: RgbImage, { x, y }: Point): number {
  if (x < 0 || y < 0 || x >= image.width || y >= image.height) return 0;
  const at = (y * image.width + x) * 3;
  return Math.floor((image.data[at]! + image.data[at + 1]! + image.data[at + 2]!) / 3);
}

function pointsOf(shape: Float32Array): Point[] {
  const points: Point[] = [];
  for (let i = 0; i < shape.length; i += 2) points.push({ x: shape[i]!, y: shape[i + 1]! });
  return points;
}
