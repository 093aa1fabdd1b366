/**
 * An RGB picture made smaller, each new pixel the mean of the area it covers; preprocess.ts of core says what comes out.
 *
 * scratch:  spans of the columns | one row of the source's width as float32, the mean of the rows that a new row covers
 * span:     the first cell it touches as an offset in that row, how many it touches, the share of each in the mean
 */
const FLOAT_PIXEL: u32 = 12;
const SPAN_HEAD: u32 = 8;
/** Cells that are touched by less than this are not: rounding of the borders. */
const TOUCHED: f64 = 1e-9;
/** A pixel is read as four numbers. */
const ROW_SLACK: u32 = 48;

export function shrinkBytes(fromWidth: u32, toWidth: u32): u32 {
  return toWidth * spanBytes(fromWidth, toWidth) + fromWidth * FLOAT_PIXEL + ROW_SLACK;
}

function spanBytes(from: u32, to: u32): u32 {
  return SPAN_HEAD + (<u32>ceil(<f64>from / <f64>to) + 1) * 4;
}

/**
 * The rows [firstRow, lastRow) of the smaller picture.
 * requires  at `from` the rows of the source that they cover, the first of which is `firstGiven`
 */
export function shrink(
  from: usize,
  stride: u32,
  firstGiven: u32,
  fromWidth: u32,
  fromHeight: u32,
  to: usize,
  toStride: u32,
  toWidth: u32,
  toHeight: u32,
  firstRow: u32,
  lastRow: u32,
  scratch: usize,
): void {
  const bytes = spanBytes(fromWidth, toWidth);
  for (let x: u32 = 0; x < toWidth; x++) writeSpan(scratch + x * bytes, x, fromWidth, toWidth);
  const mean = scratch + toWidth * bytes;
  const ratio = <f64>fromHeight / <f64>toHeight;
  for (let y = firstRow; y < lastRow; y++) {
    memory.fill(mean, 0, fromWidth * FLOAT_PIXEL + ROW_SLACK);
    const top = <f64>y * ratio;
    const bottom = min(top + ratio, <f64>fromHeight);
    for (let row = <u32>(top + TOUCHED); <f64>row < bottom - TOUCHED; row++) {
      const share = <f32>((min(bottom, <f64>(row + 1)) - max(top, <f64>row)) / ratio);
      addRow(from + <usize>(row - firstGiven) * stride, share, mean, fromWidth * 3);
    }
    averageColumns(mean, scratch, bytes, to + <usize>y * toStride, toWidth);
  }
}

function writeSpan(span: usize, x: u32, from: u32, to: u32): void {
  const ratio = <f64>from / <f64>to;
  const left = <f64>x * ratio;
  const right = min(left + ratio, <f64>from);
  const first = <u32>(left + TOUCHED);
  let count: u32 = 0;
  for (let column = first; <f64>column < right - TOUCHED; column++) {
    const share = (min(right, <f64>(column + 1)) - max(left, <f64>column)) / ratio;
    store<f32>(span + SPAN_HEAD + count * 4, <f32>share);
    count++;
  }
  store<u32>(span, first * FLOAT_PIXEL);
  store<u32>(span, count, 4);
}

function addRow(from: usize, share: f32, to: usize, count: u32): void {
  const shares = f32x4.splat(share);
  for (let i: u32 = 0; i < count; i += 8, to += 32) {
    const words = v128.load8x8_u(from + i);
    addTo(to, f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(words)), shares);
    addTo(to + 16, f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(words)), shares);
  }
}

function addTo(to: usize, values: v128, shares: v128): void {
  v128.store(to, f32x4.add(v128.load(to), f32x4.mul(values, shares)));
}

function averageColumns(row: usize, spans: usize, bytes: u32, to: usize, width: u32): void {
  for (let x: u32 = 0; x < width; x++, spans += bytes, to += 3) {
    let pixel = row + load<u32>(spans);
    let share = spans + SPAN_HEAD;
    const end = share + load<u32>(spans, 4) * 4;
    let sum = f32x4.splat(0);
    for (; share < end; share += 4, pixel += FLOAT_PIXEL) {
      sum = f32x4.add(sum, f32x4.mul(v128.load(pixel), v128.load32_splat(share)));
    }
    const whole = i32x4.trunc_sat_f32x4_u(f32x4.add(sum, f32x4.splat(0.5)));
    const words = i16x8.narrow_i32x4_u(whole, whole);
    const packed = i8x16.narrow_i16x8_u(words, words);
    v128.store16_lane(to, packed, 0);
    v128.store8_lane(to, packed, 2, 2);
  }
}
