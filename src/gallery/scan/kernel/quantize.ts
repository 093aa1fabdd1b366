import { boundsOf, codesOf, embeddingOf, NEXT, paddedLength, queryCodes, queryEmbedding } from './layout';
import { keepQueryTerms, rowBase, towardsInfinity, UP } from './lower-bound';

/**
 * Embedding -> codes: x is near scale * codes, with |codes| <= largest. How near is measured, not estimated, so that
 * nothing has to be shown of the rounding in between: `error` is at least the length of what is left.
 */

const LARGEST_ROW_CODE: i32 = 127;
const LARGEST_QUERY_CODE: i32 = 32767;
/** Beyond that size of a number products may leave float32's range: no codes then, and never skipped. */
const LARGEST_NUMBER: f32 = <f32>1099511627776; // 2^40

let scale: f32 = 0;
/** The square of the length of scale * codes. */
let square: f64 = 0;
let error: f64 = 0;

/** Codes and bounds of a row from its embedding. */
export function quantizeRow(row: u32): void {
  const bounds = boundsOf(row);
  const inRange = encode<i8>(embeddingOf(row), codesOf(row), LARGEST_ROW_CODE);
  const errorUp = towardsInfinity(error);
  store<f32>(bounds, scale);
  store<f32>(bounds + NEXT, inRange ? rowBase(square, errorUp) : -Infinity);
  store<f32>(bounds + 2 * NEXT, errorUp);
}

/**
 * Codes and terms of a query from its embedding. Its codes are as fine as the sum of products allows in 32 bits:
 * |sum| <= paddedLength * 127 * largest < 2^31. So nearly all of the error is the rows' own.
 */
export function quantizeQuery(query: u32): void {
  const largest = min<i32>(LARGEST_QUERY_CODE, i32.MAX_VALUE / (LARGEST_ROW_CODE * <i32>paddedLength));
  const inRange = encode<i16>(queryEmbedding(query), queryCodes(query), largest);
  keepQueryTerms(query, scale, square, inRange ? error : Infinity);
}

/** Sets scale, square and error; codes and all three are 0 when a number is out of range, and the answer false. */
function encode<T>(from: usize, to: usize, largest: i32): bool {
  const most = largestOf(from);
  const inRange = most <= LARGEST_NUMBER;
  // Of numbers too small for a scale the codes are 0 as well: all of them is error then.
  scale = inRange ? most / <f32>largest : 0;
  const inverse: f32 = scale > 0 ? 1 / scale : 0;
  let squares = f64x2.splat(0);
  let left = f64x2.splat(0);
  for (let i: u32 = 0; i < paddedLength; i += 4) {
    const numbers = v128.load(from + i * 4);
    const codes = inRange ? codesOf4(numbers, inverse, largest) : i32x4.splat(0);
    storeCodes<T>(to + i * sizeof<T>(), codes);
    const low = decoded(codes);
    const high = decoded(upperHalf(codes));
    squares = plusSquare(plusSquare(squares, low), high);
    left = plusSquare(left, f64x2.sub(f64x2.promote_low_f32x4(numbers), low));
    left = plusSquare(left, f64x2.sub(f64x2.promote_low_f32x4(upperHalf(numbers)), high));
  }
  square = sumOf2(squares);
  error = inRange ? sqrt(sumOf2(left)) * UP : 0;
  return inRange;
}

/** int32. Any codes would do, the nearest leave the least error; a scale below float32's normal range is a coarse one. */
function codesOf4(numbers: v128, inverse: f32, largest: i32): v128 {
  const nearest = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(numbers, f32x4.splat(inverse))));
  return i32x4.max_s(i32x4.min_s(nearest, i32x4.splat(largest)), i32x4.splat(-largest));
}

function storeCodes<T>(to: usize, codes: v128): void {
  const words = i16x8.narrow_i32x4_s(codes, codes);
  if (sizeof<T>() === 2) v128.store64_lane(to, words, 0);
  else v128.store32_lane(to, i8x16.narrow_i16x8_s(words, words), 0);
}

/** scale * code of the first two codes, exact in float64. */
function decoded(codes: v128): v128 {
  return f64x2.mul(f64x2.splat(<f64>scale), f64x2.convert_low_i32x4_s(codes));
}

function plusSquare(sum: v128, value: v128): v128 {
  return f64x2.add(sum, f64x2.mul(value, value));
}

function upperHalf(values: v128): v128 {
  return v128.shuffle<i64>(values, values, 1, 1);
}

function sumOf2(values: v128): f64 {
  return f64x2.extract_lane(values, 0) + f64x2.extract_lane(values, 1);
}

function largestOf(from: usize): f32 {
  let most = f32x4.splat(0);
  for (let i: u32 = 0; i < paddedLength; i += 4) most = f32x4.max(most, f32x4.abs(v128.load(from + i * 4)));
  return max(
    max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)),
    max(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)),
  );
}
