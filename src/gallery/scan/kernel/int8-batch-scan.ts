import { offer } from './candidate';
import { sumsOfLanes } from './int8-scan';
import { boundsOf, codesOf, NEXT, paddedLength, queryCodes, termsOf } from './layout';
import { areBeyond } from './lower-bound';

/**
 * Four queries with rows, two at a time: what is loaded serves eight sums.
 * requires  the rows of a step; firstQuery: a multiple of 4
 */
export function scanCodesOfFour(firstRow: u32, rows: u32, firstQuery: u32): void {
  const queryBytes = paddedLength * 2;
  const from = queryCodes(firstQuery);
  const to = from + queryBytes;
  let codes = codesOf(firstRow);
  let bounds = boundsOf(firstRow);
  for (let row: u32 = 0; row < rows; row += 2) {
    let sum0 = i32x4.splat(0);
    let sum1 = sum0;
    let sum2 = sum0;
    let sum3 = sum0;
    let next0 = sum0;
    let next1 = sum0;
    let next2 = sum0;
    let next3 = sum0;
    let nextCodes = codes + paddedLength;
    let query1 = from + queryBytes;
    let query2 = query1 + queryBytes;
    let query3 = query2 + queryBytes;
    for (let query0 = from; query0 < to; query0 += 16) {
      const x = v128.load8x8_s(codes);
      const next = v128.load8x8_s(nextCodes);
      let y = v128.load(query0);
      sum0 = i32x4.add(sum0, i32x4.dot_i16x8_s(x, y));
      next0 = i32x4.add(next0, i32x4.dot_i16x8_s(next, y));
      y = v128.load(query1);
      sum1 = i32x4.add(sum1, i32x4.dot_i16x8_s(x, y));
      next1 = i32x4.add(next1, i32x4.dot_i16x8_s(next, y));
      y = v128.load(query2);
      sum2 = i32x4.add(sum2, i32x4.dot_i16x8_s(x, y));
      next2 = i32x4.add(next2, i32x4.dot_i16x8_s(next, y));
      y = v128.load(query3);
      sum3 = i32x4.add(sum3, i32x4.dot_i16x8_s(x, y));
      next3 = i32x4.add(next3, i32x4.dot_i16x8_s(next, y));
      codes += 8;
      nextCodes += 8;
      query1 += 16;
      query2 += 16;
      query3 += 16;
    }
    codes = nextCodes;
    offerToFour(firstRow + row, bounds, firstQuery, sumsOfLanes(sum0, sum1, sum2, sum3));
    if (row + 1 < rows) {
      offerToFour(firstRow + row + 1, bounds + 4, firstQuery, sumsOfLanes(next0, next1, next2, next3));
    }
    bounds = boundsOfRowAfterNext(bounds, row);
  }
}

/** The bounds of four rows lie together. */
function boundsOfRowAfterNext(bounds: usize, row: u32): usize {
  return bounds + (row & 2 ? 3 * NEXT - 8 : 8);
}

/** `dots`: the row's products with each of the four queries. */
function offerToFour(row: u32, bounds: usize, firstQuery: u32, dots: v128): void {
  const terms = termsOf(firstQuery);
  const beyond = areBeyond(
    dots,
    v128.load32_splat(bounds),
    v128.load32_splat(bounds, NEXT),
    v128.load32_splat(bounds, 2 * NEXT),
    v128.load(terms),
    v128.load(terms, NEXT),
    v128.load(terms, 2 * NEXT),
  );
  let near = i32x4.bitmask(v128.not(beyond));
  for (let query = firstQuery; near !== 0; query++, near >>= 1) if (near & 1) offer(query, row);
}
