import type { RgbImage } from './image.ts';

/**
 * Felzenszwalb's HOG features (Felzenszwalb, Girshick, McAllester, Ramanan: Object Detection with Discriminatively
 * Trained Part Based Models, PAMI 32(9), 2010), with the constants of dlib's image_transforms/fhog.h.
 */

/** Side of a cell in pixels. */
export const FHOG_CELL_PX = 8;
/** 18 contrast-sensitive orientations, 9 insensitive ones, 4 texture energies. */
export const FHOG_PLANES = 31;

export interface FhogFeatures {
  /** `FHOG_PLANES` planes of rows x columns, one after another. */
  readonly data: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

const ORIENTATIONS = 18;
const HALF = ORIENTATIONS / 2;
/** Keeps the norm of a flat block above zero. */
const EPSILON = 0.0001;
/** Each normalised bin is cut at this (0.2 of the block's norm) ... */
const CLIP = 0.2;
/** ... and enters its feature with the weight that CLIP gives it: 0.1 / (0.2 * norm) = 0.5 / norm. */
const BIN_WEIGHT = 0.1;
/** Weight of the four texture energies. */
const TEXTURE_WEIGHT = 2 * 0.2357;
/** Unit vectors of the nine orientations, rounded as in the reference. */
const DIRECTION_X = [1, 0.9397, 0.766, 0.5, 0.1736, -0.1736, -0.5, -0.766, -0.9397];
const DIRECTION_Y = [0, 0.342, 0.6428, 0.866, 0.9848, 0.9848, 0.866, 0.6428, 0.342];

/** Differences of two 8-bit values span -255..255: tables are indexed by (dy + 255) * SPAN + dx + 255. */
const SPAN = 511;
let tables: { orientation: Uint8Array; magnitude: Float32Array } | undefined;

/**
 * Features of every cell whose four neighbours exist, with a border of zero cells so that a filter of `padding`
 * cells can be centred anywhere.
 * requires  padding >= 1
 * ensures   rows = round(height / 8) - 2 + padding - 1, columns likewise; 0 rows and columns for a picture too small
 */
export function extractFhog(image: RgbImage, padding: number): FhogFeatures {
  const cellRows = Math.floor(image.height / FHOG_CELL_PX + 0.5);
  const cellColumns = Math.floor(image.width / FHOG_CELL_PX + 0.5);
  if (cellRows < 3 || cellColumns < 3) return { data: new Float32Array(0), rows: 0, columns: 0 };
  const histograms = gradientHistograms(image, cellRows, cellColumns);
  const energy = blockEnergy(histograms, cellRows, cellColumns);
  return normaliseCells(histograms, energy, cellRows, cellColumns, padding);
}

/**
 * Orientation histograms of the cells, with one cell of border on each side that collects what falls outside.
 * Every pixel votes with its gradient's length, shared bilinearly among the four nearest cells.
 */
function gradientHistograms(image: RgbImage, cellRows: number, cellColumns: number): Float32Array {
  const stride = (cellColumns + 2) * ORIENTATIONS;
  const histograms = new Float32Array((cellRows + 2) * stride);
  const { orientation, magnitude } = gradientTables();
  const { data, width, height } = image;
  const lastY = Math.min(cellRows * FHOG_CELL_PX, height) - 1;
  const lastX = Math.min(cellColumns * FHOG_CELL_PX, width) - 1;
  const columns = cellShares(lastX);
  const rowBytes = width * 3;
  for (let y = 1; y < lastY; y++) {
    const cellY = (y + 0.5) / FHOG_CELL_PX + 0.5;
    const upper = Math.floor(cellY) * stride;
    const lowerShare = cellY - Math.floor(cellY);
    const upperShare = 1 - lowerShare;
    let pixel = y * rowBytes + 3;
    for (let x = 1; x < lastX; x++, pixel += 3) {
      const gradient = strongestGradient(data, pixel, rowBytes);
      const length = magnitude[gradient]!;
      const right = columns.share[x]! * length;
      const left = length - right;
      const bin = upper + columns.cell[x]! + orientation[gradient]!;
      histograms[bin]! += upperShare * left;
      histograms[bin + ORIENTATIONS]! += upperShare * right;
      histograms[bin + stride]! += lowerShare * left;
      histograms[bin + stride + ORIENTATIONS]! += lowerShare * right;
    }
  }
  return histograms;
}

/** Index into the gradient tables of the colour channel whose gradient at this pixel is longest. */
function strongestGradient(data: Uint8Array, pixel: number, rowBytes: number): number {
  let dx = data[pixel + 3]! - data[pixel - 3]!;
  let dy = data[pixel + rowBytes]! - data[pixel - rowBytes]!;
  let longest = dx * dx + dy * dy;
  const greenX = data[pixel + 4]! - data[pixel - 2]!;
  const greenY = data[pixel + rowBytes + 1]! - data[pixel - rowBytes + 1]!;
  const green = greenX * greenX + greenY * greenY;
  // Ties go to the later channel, as in the vector code of the reference.
  if (green >= longest) {
    longest = green;
    dx = greenX;
    dy = greenY;
  }
  const blueX = data[pixel + 5]! - data[pixel - 1]!;
  const blueY = data[pixel + rowBytes + 2]! - data[pixel - rowBytes + 2]!;
  if (blueX * blueX + blueY * blueY >= longest) {
    dx = blueX;
    dy = blueY;
  }
  return (dy + 255) * SPAN + dx + 255;
}

/** For each x: the offset of the left one of the two cells it votes for, and the right one's share. */
function cellShares(count: number): { cell: Int32Array; share: Float32Array } {
  const cell = new Int32Array(count);
  const share = new Float32Array(count);
  for (let x = 0; x < count; x++) {
    const position = (x + 0.5) / FHOG_CELL_PX + 0.5;
    cell[x] = Math.floor(position) * ORIENTATIONS;
    share[x] = position - Math.floor(position);
  }
  return { cell, share };
}

function gradientTables(): { orientation: Uint8Array; magnitude: Float32Array } {
  if (tables) return tables;
  const orientation = new Uint8Array(SPAN * SPAN);
  const magnitude = new Float32Array(SPAN * SPAN);
  for (let dy = -255; dy <= 255; dy++) {
    for (let dx = -255; dx <= 255; dx++) {
      const at = (dy + 255) * SPAN + dx + 255;
      magnitude[at] = Math.sqrt(dx * dx + dy * dy);
      orientation[at] = nearestOrientation(dx, dy);
    }
  }
  tables = { orientation, magnitude };
  return tables;
}

function nearestOrientation(dx: number, dy: number): number {
  let best = 0;
  let orientation = 0;
  for (let i = 0; i < HALF; i++) {
    const dot = Math.fround(
      Math.fround(dx * Math.fround(DIRECTION_X[i]!)) + Math.fround(dy * Math.fround(DIRECTION_Y[i]!)),
    );
    if (dot > best) {
      best = dot;
      orientation = i;
    } else if (-dot > best) {
      best = -dot;
      orientation = i + HALF;
    }
  }
  return orientation;
}

/** The squared length of each cell's histogram of unsigned orientations. */
function blockEnergy(histograms: Float32Array, cellRows: number, cellColumns: number): Float32Array {
  const energy = new Float32Array(cellRows * cellColumns);
  for (let row = 0; row < cellRows; row++) {
    for (let column = 0; column < cellColumns; column++) {
      const cell = ((row + 1) * (cellColumns + 2) + column + 1) * ORIENTATIONS;
      let sum = 0;
      for (let o = 0; o < HALF; o++) {
        const unsigned = histograms[cell + o]! + histograms[cell + o + HALF]!;
        sum += unsigned * unsigned;
      }
      energy[row * cellColumns + column] = sum;
    }
  }
  return energy;
}

function normaliseCells(
  histograms: Float32Array,
  energy: Float32Array,
  cellRows: number,
  cellColumns: number,
  padding: number,
): FhogFeatures {
  const rows = cellRows - 2 + padding - 1;
  const columns = cellColumns - 2 + padding - 1;
  const data = new Float32Array(FHOG_PLANES * rows * columns);
  const offset = Math.floor((padding - 1) / 2);
  for (let y = 0; y < cellRows - 2; y++) {
    for (let x = 0; x < cellColumns - 2; x++) {
      const cell = ((y + 2) * (cellColumns + 2) + x + 2) * ORIENTATIONS;
      const target = (y + offset) * columns + x + offset;
      normaliseCell(histograms, cell, energy, y * cellColumns + x, cellColumns, data, target, rows * columns);
    }
  }
  return { data, rows, columns };
}

/**
 * Writes the 31 features of one cell: each bin, divided by the norm of each of the four 2x2 blocks the cell
 * belongs to and cut, summed over the blocks; and for each block the sum over its bins.
 * `corner` is the index in `energy` of the cell up and to the left.
 */
function normaliseCell(
  histograms: Float32Array,
  cell: number,
  energy: Float32Array,
  corner: number,
  stride: number,
  data: Float32Array,
  target: number,
  plane: number,
): void {
  const middle = corner + stride;
  const bottom = middle + stride;
  const n00 = energy[corner]!;
  const n01 = energy[corner + 1]!;
  const n02 = energy[corner + 2]!;
  const n10 = energy[middle]!;
  const n11 = energy[middle + 1]!;
  const n12 = energy[middle + 2]!;
  const n20 = energy[bottom]!;
  const n21 = energy[bottom + 1]!;
  const n22 = energy[bottom + 2]!;
  const clip1 = CLIP * Math.sqrt(n11 + n12 + n21 + n22 + EPSILON);
  const clip2 = CLIP * Math.sqrt(n12 + n02 + n11 + n01 + EPSILON);
  const clip3 = CLIP * Math.sqrt(n21 + n11 + n20 + n10 + EPSILON);
  const clip4 = CLIP * Math.sqrt(n00 + n01 + n10 + n11 + EPSILON);
  const weight1 = BIN_WEIGHT / clip1;
  const weight2 = BIN_WEIGHT / clip2;
  const weight3 = BIN_WEIGHT / clip3;
  const weight4 = BIN_WEIGHT / clip4;
  let texture1 = 0;
  let texture2 = 0;
  let texture3 = 0;
  let texture4 = 0;
  let at = target;
  for (let o = 0; o < ORIENTATIONS; o++, at += plane) {
    const votes = histograms[cell + o]!;
    const bin1 = (votes < clip1 ? votes : clip1) * weight1;
    const bin2 = (votes < clip2 ? votes : clip2) * weight2;
    const bin3 = (votes < clip3 ? votes : clip3) * weight3;
    const bin4 = (votes < clip4 ? votes : clip4) * weight4;
    data[at] = bin1 + bin2 + bin3 + bin4;
    texture1 += bin1;
    texture2 += bin2;
    texture3 += bin3;
    texture4 += bin4;
  }
  for (let o = 0; o < HALF; o++, at += plane) {
    const votes = histograms[cell + o]! + histograms[cell + o + HALF]!;
    data[at] =
      (votes < clip1 ? votes : clip1) * weight1 +
      (votes < clip2 ? votes : clip2) * weight2 +
      (votes < clip3 ? votes : clip3) * weight3 +
      (votes < clip4 ? votes : clip4) * weight4;
  }
  data[at] = texture1 * TEXTURE_WEIGHT;
  data[at + plane] = texture2 * TEXTURE_WEIGHT;
  data[at + 2 * plane] = texture3 * TEXTURE_WEIGHT;
  data[at + 3 * plane] = texture4 * TEXTURE_WEIGHT;
}
