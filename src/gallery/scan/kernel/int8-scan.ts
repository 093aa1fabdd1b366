import { offer } from './candidate';
import { boundsOf, codesOf, NEXT, paddedLength, queryCodes, termsOf } from './layout';
import { areBeyond } from './lower-bound';

/**
 * One query with rows, of which four share the reckoning of their bounds.
 * requires  the rows of a step
 */
export function scanCodes(firstRow: u32, rows: u32, query: u32): void {
  const from = queryCodes(query);
  const to = from + paddedLength * 2;
  const terms = termsOf(query);
  let codes = codesOf(firstRow);
  let bounds = boundsOf(firstRow);
  for (let row: u32 = 0; row < rows; row += 4) {
    // One row after the other: side by side, long rows read memory in four places at once, which is three times slower.
    const sum0 = productsOf(codes, from, to);
    const sum1 = productsOf(codes + paddedLength, from, to);
    const sum2 = productsOf(codes + paddedLength * 2, from, to);
    const sum3 = productsOf(codes + paddedLength * 3, from, to);
    const beyond = areBeyond(
      sumsOfLanes(sum0, sum1, sum2, sum3),
      v128.load(bounds),
      v128.load(bounds, NEXT),
      v128.load(bounds, 2 * NEXT),
      v128.load32_splat(terms),
      v128.load32_splat(terms, NEXT),
      v128.load32_splat(terms, 2 * NEXT),
    );
    let near = i32x4.bitmask(v128.not(beyond));
    for (let at = row; near !== 0 && at < rows; at++, near >>= 1) if (near & 1) offer(query, firstRow + at);
    codes += paddedLength * 4;
    bounds += 3 * NEXT;
  }
}

/** Of a row's codes and a query's: four int32 whose sum is that of all products. */
function productsOf(codes: usize, from: usize, to: usize): v128 {
  let even = i32x4.splat(0);
  let odd = even;
  for (let at = from; at < to; at += 32) {
    even = i32x4.add(even, i32x4.dot_i16x8_s(v128.load8x8_s(codes), v128.load(at)));
    odd = i32x4.add(odd, i32x4.dot_i16x8_s(v128.load8x8_s(codes, 8), v128.load(at, 16)));
    codes += 16;
  }
  return i32x4.add(even, odd);
}

/** The sum of each one's four int32, in a lane each. */
export function sumsOfLanes(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7));
  const cd = i32x4.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7));
  return i32x4.add(v128.shuffle<i32>(ab, cd, 0, 1, 4, 5), v128.shuffle<i32>(ab, cd, 2, 3, 6, 7));
}
