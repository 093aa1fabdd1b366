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
  const [shape] = regress(image, [box], model);
  return pointsOf(shape!).map(({ x, y }) => ({
    x: nearestPixel(box.left, box.right - 1 - box.left, x),
    y: nearestPixel(box.top, box.bottom - 1 - box.top, y),
  }));
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
  const boxes = BOXES_ABOUT.map(({ scale, right, down }) => boxAbout(box, scale, right, down));
  const shapes = regress(image, boxes, model).map((shape, i) => {
    const near = boxes[i]!;
    return pointsOf(shape).map(({ x, y }) => ({
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

/**
 * The shape from each box, in the box's own coordinates, 0..1. All boxes go through a tree together: the trees have 9 MB,
 * more than a processor keeps at hand.
 */
function regress(
  image: RgbImage,
  boxes: readonly Rect[],
  model: ShapePredictorModel,
): readonly Float32Array[] {
  const shapes = boxes.map(() => model.initialShape.slice());
  for (const cascade of model.cascades) {
    const features = boxes.map((box, i) =>
      sampleFeaturePixels(image, box, shapes[i]!, model.initialShape, cascade),
    );
    addLeaves(shapes, features, cascade);
  }
  return shapes;
}

/** Means of the three channels, rounded down, at the cascade's feature points, which move along with the shape. */
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
  const { anchorIndex, deltas } = cascade;
  const features = new Float32Array(anchorIndex.length);
  const { data, width, height } = image;
  const spanX = box.right - 1 - box.left;
  const spanY = box.bottom - 1 - box.top;
  // Half a million times a face: no object is made in here.
  for (let i = 0; i < features.length; i++) {
    const anchor = anchorIndex[i]! * 2;
    const dx = deltas[2 * i]!;
    const dy = deltas[2 * i + 1]!;
    const x = nearestPixel(box.left, spanX, Math.fround(Math.fround(a * dx - b * dy) + shape[anchor]!));
    const y = nearestPixel(box.top, spanY, Math.fround(Math.fround(b * dx + a * dy) + shape[anchor + 1]!));
    // What lies outside the picture is black.
    if (x < 0 || y < 0 || x >= width || y >= height) continue;
    const at = (y * width + x) * 3;
    features[i] = Math.floor((data[at]! + data[at + 1]! + data[at + 2]!) / 3);
  }
  return features;
}

/** `position`: 0 is the first pixel's centre, 1 the last one's. */
function nearestPixel(first: number, span: number, position: number): number {
  return Math.floor(first + position * span + 0.5);
}

/** Adds to each shape the leaf that each tree of the cascade ends in. */
function addLeaves(
  shapes: readonly Float32Array[],
  features: readonly Float32Array[],
  { treeCount, splitsPerTree, leavesPerTree, splitA, splitB, splitThreshold, leaves }: ShapeCascade,
): void {
  for (let tree = 0; tree < treeCount; tree++) {
    const firstSplit = tree * splitsPerTree;
    for (let face = 0; face < shapes.length; face++) {
      const shape = shapes[face]!;
      const pixels = features[face]!;
      let node = 0;
      while (node < splitsPerTree) {
        const split = firstSplit + node;
        const contrast = pixels[splitA[split]!]! - pixels[splitB[split]!]!;
        node = (node << 1) + 2 - Number(contrast > splitThreshold[split]!);
      }
      let leaf = (tree * leavesPerTree + node - splitsPerTree) * shape.length;
      for (let i = 0; i < shape.length; i++) shape[i]! += leaves[leaf++]!;
    }
  }
}

function pointsOf(shape: Float32Array): Point[] {
  const points: Point[] = [];
  for (let i = 0; i < shape.length; i += 2) points.push({ x: shape[i]!, y: shape[i + 1]! });
  return points;
}
