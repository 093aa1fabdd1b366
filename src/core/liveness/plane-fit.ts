import { solveLinear } from './solve-linear.ts';

/** Brightness of a square, row by row. */
export interface GreySquare {
  readonly side: number;
  readonly values: Float32Array;
}

/** What of the square counts: a circle about its middle, in half sides. Beyond it is hair and background. */
const REACH = 0.85;
const ROUNDS = 12;
/** Keeps a step short where the picture says little about it; a share of the equations' own diagonal. */
const DAMPING = 0.01;
const LEAST_PIXELS = 64;

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
  let best: Alignment = { homography: start, fit: -1 };
  let homography = start;
  for (let round = 0; round <= ROUNDS; round++) {
    const seen = overlay(from, to, homography);
    if (!seen) break;
    if (seen.fit > best.fit) best = { homography, fit: seen.fit };
    const change = solveLinear(seen.equations, seen.targets);
    if (!change) break;
    homography = homography.map((value, i) => value + change[i]!);
  }
  return best;
}

interface Overlay {
  readonly fit: number;
  readonly equations: number[][];
  readonly targets: number[];
}

/** Both squares under a homography: their correlation, and the equations of the step that betters it. */
function overlay(from: GreySquare, to: GreySquare, homography: Homography): Overlay | null {
  const pixels = pixelsUnder(from, to, homography);
  if (pixels.length < LEAST_PIXELS) return null;
  const a = normalised(pixels.map(({ from }) => from));
  const b = normalised(pixels.map(({ to }) => to));
  if (!a || !b) return null;
  const equations = Array.from({ length: 8 }, () => new Array<number>(8).fill(0));
  const targets = new Array<number>(8).fill(0);
  let fit = 0;
  pixels.forEach(({ slopes }, i) => {
    const error = a.values[i]! - b.values[i]!;
    fit += a.values[i]! * b.values[i]!;
    for (let row = 0; row < 8; row++) {
      targets[row]! += (slopes[row]! / b.length) * error;
      for (let column = 0; column <= row; column++) {
        equations[row]![column]! += (slopes[row]! * slopes[column]!) / b.length ** 2;
      }
    }
  });
  for (let row = 0; row < 8; row++) {
    equations[row]![row]! *= 1 + DAMPING;
    for (let column = row + 1; column < 8; column++) equations[row]![column] = equations[column]![row]!;
  }
  return { fit, equations, targets };
}

interface OverlaidPixel {
  readonly from: number;
  readonly to: number;
  /** Of `to`, by each of the eight numbers. */
  readonly slopes: readonly number[];
}

/** The pixels of the circle that the homography keeps inside the other square. */
function pixelsUnder(from: GreySquare, to: GreySquare, h: Homography): readonly OverlaidPixel[] {
  const { side } = from;
  const half = (side - 1) / 2;
  const pixels: OverlaidPixel[] = [];
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const [x, y] = [column / half - 1, row / half - 1];
      if (Math.hypot(x, y) > REACH) continue;
      const depth = h[6]! * x + h[7]! * y + 1;
      const u = (h[0]! * x + h[1]! * y + h[2]!) / depth;
      const v = (h[3]! * x + h[4]! * y + h[5]!) / depth;
      const at = sampled(to, (u + 1) * half, (v + 1) * half);
      if (depth <= 0 || !at) continue;
      const [du, dv] = [(at.right * half) / depth, (at.down * half) / depth];
      const along = -(du * u + dv * v);
      pixels.push({
        from: from.values[row * side + column]!,
        to: at.value,
        slopes: [du * x, du * y, du, dv * x, dv * y, dv, along * x, along * y],
      });
    }
  }
  return pixels;
}

/** Between four pixels: the brightness and its slopes; null beyond the edge. */
function sampled({ side, values }: GreySquare, x: number, y: number) {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  if (!(left >= 0 && top >= 0 && left < side - 1 && top < side - 1)) return null;
  const [a, b] = [x - left, y - top];
  const at = top * side + left;
  const [nw, ne] = [values[at]!, values[at + 1]!];
  const [sw, se] = [values[at + side]!, values[at + side + 1]!];
  return {
    value: (nw * (1 - a) + ne * a) * (1 - b) + (sw * (1 - a) + se * a) * b,
    right: (ne - nw) * (1 - b) + (se - sw) * b,
    down: (sw - nw) * (1 - a) + (se - ne) * a,
  };
}

/** Without brightness and contrast; null for what has none. */
function normalised(values: readonly number[]) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const length = Math.hypot(...values.map((value) => value - mean));
  return length > 0 ? { length, values: values.map((value) => (value - mean) / length) } : null;
}

function halved({ side, values }: GreySquare): GreySquare {
  const half = side / 2;
  const smaller = new Float32Array(half * half);
  for (let i = 0; i < smaller.length; i++) {
    const at = 2 * Math.floor(i / half) * side + 2 * (i % half);
    smaller[i] = (values[at]! + values[at + 1]! + values[at + side]! + values[at + side + 1]!) / 4;
  }
  return { side: half, values: smaller };
}
