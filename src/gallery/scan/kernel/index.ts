/**
 * The scan's inner loops over one block of rows, in AssemblyScript: scripts/build.js compiles it,
 * scan-kernel.ts says what each function does. WebAssembly's fixed-width SIMD, one thread.
 */
import { scanEmbeddings } from './float32-scan';
import { scanCodesOfFour } from './int8-batch-scan';
import { scanCodes } from './int8-scan';
import {
  boundsOf,
  bytesFor,
  coded,
  codesOf,
  configure,
  embeddingOf,
  NEXT,
  paddedLength,
  QUERIES,
  queryEmbedding,
  rowsOfStep,
  rowsWithin,
  termsOf,
} from './layout';
import { setLimit } from './lower-bound';
import { quantizeQuery, quantizeRow } from './quantize';

export { bytesFor, configure, embeddingOf, QUERIES, queryEmbedding, rowsOfStep, rowsWithin };

export function rowWritten(row: u32): void {
  if (coded) quantizeRow(row);
}

export function wipeRow(row: u32): void {
  memory.fill(embeddingOf(row), 0, paddedLength * 4);
  if (!coded) return;
  memory.fill(codesOf(row), 0, paddedLength);
  for (let i: usize = 0; i < 3; i++) store<f32>(boundsOf(row) + i * NEXT, 0);
}

export function queryWritten(query: u32, limit: f64): void {
  if (coded) quantizeQuery(query);
  setLimit(query, limit);
}

export function wipeQueries(): void {
  memory.fill(termsOf(0), 0, queryEmbedding(QUERIES) - termsOf(0));
}

export function scanStep(firstRow: u32, rows: u32, queries: u32): void {
  let query: u32 = 0;
  if (coded) {
    for (; query + 4 <= queries; query += 4) scanCodesOfFour(firstRow, rows, query);
    for (; query < queries; query++) scanCodes(firstRow, rows, query);
  } else {
    for (; query < queries; query++) scanEmbeddings(firstRow, rows, query);
  }
}
