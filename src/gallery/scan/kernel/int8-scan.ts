import { offer } from './candidate';
import { boundsOf, codesOf, NEXT, paddedLength, queryCodes, termsOf } from './layout';
import { areBeyond } from './lower-bound';

/**
 * One query with rows, four at a time, each in a sum of its own.
 * requires  the rows of a step
 */
export function scanCodes(firstRow: u32, rows: u32, query: u32): void {
  const from = queryCodes(query);
  const to = from + paddedLength * 2;
  const terms = termsOf(query);
  let codes = codesOf(firstRow);
  let bounds = boundsOf(firstRow);
  for (let row: u32 = 0; row < rows; row += 4) {
    let sum0 = i32x4.splat(0);
    let sum1 = sum0;
    let sum2 = sum0;
    let sum3 = sum0;
    let row0 = codes;
    let row1 = row0 + paddedLength;
    let row2 = row1 + paddedLength;
    let row3 = row2 + paddedLength;
    for (let at = from; at < to; at += 32) {
      const first = v128.load(at);
      sum0 = i32x4.add(sum0, i32x4.dot_i16x8_s(v128.load8x8_s(row0), first));
      sum1 = i32x4.add(sum1, i32x4.dot_i16x8_s(v128.load8x8_s(row1), first));
      sum2 = i32x4.add(sum2, i32x4.dot_i16x8_s(v128.load8x8_s(row2), first));
      sum3 = i32x4.add(sum3, i32x4.dot_i16x8_s(v128.load8x8_s(row3), first));
      const second = v128.load(at, 16);
      sum0 = i32x4.add(sum0, i32x4.dot_i16x8_s(v128.load8x8_s(row0, 8), second));
      sum1 = i32x4.add(sum1, i32x4.dot_i16x8_s(v128.load8x8_s(row1, 8), second));
      sum2 = i32x4.add(sum2, i32x4.dot_i16x8_s(v128.load8x8_s(row2, 8), second));
      sum3 = i32x4.add(sum3, i32x4.dot_i16x8_s(v128.load8x8_s(row3, 8), second));
      row0 += 16;
      row1 += 16;
      row2 += 16;
      row3 += 16;
    }
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

/** The sum of each one's four int32, in a lane each. */
export function sumsOfLanes(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7));
  const cd = i32x4.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7));
  return i32x4.add(v128.shuffle<i32>(ab, cd, 0, 1, 4, 5), v128.shuffle<i32>(ab, cd, 2, 3, 6, 7));
}
