/**
 * HOG features; fhog.ts of core says what they are and where they come from.
 *
 * scratch:  histograms of the cells, with a border | energies of the cells | three rows of the picture by channels, in a ring |
 *           gradients of eight rows: places in the table of orientations, lengths | votes of one block
 */

const CELL_PX: u32 = 8;
const HALF: u32 = 9;
/** Two unused bins make a histogram a whole number of vectors. */
const HISTOGRAM_BYTES: u32 = 80;
/** From a bin of an orientation to that of the opposite one. */
const OPPOSITE: usize = 36;

/** Keeps the norm of a flat block above zero. */
const EPSILON: f32 = 0.0001;
/** Each normalised bin is cut at this (0.2 of the block's norm) ... */
const CLIP: f32 = 0.2;
/** ... and enters its feature with the weight that CLIP gives it: 0.1 / (0.2 * norm) = 0.5 / norm. */
const BIN_WEIGHT: f32 = 0.1;
/** Weight of the four texture energies. */
const TEXTURE_WEIGHT: f32 = 2 * 0.2357;

/** Unit vectors of nine orientations, rounded as in the reference. */
const directionsX = memory.data<f32>([1, 0.9397, 0.766, 0.5, 0.1736, -0.1736, -0.5, -0.766, -0.9397]);
const directionsY = memory.data<f32>([0, 0.342, 0.6428, 0.866, 0.9848, 0.9848, 0.866, 0.6428, 0.342]);

/** Differences of two 8-bit values span -255..255. */
const SPAN: i32 = 511;
/** Of every gradient (dx, dy), at (dy + 255) * SPAN + dx + 255. */
const orientations = memory.data(261136, 16);
/** Of each pixel of a block: its shares of the four cells the block lies between. */
const shares = memory.data(1024, 16);
let tablesReady: bool = false;

const VOTES_BYTES: u32 = 320;
const ROW_SLACK: u32 = 48;

let rowBytes: u32 = 0;

/** Scratch bytes that `fhog` needs. */
export function fhogBytes(width: u32, cellRows: u32, cellColumns: u32): u32 {
  const cells = (cellRows + 2) * (cellColumns + 2) * HISTOGRAM_BYTES + cellRows * cellColumns * 4 + 16;
  return cells + channelRowBytes(width) * 9 + gradientRowBytes(cellColumns) * 16 + VOTES_BYTES * 2;
}

function channelRowBytes(width: u32): u32 {
  return (width + ROW_SLACK + 15) & ~15;
}

/** Blocks lie between the cells' centres: one more than cells. */
function gradientRowBytes(cellColumns: u32): u32 {
  return (cellColumns + 1) * CELL_PX * 4 + 64;
}

/**
 * Planes of rows x columns float32 at `to`, those after the features zero; the first cell with four neighbours goes to row
 * and column `offset`.
 * requires  cellRows, cellColumns >= 3
 */
export function fhog(
  from: usize,
  stride: u32,
  width: u32,
  height: u32,
  cellRows: u32,
  cellColumns: u32,
  to: usize,
  planes: u32,
  rows: u32,
  columns: u32,
  offset: u32,
  scratch: usize,
): void {
  if (!tablesReady) writeTables();
  const energies = scratch + (cellRows + 2) * (cellColumns + 2) * HISTOGRAM_BYTES;
  const channels = (energies + cellRows * cellColumns * 4 + 15) & ~15;
  rowBytes = channelRowBytes(width);
  const gradients = channels + rowBytes * 9;
  memory.fill(scratch, 0, energies - scratch);
  memory.fill(to, 0, <usize>planes * rows * columns * 4);
  collectVotes(from, stride, width, height, cellRows, cellColumns, scratch, channels, gradients);
  measureEnergies(scratch, energies, cellRows, cellColumns);
  for (let y: u32 = 0; y < cellRows - 2; y++) {
    let cell = scratch + ((y + 2) * (cellColumns + 2) + 2) * HISTOGRAM_BYTES;
    let energy = energies + y * cellColumns * 4;
    let target = to + ((y + offset) * columns + offset) * 4;
    for (let x: u32 = 0; x < cellColumns - 2; x++) {
      normalise(cell, energy, cellColumns * 4, target, <usize>rows * columns * 4);
      cell += HISTOGRAM_BYTES;
      energy += 4;
      target += 4;
    }
  }
}

function writeTables(): void {
  for (let dy: i32 = -255; dy <= 255; dy++) {
    for (let dx: i32 = -255; dx <= 255; dx++) {
      store<u8>(orientations + (dy + 255) * SPAN + dx + 255, orientationOf(<f32>dx, <f32>dy));
    }
  }
  for (let y: u32 = 0; y < CELL_PX; y++) {
    for (let x: u32 = 0; x < CELL_PX; x++) {
      const lower = (<f32>y + 0.5) / 8;
      const right = (<f32>x + 0.5) / 8;
      const place = shares + (y * CELL_PX + x) * 16;
      store<f32>(place, (1 - lower) * (1 - right));
      store<f32>(place, (1 - lower) * right, 4);
      store<f32>(place, lower * (1 - right), 8);
      store<f32>(place, lower * right, 12);
    }
  }
  tablesReady = true;
}

/** The first of the nearest directions. */
function orientationOf(dx: f32, dy: f32): u8 {
  let best: f32 = 0;
  let orientation: u32 = 0;
  for (let i: u32 = 0; i < HALF; i++) {
    const dot = dx * load<f32>(directionsX + i * 4) + dy * load<f32>(directionsY + i * 4);
    if (dot > best) {
      best = dot;
      orientation = i;
    } else if (-dot > best) {
      best = -dot;
      orientation = i + HALF;
    }
  }
  return <u8>orientation;
}

/**
 * Every pixel votes for its orientation with its gradient's length, shared bilinearly among the four nearest cells. All
 * pixels of a block, the 8x8 pixels between the centres of four cells, share among the same four.
 */
function collectVotes(
  from: usize,
  stride: u32,
  width: u32,
  height: u32,
  cellRows: u32,
  cellColumns: u32,
  histograms: usize,
  channels: usize,
  gradients: usize,
): void {
  const lastY = min(cellRows * CELL_PX, height) - 1;
  const lastX = min(cellColumns * CELL_PX, width) - 1;
  const gradientBytes = gradientRowBytes(cellColumns);
  const lengths = gradients + gradientBytes * 8;
  const votes = lengths + gradientBytes * 8;
  memory.fill(gradients, 0, gradientBytes * 16 + VOTES_BYTES * 2);
  splitRow(from, width, channelRows(channels, 0));
  splitRow(from + stride, width, channelRows(channels, 1));
  for (let block: u32 = 0; block * CELL_PX < lastY + 4; block++) {
    const firstY: u32 = block === 0 ? 1 : block * CELL_PX - 4;
    const endY = min(block * CELL_PX + 4, lastY);
    for (let y: u32 = firstY; y < endY; y++) {
      splitRow(from + <usize>(y + 1) * stride, width, channelRows(channels, y + 1));
      const place = (y + 4) & 7;
      measureGradients(
        channelRows(channels, y - 1),
        channelRows(channels, y),
        channelRows(channels, y + 1),
        lastX,
        gradients + place * gradientBytes,
        lengths + place * gradientBytes,
      );
    }
    const upper = histograms + block * (cellColumns + 2) * HISTOGRAM_BYTES;
    const lower = upper + (cellColumns + 2) * HISTOGRAM_BYTES;
    for (let column: u32 = 0; column <= cellColumns; column++) {
      for (let y: u32 = firstY; y < endY; y++) {
        const place = (y + 4) & 7;
        const at = place * gradientBytes + column * (CELL_PX * 4);
        voteRow(gradients + at, lengths + at, shares + place * 128, votes);
      }
      countVotes(votes, upper + column * HISTOGRAM_BYTES, lower + column * HISTOGRAM_BYTES);
    }
  }
}

function channelRows(channels: usize, y: u32): usize {
  return channels + (y % 3) * rowBytes * 3;
}

/** A row of RGB as three rows of one channel, `rowBytes` apart. */
function splitRow(from: usize, width: u32, to: usize): void {
  for (let x: u32 = 0; x < width; x += 16) {
    const a = v128.load(from);
    const b = v128.load(from, 16);
    const c = v128.load(from, 32);
    const red = i8x16.shuffle(
      i8x16.shuffle(a, b, 0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 0, 0, 0, 0, 0),
      c,
      0,
      1,
      2,
      3,
      4,
      5,
      6,
      7,
      8,
      9,
      10,
      17,
      20,
      23,
      26,
      29,
    );
    const green = i8x16.shuffle(
      i8x16.shuffle(a, b, 1, 4, 7, 10, 13, 16, 19, 22, 25, 28, 31, 0, 0, 0, 0, 0),
      c,
      0,
      1,
      2,
      3,
      4,
      5,
      6,
      7,
      8,
      9,
      10,
      18,
      21,
      24,
      27,
      30,
    );
    const blue = i8x16.shuffle(
      i8x16.shuffle(a, b, 2, 5, 8, 11, 14, 17, 20, 23, 26, 29, 0, 0, 0, 0, 0, 0),
      c,
      0,
      1,
      2,
      3,
      4,
      5,
      6,
      7,
      8,
      9,
      16,
      19,
      22,
      25,
      28,
      31,
    );
    v128.store(to + x, red);
    v128.store(to + rowBytes + x, green);
    v128.store(to + rowBytes * 2 + x, blue);
    from += 48;
  }
}

/**
 * The longest of the three channels' gradients at each pixel; ties go to the later channel, as in the vector code of the
 * reference. Pixel x stands at place x + 4; places beside [1, lastX) keep the length 0.
 */
function measureGradients(
  above: usize,
  row: usize,
  below: usize,
  lastX: u32,
  places: usize,
  lengths: usize,
): void {
  const weights = i32x4.splat((SPAN << 16) | 1);
  const middle = i32x4.splat(255 * SPAN + 255);
  for (let x: u32 = 1; x < lastX; x += 8) {
    let low = i32x4.splat(0);
    let high = low;
    let longestLow = low;
    let longestHigh = low;
    for (let channel: u32 = 0; channel < 3; channel++) {
      const at = x + channel * rowBytes;
      const dx = i16x8.sub(v128.load8x8_u(row + at, 1), v128.load8x8_u(row + at - 1));
      const dy = i16x8.sub(v128.load8x8_u(below + at), v128.load8x8_u(above + at));
      const pairsLow = v128.shuffle<i16>(dx, dy, 0, 8, 1, 9, 2, 10, 3, 11);
      const pairsHigh = v128.shuffle<i16>(dx, dy, 4, 12, 5, 13, 6, 14, 7, 15);
      const squareLow = i32x4.dot_i16x8_s(pairsLow, pairsLow);
      const squareHigh = i32x4.dot_i16x8_s(pairsHigh, pairsHigh);
      low = v128.bitselect(pairsLow, low, i32x4.ge_s(squareLow, longestLow));
      high = v128.bitselect(pairsHigh, high, i32x4.ge_s(squareHigh, longestHigh));
      longestLow = i32x4.max_s(longestLow, squareLow);
      longestHigh = i32x4.max_s(longestHigh, squareHigh);
    }
    const at = (x + 4) * 4;
    v128.store(places + at, i32x4.add(i32x4.dot_i16x8_s(low, weights), middle));
    v128.store(places + at, i32x4.add(i32x4.dot_i16x8_s(high, weights), middle), 16);
    v128.store(lengths + at, f32x4.sqrt(f32x4.convert_i32x4_s(longestLow)));
    v128.store(lengths + at, f32x4.sqrt(f32x4.convert_i32x4_s(longestHigh)), 16);
  }
  const end = lengths + (lastX + 4) * 4;
  v128.store(end, i32x4.splat(0));
  v128.store(end, i32x4.splat(0), 16);
}

/** Neighbours mostly have the same orientation: two sets of votes spare each waiting for the other. */
function voteRow(places: usize, lengths: usize, rowShares: usize, votes: usize): void {
  for (let x: usize = 0; x < CELL_PX; x += 2) {
    vote(load<u32>(places + x * 4), lengths + x * 4, rowShares + x * 16, votes);
    vote(load<u32>(places + x * 4, 4), lengths + x * 4 + 4, rowShares + x * 16 + 16, votes + VOTES_BYTES);
  }
}

function vote(place: u32, length: usize, share: usize, votes: usize): void {
  const bin = votes + ((<usize>load<u8>(orientations + place)) << 4);
  v128.store(bin, f32x4.add(v128.load(bin), f32x4.mul(v128.load32_splat(length), v128.load(share))));
}

/** Adds a block's votes to its four cells, and empties them. */
function countVotes(votes: usize, upper: usize, lower: usize): void {
  for (let i: usize = 0; i < HISTOGRAM_BYTES; i += 16) {
    const bins = votes + i * 4;
    const a = takeVotes(bins);
    const b = takeVotes(bins + 16);
    const c = takeVotes(bins + 32);
    const d = takeVotes(bins + 48);
    const abLow = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
    const abHigh = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
    const cdLow = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
    const cdHigh = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
    addTo(upper + i, v128.shuffle<i32>(abLow, cdLow, 0, 1, 4, 5));
    addTo(upper + HISTOGRAM_BYTES + i, v128.shuffle<i32>(abLow, cdLow, 2, 3, 6, 7));
    addTo(lower + i, v128.shuffle<i32>(abHigh, cdHigh, 0, 1, 4, 5));
    addTo(lower + HISTOGRAM_BYTES + i, v128.shuffle<i32>(abHigh, cdHigh, 2, 3, 6, 7));
  }
}

function takeVotes(bin: usize): v128 {
  const sum = f32x4.add(v128.load(bin), v128.load(bin + VOTES_BYTES));
  v128.store(bin, i32x4.splat(0));
  v128.store(bin + VOTES_BYTES, i32x4.splat(0));
  return sum;
}

function addTo(bins: usize, counted: v128): void {
  v128.store(bins, f32x4.add(v128.load(bins), counted));
}

/** The squared length of each cell's histogram of unsigned orientations. */
function measureEnergies(histograms: usize, energies: usize, cellRows: u32, cellColumns: u32): void {
  for (let row: u32 = 0; row < cellRows; row++) {
    let cell = histograms + ((row + 1) * (cellColumns + 2) + 1) * HISTOGRAM_BYTES;
    for (let column: u32 = 0; column < cellColumns; column++) {
      const first = f32x4.add(v128.load(cell), v128.load(cell, OPPOSITE));
      const second = f32x4.add(v128.load(cell, 16), v128.load(cell + 16, OPPOSITE));
      const last = load<f32>(cell, 32) + load<f32>(cell + 32, OPPOSITE);
      const squares = f32x4.add(f32x4.mul(first, first), f32x4.mul(second, second));
      store<f32>(energies, sumOf(squares) + last * last);
      energies += 4;
      cell += HISTOGRAM_BYTES;
    }
  }
}

function sumOf(v: v128): f32 {
  const pairs = f32x4.add(v, v128.shuffle<i32>(v, v, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/**
 * The 31 features of one cell: each bin, divided by the norm of each of the four 2x2 blocks the cell belongs to and cut,
 * summed over the blocks; and for each block the sum over its bins. `energy` is that of the cell up and to the left.
 */
function normalise(cell: usize, energy: usize, stride: usize, to: usize, plane: usize): void {
  const middle = energy + stride;
  const bottom = middle + stride;
  const top = load<f32>(energy, 4);
  const left = load<f32>(middle);
  const centre = load<f32>(middle, 4);
  const right = load<f32>(middle, 8);
  const low = load<f32>(bottom, 4);
  const sums = f32x4(
    centre + right + low + load<f32>(bottom, 8),
    right + load<f32>(energy, 8) + centre + top,
    low + centre + load<f32>(bottom) + left,
    load<f32>(energy) + top + left + centre,
  );
  const norms = f32x4.sqrt(f32x4.add(sums, f32x4.splat(EPSILON)));
  const clips = f32x4.mul(norms, f32x4.splat(CLIP));
  const weights = f32x4.div(f32x4.splat(BIN_WEIGHT), clips);
  const clip0 = v128.shuffle<i32>(clips, clips, 0, 0, 0, 0);
  const clip1 = v128.shuffle<i32>(clips, clips, 1, 1, 1, 1);
  const clip2 = v128.shuffle<i32>(clips, clips, 2, 2, 2, 2);
  const clip3 = v128.shuffle<i32>(clips, clips, 3, 3, 3, 3);
  const weight0 = v128.shuffle<i32>(weights, weights, 0, 0, 0, 0);
  const weight1 = v128.shuffle<i32>(weights, weights, 1, 1, 1, 1);
  const weight2 = v128.shuffle<i32>(weights, weights, 2, 2, 2, 2);
  const weight3 = v128.shuffle<i32>(weights, weights, 3, 3, 3, 3);
  let texture0 = f32x4.splat(0);
  let texture1 = texture0;
  let texture2 = texture0;
  let texture3 = texture0;
  for (let i: u32 = 0; i < 5; i++) {
    const bins = v128.load(cell + i * 16);
    const part0 = f32x4.mul(f32x4.min(bins, clip0), weight0);
    const part1 = f32x4.mul(f32x4.min(bins, clip1), weight1);
    const part2 = f32x4.mul(f32x4.min(bins, clip2), weight2);
    const part3 = f32x4.mul(f32x4.min(bins, clip3), weight3);
    texture0 = f32x4.add(texture0, part0);
    texture1 = f32x4.add(texture1, part1);
    texture2 = f32x4.add(texture2, part2);
    texture3 = f32x4.add(texture3, part3);
    const sum = f32x4.add(f32x4.add(part0, part1), f32x4.add(part2, part3));
    v128.store32_lane(to, sum, 0);
    v128.store32_lane(to + plane, sum, 1);
    to += plane * 2;
    if (i === 4) break;
    v128.store32_lane(to, sum, 2);
    v128.store32_lane(to + plane, sum, 3);
    to += plane * 2;
  }
  for (let i: u32 = 0; i < 3; i++) {
    const bins = f32x4.add(v128.load(cell + i * 16), v128.load(cell + i * 16, OPPOSITE));
    const part01 = f32x4.add(
      f32x4.mul(f32x4.min(bins, clip0), weight0),
      f32x4.mul(f32x4.min(bins, clip1), weight1),
    );
    const part23 = f32x4.add(
      f32x4.mul(f32x4.min(bins, clip2), weight2),
      f32x4.mul(f32x4.min(bins, clip3), weight3),
    );
    const sum = f32x4.add(part01, part23);
    v128.store32_lane(to, sum, 0);
    to += plane;
    if (i === 2) break;
    v128.store32_lane(to, sum, 1);
    v128.store32_lane(to + plane, sum, 2);
    v128.store32_lane(to + plane * 2, sum, 3);
    to += plane * 3;
  }
  store<f32>(to, sumOf(texture0) * TEXTURE_WEIGHT);
  store<f32>(to + plane, sumOf(texture1) * TEXTURE_WEIGHT);
  store<f32>(to + plane * 2, sumOf(texture2) * TEXTURE_WEIGHT);
  store<f32>(to + plane * 3, sumOf(texture3) * TEXTURE_WEIGHT);
}
