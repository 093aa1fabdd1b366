import { type Point, type Rect, rectArea, rectHeight, rectWidth } from './geometry.ts';
import { createImage, type RgbImage } from './image.ts';
import { type TurnedSquare, withPixelMemorySync } from './pixel-memory.ts';
import { halved, halvedPointDown, halvedSide, MIN_HALVED_SIDE } from './pyramid.ts';
import { applySimilarity, estimateSimilarity, similarityAngle, similarityScale } from './similarity.ts';

/** A square of the picture, turned, that becomes an upright chip. */
export interface ChipRegion {
  /** Centre of the square, between the centres of its corner pixels. */
  readonly centre: Point;
  /** Pixels of the picture along one side. */
  readonly side: number;
  /** How far the face is turned, radians, clockwise on the screen. */
  readonly angle: number;
}

/** Where the points of the 5-point model lie in dlib's mean face, 0..1 (interpolation.h, get_face_chip_details). */
const MEAN_FACE_5: readonly Point[] = [
  { x: 0.8595674595992, y: 0.2134981538014 },
  { x: 0.6460604764104, y: 0.2289674387677 },
  { x: 0.1205750620789, y: 0.2137274526848 },
  { x: 0.3340850613712, y: 0.2290642403242 },
  { x: 0.4901123135679, y: 0.6277975316475 },
];

/** The chip dlib's recognition net was trained on: 150 pixels, a quarter of the face's width around it. */
export const DLIB_CHIP_SIZE = 150;
export const DLIB_CHIP_PADDING = 0.25;

function dlibTemplate(size: number, padding: number): readonly Point[] {
  return MEAN_FACE_5.map(({ x, y }) => ({
    x: ((padding + x) / (2 * padding + 1)) * size,
    y: ((padding + y) / (2 * padding + 1)) * size,
  }));
}

/** On which pixels of its chip dlib's five landmarks of a mean face lie. */
export function dlibChipLandmarks(size: number = DLIB_CHIP_SIZE): readonly Point[] {
  // dlib puts the middle of its template, size / 2, on the middle of the chip, which is pixel (size - 1) / 2.
  return dlibTemplate(size, DLIB_CHIP_PADDING).map(({ x, y }) => ({ x: x - 0.5, y: y - 0.5 }));
}

/**
 * The region of the chip that dlib's recognition net expects, from five landmarks.
 * requires  landmarks: 5 points in dlib's order (outer and inner corner of the eye on the right side of the picture,
 *           outer and inner corner of the one on the left, base of the nose)
 * throws    RangeError for another number of points
 */
export function dlibChipRegion(
  landmarks: readonly Point[],
  size: number = DLIB_CHIP_SIZE,
  padding: number = DLIB_CHIP_PADDING,
): ChipRegion {
  if (landmarks.length !== MEAN_FACE_5.length) {
    throw new RangeError(`Expected 5 landmarks for a chip but received ${landmarks.length}`);
  }
  const template = dlibTemplate(size, padding);
  const toPicture = estimateSimilarity(template, landmarks);
  return {
    centre: applySimilarity(toPicture, { x: size / 2, y: size / 2 }),
    side: size * similarityScale(toPicture),
    angle: similarityAngle(toPicture),
  };
}

/**
 * The region of a chip in which the landmarks lie nearest to a template's points, for nets with a template of their
 * own (ArcFace: 112 pixels, five points).
 * requires  template: pixels of the chip, as many points as landmarks, in the same order
 */
export function templateChipRegion(
  landmarks: readonly Point[],
  template: readonly Point[],
  size: number,
): ChipRegion {
  const toPicture = estimateSimilarity(template, landmarks);
  const middle = (size - 1) / 2;
  return {
    centre: applySimilarity(toPicture, { x: middle, y: middle }),
    side: (size - 1) * similarityScale(toPicture) + 1,
    angle: similarityAngle(toPicture),
  };
}

/**
 * The region as an upright chip of size x size pixels; what lies outside the picture is black. Like dlib's
 * `extract_image_chip` (interpolation.h): the part of the picture around it is halved until the region is no longer
 * more than four times the chip's area, then sampled bilinearly.
 */
export function extractChip(image: RgbImage, region: ChipRegion, size: number): RgbImage {
  const sampling = samplingOf(image, region, size);
  if (sampling === null) return createImage(size, size);
  return withPixelMemorySync((memory) => {
    let source = memory.writePart(image, sampling.bounds);
    for (let i = 0; i < sampling.halvings; i++) source = halved(memory, source);
    return memory.read(memory.sampleSquare(source, sampling.square, size));
  });
}

/**
 * Which pixels of the chip that `extractChip` makes of a picture of that size show the picture, row by row: 1, and 0
 * where it is black, beyond the edge and in the border that halving cannot reach.
 * ensures  the ones form a convex area
 */
export function chipCoverage(picture: PictureSize, region: ChipRegion, size: number): Uint8Array {
  const covered = new Uint8Array(size * size);
  const sampling = samplingOf(picture, region, size);
  if (sampling === null) return covered;
  const isShown = (column: number, row: number) => {
    const { x, y } = samplePoint(sampling.square, column, row, size);
    return isAmongPixels(Math.floor(x), Math.floor(y), sampling);
  };
  // The area is convex: what lies between two of a row's pixels that are shown is shown.
  for (let row = 0; row < size; row++) {
    let first = 0;
    let end = size;
    while (first < end && !isShown(first, row)) first++;
    while (end > first && !isShown(end - 1, row)) end--;
    covered.fill(1, row * size + first, row * size + end);
  }
  return covered;
}

/** The chip as in a mirror, left and right exchanged. */
export function mirrored(image: RgbImage): RgbImage {
  const { width, height, data } = image;
  const mirror = createImage(width, height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * 3;
      const to = (y * width + width - 1 - x) * 3;
      mirror.data[to] = data[from]!;
      mirror.data[to + 1] = data[from + 1]!;
      mirror.data[to + 2] = data[from + 2]!;
    }
  }
  return mirror;
}

interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** How a chip is sampled: from a part of the picture, halved so often, of the size it has then. */
interface Sampling extends PictureSize {
  readonly bounds: Rect;
  readonly halvings: number;
  /** In pixels of the halved part. */
  readonly square: TurnedSquare;
}

/** null: nothing of the picture is in the chip, or too little to be halved. */
function samplingOf(picture: PictureSize, region: ChipRegion, size: number): Sampling | null {
  const halvings = halvingsFor(region.side, size);
  const bounds = boundsInPicture(picture, region, halvings);
  if (rectArea(bounds) === 0) return null;
  let [width, height] = [rectWidth(bounds), rectHeight(bounds)];
  let [topLeft, topRight, bottomLeft] = cornersWithin(region, bounds);
  for (let i = 0; i < halvings; i++) {
    if (width < MIN_HALVED_SIDE || height < MIN_HALVED_SIDE) return null;
    [width, height] = [halvedSide(width), halvedSide(height)];
    topLeft = halvedPointDown(topLeft);
    topRight = halvedPointDown(topRight);
    bottomLeft = halvedPointDown(bottomLeft);
  }
  return { bounds, halvings, width, height, square: turnAround(topLeft, topRight, bottomLeft, region.angle) };
}

function halvingsFor(side: number, size: number): number {
  let halvings = 0;
  for (let half = (side + 1) / 2; half * half > size * size; half = (half + 1) / 2) halvings++;
  return halvings;
}

/** The upright square's top left, top right and bottom left corner, relative to `bounds`. */
function cornersWithin({ centre, side }: ChipRegion, bounds: Rect): [Point, Point, Point] {
  const reach = (side - 1) / 2;
  const x = centre.x - bounds.left;
  const y = centre.y - bounds.top;
  return [
    { x: x - reach, y: y - reach },
    { x: x + reach, y: y - reach },
    { x: x - reach, y: y + reach },
  ];
}

/** The part of the picture, in whole pixels, that the turned region and its blurred halves need. */
function boundsInPicture(picture: PictureSize, { centre, side, angle }: ChipRegion, halvings: number): Rect {
  // dlib: two pixels of margin at each level, doubled with each halving.
  let margin = 2;
  for (let i = 0; i < halvings; i++) margin = margin * 2 + 2;
  const reach = ((side - 1) / 2) * (Math.abs(Math.cos(angle)) + Math.abs(Math.sin(angle))) + margin;
  return {
    left: Math.round(Math.max(0, centre.x - reach)),
    top: Math.round(Math.max(0, centre.y - reach)),
    right: Math.round(Math.min(picture.width - 1, centre.x + reach)) + 1,
    bottom: Math.round(Math.min(picture.height - 1, centre.y + reach)) + 1,
  };
}

function turnAround(topLeft: Point, topRight: Point, bottomLeft: Point, angle: number): TurnedSquare {
  const centre = { x: (topRight.x + bottomLeft.x) / 2, y: (topRight.y + bottomLeft.y) / 2 };
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const turn = ({ x, y }: Point): Point => ({
    x: centre.x + cos * (x - centre.x) - sin * (y - centre.y),
    y: centre.y + sin * (x - centre.x) + cos * (y - centre.y),
  });
  const corner = turn(topLeft);
  const right = turn(topRight);
  const low = turn(bottomLeft);
  return {
    corner,
    along: { x: right.x - corner.x, y: right.y - corner.y },
    down: { x: low.x - corner.x, y: low.y - corner.y },
  };
}

/** Pixel (column, row) of the result lies at corner + along * column / (size - 1) + down * row / (size - 1). */
function samplePoint(
  { corner, along, down }: TurnedSquare,
  column: number,
  row: number,
  size: number,
): Point {
  const steps = Math.max(size - 1, 1);
  return {
    x: corner.x + (along.x * column + down.x * row) / steps,
    y: corner.y + (along.y * column + down.y * row) / steps,
  };
}

/** Whether a point right of and below that pixel has four pixels about it. */
function isAmongPixels(left: number, top: number, { width, height }: PictureSize): boolean {
  return left >= 0 && top >= 0 && left + 1 < width && top + 1 < height;
}
