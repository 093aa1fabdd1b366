/**
 * Bilinear resize of RGB pixels; resize.ts of core says what comes out.
 *
 * scratch:  columns | one row of the source's width as float32, blended from two rows
 * column:   offsets in that row of the two pixels it lies between, and the second one's share
 */
const COLUMN_BYTES: u32 = 12;
const FLOAT_PIXEL: u32 = 12;
/** `blend` writes 16 numbers at once, and a column reads 4. */
const ROW_SLACK: u32 = 80;

/** Scratch bytes that `resize` needs. */
export function resizeBytes(fromWidth: u32, toWidth: u32): u32 {
  return toWidth * COLUMN_BYTES + fromWidth * FLOAT_PIXEL + ROW_SLACK;
}

/** half: 0 rounds down, 0.5 to the nearest. */
export function resize(
  from: usize,
  fromStride: u32,
  fromWidth: u32,
  fromHeight: u32,
  to: usize,
  toStride: u32,
  toWidth: u32,
  toHeight: u32,
  half: f32,
  scratch: usize,
): void {
  const row = scratch + toWidth * COLUMN_BYTES;
  writeColumns(scratch, fromWidth, toWidth);
  const scale = spacing(fromHeight, toHeight);
  for (let y: u32 = 0; y < toHeight; y++) {
    const position = min(<f64>y * scale, <f64>(fromHeight - 1));
    const top = <u32>position;
    const bottom = min(top + 1, fromHeight - 1);
    const share = <f32>(position - <f64>top);
    blend(from + <usize>top * fromStride, from + <usize>bottom * fromStride, share, row, fromWidth * 3);
    sample(row, scratch, to + <usize>y * toStride, toWidth, half);
  }
}

/** The corners of both pictures lie on each other. */
function spacing(from: u32, to: u32): f64 {
  return <f64>(from - 1) / <f64>max(to - 1, 1);
}

function writeColumns(columns: usize, from: u32, to: u32): void {
  const scale = spacing(from, to);
  for (let x: u32 = 0; x < to; x++) {
    const position = min(<f64>x * scale, <f64>(from - 1));
    const left = <u32>position;
    const column = columns + x * COLUMN_BYTES;
    store<u32>(column, left * FLOAT_PIXEL);
    store<u32>(column, min(left + 1, from - 1) * FLOAT_PIXEL, 4);
    store<f32>(column, <f32>(position - <f64>left), 8);
  }
}

/** top + share * (bottom - top) of every byte. */
function blend(top: usize, bottom: usize, share: f32, into: usize, count: u32): void {
  const shares = f32x4.splat(share);
  for (let i: u32 = 0; i < count; i += 8, into += 32) {
    const upper = v128.load8x8_u(top + i);
    const change = i16x8.sub(v128.load8x8_u(bottom + i), upper);
    v128.store(into, blended(i32x4.extend_low_i16x8_s(upper), i32x4.extend_low_i16x8_s(change), shares));
    v128.store(
      into,
      blended(i32x4.extend_high_i16x8_s(upper), i32x4.extend_high_i16x8_s(change), shares),
      16,
    );
  }
}

function blended(upper: v128, change: v128, shares: v128): v128 {
  return f32x4.add(f32x4.convert_i32x4_s(upper), f32x4.mul(f32x4.convert_i32x4_s(change), shares));
}

function sample(row: usize, columns: usize, to: usize, width: u32, half: f32): void {
  const halves = f32x4.splat(half);
  const last = to + (width - 1) * 3;
  for (; to < last; to += 3, columns += COLUMN_BYTES) {
    // A fourth byte is written, which the next pixel replaces.
    v128.store32_lane(to, sampled(row, columns, halves), 0);
  }
  const pixel = sampled(row, columns, halves);
  v128.store16_lane(to, pixel, 0);
  v128.store8_lane(to, pixel, 2, 2);
}

/** One pixel in the first three bytes. */
function sampled(row: usize, column: usize, halves: v128): v128 {
  const left = v128.load(row + load<u32>(column));
  const right = v128.load(row + load<u32>(column, 4));
  const share = v128.load32_splat(column, 8);
  const exact = f32x4.add(left, f32x4.mul(f32x4.sub(right, left), share));
  const whole = i32x4.trunc_sat_f32x4_s(f32x4.add(exact, halves));
  const words = i16x8.narrow_i32x4_u(whole, whole);
  return i8x16.narrow_i16x8_u(words, words);
}
