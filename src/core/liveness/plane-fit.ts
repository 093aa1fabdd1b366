import { solveLinear } from './solve-linear.ts';

/** Brightness of a square, row by row. */
export interface GreySquare {
  readonly side: number;
  /** 0 to 255. */
  readonly values: readonly number[];
}

/** What of the square counts: a circle about its middle, in half sides. Beyond it is hair and background. */
const REACH = 0.85;
const ROUNDS = 12;
/** Keeps a step short where the picture says little about it; a share of the equations' own diagonal. */
const DAMPING = 0.01;
const LEAST_PIXELS = 64;
/** In half sides: so little moves no pixel by a hundredth of its size. */
const LEAST_CHANGE = 1e-4;

/**
 * How well one square is explained as another picture of the same flat thing: the correlation of brightness, -1 to 1,
 * after the best homography. Near 1 for a picture that was moved, turned and tilted; lower for what has depth.
 * Gauss-Newton on the eight numbers of the homography (Lucas and Kanade; Baker and Matthews, Lucas-Kanade 20 Years On,
 * 2004, forward additive), coarse first. It looks at all pixels, so it does not rest on where landmarks are put.
 * requires  squares of one side, a multiple of 4, in which the face is aligned roughly
 */
export function planeFit(from: GreySquare, to: GreySquare): number {
  return align(from, to, coarseStart(halved(from), halved(to))).fit;
}

/** Eight numbers; the ninth is 1. Coordinates go from -1 to 1 over the square. */
type Homography = readonly number[];
const IDENTITY: Homography = [1, 0, 0, 0, 1, 0, 0, 0];

/** A detector's box is a fifth of itself off now and then: from the wrong place the steps lead nowhere. */
const STARTS: readonly Homography[] = [
  IDENTITY,
  ...[-0.2, 0.2].flatMap((way) => [
    [1, 0, way, 0, 1, 0, 0, 0],
    [1, 0, 0, 0, 1, way, 0, 0],
    [1 + way, 0, 0, 0, 1 + way, 0, 0, 0],
  ]),
];
/** Good enough to look no further. */
const SURE_FIT = 0.985;

function coarseStart(from: GreySquare, to: GreySquare): Homography {
  let best: Alignment = { homography: IDENTITY, fit: -1 };
  for (const start of STARTS) {
    const found = align(from, to, start);
    if (found.fit > best.fit) best = found;
    if (best.fit >= SURE_FIT) break;
  }
  return best.homography;
}

interface Alignment {
  readonly homography: Homography;
  readonly fit: number;
}

function align(from: GreySquare, to: GreySquare, start: Homography): Alignment {
  const pixels = roomFor(from.side);
  let best: Alignment = { homography: start, fit: -1 };
  let homography = start;
  for (let round = 0; round <= ROUNDS; round++) {
    overlay(from, to, homography, pixels);
    const step = nextStep(pixels);
    if (!step) break;
    if (step.fit > best.fit) best = { homography, fit: step.fit };
    if (!step.change || step.change.every((value) => Math.abs(value) < LEAST_CHANGE)) break;
    homography = homography.map((value, i) => value + step.change![i]!);
  }
  return best;
}

/** Pixels of both squares that lie upon each other. */
interface OverlaidPixels {
  count: number;
  readonly from: Float64Array;
  readonly to: Float64Array;
  /** Of `to`, by each of the eight numbers: eight a pixel. */
  readonly slopes: Float64Array;
}

function roomFor(side: number): OverlaidPixels {
  const most = side * side;
  return {
    count: 0,
    from: new Float64Array(most),
    to: new Float64Array(most),
    slopes: new Float64Array(8 * most),
  };
}

/** Fills `pixels` with those of the circle that the homography keeps inside the other square. */
function overlay(from: GreySquare, to: GreySquare, h: Homography, pixels: OverlaidPixels): void {
  const { side } = from;
  const half = (side - 1) / 2;
  let count = 0;
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const x = column / half - 1;
      const y = row / half - 1;
      if (x * x + y * y > REACH * REACH) continue;
      const depth = h[6]! * x + h[7]! * y + 1;
      if (depth <= 0) continue;
      const u = (h[0]! * x + h[1]! * y + h[2]!) / depth;
      const v = (h[3]! * x + h[4]! * y + h[5]!) / depth;
      const atX = (u + 1) * half;
      const atY = (v + 1) * half;
      const left = Math.floor(atX);
      const top = Math.floor(atY);
      if (!(left >= 0 && top >= 0 && left < side - 1 && top < side - 1)) continue;
      // Between four pixels: the brightness and its slopes.
      const right = atX - left;
      const down = atY - top;
      const at = top * side + left;
      const nw = to.values[at]!;
      const ne = to.values[at + 1]!;
      const sw = to.values[at + side]!;
      const se = to.values[at + side + 1]!;
      const du = (((ne - nw) * (1 - down) + (se - sw) * down) * half) / depth;
      const dv = (((sw - nw) * (1 - right) + (se - ne) * right) * half) / depth;
      const along = -(du * u + dv * v);
      pixels.from[count] = from.values[row * side + column]!;
      pixels.to[count] =
        (nw * (1 - right) + ne * right) * (1 - down) + (sw * (1 - right) + se * right) * down;
      const slope = 8 * count;
      pixels.slopes[slope] = du * x;
      pixels.slopes[slope + 1] = du * y;
      pixels.slopes[slope + 2] = du;
      pixels.slopes[slope + 3] = dv * x;
      pixels.slopes[slope + 4] = dv * y;
      pixels.slopes[slope + 5] = dv;
      pixels.slopes[slope + 6] = along * x;
      pixels.slopes[slope + 7] = along * y;
      count++;
    }
  }
  pixels.count = count;
}

interface Step {
  /** Correlation of the pixels as they lie now. */
  readonly fit: number;
  /** What betters it, to be added to the homography; null where the pixels do not say. */
  readonly change: readonly number[] | null;
}

/** null where too few pixels lie upon each other, or have no contrast. */
function nextStep({ count, from, to, slopes }: OverlaidPixels): Step | null {
  if (count < LEAST_PIXELS) return null;
  const a = spread(from, count);
  const b = spread(to, count);
  if (a.length === 0 || b.length === 0) return null;
  const sums = new Float64Array(64);
  const targets = new Array<number>(8).fill(0);
  let fit = 0;
  for (let i = 0; i < count; i++) {
    const own = (from[i]! - a.mean) / a.length;
    const other = (to[i]! - b.mean) / b.length;
    fit += own * other;
    for (let row = 0; row < 8; row++) {
      const slope = slopes[8 * i + row]! / b.length;
      targets[row]! += slope * (own - other);
      for (let column = 0; column <= row; column++) {
        sums[8 * row + column]! += (slope * slopes[8 * i + column]!) / b.length;
      }
    }
  }
  const equations = Array.from({ length: 8 }, (_, row) =>
    Array.from({ length: 8 }, (_, column) => sums[8 * Math.max(row, column) + Math.min(row, column)]!),
  );
  for (let row = 0; row < 8; row++) equations[row]![row]! *= 1 + DAMPING;
  return { fit, change: solveLinear(equations, targets) };
}

/** The mean of the first `count` values, and how long the vector of what they differ from it is. */
function spread(values: Float64Array, count: number): { readonly mean: number; readonly length: number } {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += values[i]!;
  const mean = sum / count;
  let squares = 0;
  for (let i = 0; i < count; i++) squares += (values[i]! - mean) ** 2;
  return { mean, length: Math.sqrt(squares) };
}

function halved({ side, values }: GreySquare): GreySquare {
  const half = side / 2;
  const smaller = new Array<number>(half * half).fill(0);
  for (let i = 0; i < smaller.length; i++) {
    const at = 2 * Math.floor(i / half) * side + 2 * (i % half);
    smaller[i] = (values[at]! + values[at + 1]! + values[at + side]! + values[at + side + 1]!) / 4;
  }
  return { side: half, values: smaller };
}
