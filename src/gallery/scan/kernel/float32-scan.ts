import { offer } from './candidate';
import { embeddingOf, NEXT, paddedLength, queryEmbedding, termsOf } from './layout';

/**
 * One query with rows by the embeddings themselves, in float32: see `ceiling` in lower-bound.ts.
 * requires  the rows of a step
 */
export function scanEmbeddings(firstRow: u32, rows: u32, query: u32): void {
  const from = queryEmbedding(query);
  const to = from + paddedLength * 4;
  const ceiling = termsOf(query) + 3 * NEXT;
  let numbers = embeddingOf(firstRow);
  for (let row: u32 = 0; row < rows; row++) {
    let sum0 = f32x4.splat(0);
    let sum1 = sum0;
    let sum2 = sum0;
    let sum3 = sum0;
    for (let at = from; at < to; at += 64) {
      sum0 = plusSquares(sum0, v128.load(at), v128.load(numbers));
      sum1 = plusSquares(sum1, v128.load(at, 16), v128.load(numbers, 16));
      sum2 = plusSquares(sum2, v128.load(at, 32), v128.load(numbers, 32));
      sum3 = plusSquares(sum3, v128.load(at, 48), v128.load(numbers, 48));
      numbers += 64;
    }
    const sum = sumOfLanes(f32x4.add(f32x4.add(sum0, sum1), f32x4.add(sum2, sum3)));
    if (!(sum > load<f32>(ceiling))) offer(query, firstRow + row);
  }
}

function plusSquares(sum: v128, a: v128, b: v128): v128 {
  const difference = f32x4.sub(a, b);
  return f32x4.add(sum, f32x4.mul(difference, difference));
}

function sumOfLanes(a: v128): f32 {
  return (
    f32x4.extract_lane(a, 0) +
    f32x4.extract_lane(a, 1) +
    (f32x4.extract_lane(a, 2) + f32x4.extract_lane(a, 3))
  );
}
