import { type Point, type Rect, rectHeight, rectWidth } from './geometry.ts';
import type { RgbImage } from './image.ts';
import type { ShapeCascade, ShapePredictorModel } from './shape-predictor-model.ts';
import { estimateSimilarity } from './similarity.ts';
import { TreeForest } from './tree-forest.ts';

/**
 * Landmarks by an ensemble of regression trees (Kazemi and Sullivan: One Millisecond Face Alignment with an
 * Ensemble of Regression Trees, CVPR 2014), step by step as dlib's shape_predictor.h.
 */
export interface ShapePredictor {
  /**
   * requires  box: the face as a detector found it; it may reach outside the picture
   * ensures   the model's points in its order, whole pixels of the picture (dlib rounds them); may lie outside it
   */
  predict(image: RgbImage, box: Rect): readonly Point[];
  /**
   * The mean of the landmarks that the model finds from several boxes about the detector's: of other sizes, shifted.
   * One prediction hangs on where the box happens to lie; where they differ much, the face is hard to align. 15 times
   * the work.
   */
  predictSteady(image: RgbImage, box: Rect): SteadyShape;
}

/** Landmarks that several predictions agree on, and how far they do. */
export interface SteadyShape {
  /** Fractions of a pixel. */
  readonly points: readonly Point[];
  /** What `predict` says, which is one of the predictions. */
  readonly predicted: readonly Point[];
  /** How far the farthest prediction of any point lies from the mean, as a share of the box's width. */
  readonly spread: number;
}

/** The model's trees are copied. */
export function createShapePredictor({ initialShape, cascades }: ShapePredictorModel): ShapePredictor {
  const forest = new TreeForest(cascades, initialShape.length);
  const pixels = cascades.map(({ anchorIndex, deltas }) => ({ anchorIndex, deltas }));
  const trees: Trees = { forest, initialShape, pixels };
  return {
    predict(image, box) {
      const [shape] = regress(image, [box], trees);
      return wholePixels(box, shape!);
    },
    predictSteady: (image, box) => predictSteady(image, box, trees),
  };
}

interface Trees {
  readonly forest: TreeForest;
  readonly initialShape: Float32Array;
  /** Of each cascade: the pixels to look at. */
  readonly pixels: readonly FeaturePixels[];
}

type FeaturePixels = Pick<ShapeCascade, 'anchorIndex' | 'deltas'>;

function predictSteady(image: RgbImage, box: Rect, trees: Trees): SteadyShape {
  const boxes = BOXES_ABOUT.map(({ scale, right, down }) => boxAbout(box, scale, right, down));
  const regressed = regress(image, boxes, trees);
  const shapes = regressed.map((shape, i) => {
    const near = boxes[i]!;
    return shape.map(({ x, y }) => ({
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
  const spread = Math.max(...distances) / rectWidth(box);
  return { points, predicted: wholePixels(box, regressed[BOX_ITSELF]!), spread };
}

function wholePixels(box: Rect, shape: readonly Point[]): readonly Point[] {
  return shape.map(({ x, y }) => ({
    x: nearestPixel(box.left, box.right - 1 - box.left, x),
    y: nearestPixel(box.top, box.bottom - 1 - box.top, y),
  }));
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

const BOX_ITSELF = BOXES_ABOUT.findIndex(
  ({ scale, right, down }) => scale === 1 && right === 0 && down === 0,
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
  { forest, initialShape, pixels }: Trees,
): readonly Point[][] {
  forest.begin(initialShape, boxes.length);
  pixels.forEach((cascade, i) => {
    boxes.forEach((box, face) => {
      sampleFeaturePixels(image, box, forest.shape(face), initialShape, cascade, forest.features(face));
    });
    forest.addLeaves(i);
  });
  return boxes.map((_, face) => pointsOf(forest.shape(face)));
}

/** Means of the three channels, rounded down, at the cascade's feature points, which move along with the shape, into `features`. */
function sampleFeaturePixels(
  image: RgbImage,
  box: Rect,
  shape: Float32Array,
  initialShape: Float32Array,
  { anchorIndex, deltas }: FeaturePixels,
  features: Float32Array,
): void {
  // In 32-bit floats, as the reference: a rounding may decide which pixel is looked at.
  const transform = estimateSimilarity(pointsOf(initialShape), pointsOf(shape));
  const a = Math.fround(transform.a);
  const b = Math.fround(transform.b);
  const { data, width, height } = image;
  const spanX = box.right - 1 - box.left;
  const spanY = box.bottom - 1 - box.top;
  // Half a million times a face: no object is made in here.
  for (let i = 0; i < anchorIndex.length; i++) {
    const anchor = anchorIndex[i]! * 2;
    const dx = deltas[2 * i]!;
    const dy = deltas[2 * i + 1]!;
    const x = nearestPixel(box.left, spanX, Math.fround(Math.fround(a * dx - b * dy) + shape[anchor]!));
    const y = nearestPixel(box.top, spanY, Math.fround(Math.fround(b * dx + a * dy) + shape[anchor + 1]!));
    // What lies outside the picture is black.
    if (x < 0 || y < 0 || x >= width || y >= height) {
      features[i] = 0;
      continue;
    }
    const at = (y * width + x) * 3;
    features[i] = Math.floor((data[at]! + data[at + 1]! + data[at + 2]!) / 3);
  }
}

/** `position`: 0 is the first pixel's centre, 1 the last one's. */
function nearestPixel(first: number, span: number, position: number): number {
  return Math.floor(first + position * span + 0.5);
}

function pointsOf(shape: Float32Array): Point[] {
  const points: Point[] = [];
  for (let i = 0; i < shape.length; i += 2) points.push({ x: shape[i]!, y: shape[i + 1]! });
  return points;
}
