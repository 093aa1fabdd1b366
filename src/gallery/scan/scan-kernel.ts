import { type WasmMemory, wasmFactory } from '../../core/wasm.ts';
import { wasm } from './generated/scan-kernel.ts';

/**
 * One block of rows in a WebAssembly memory of its own, as kernel/index.ts exports it. Rows and queries go by number,
 * addresses are in bytes.
 */
export interface ScanKernel {
  readonly memory: WasmMemory;
  /** How many queries one scan takes at most. */
  readonly QUERIES: { readonly value: number };
  /** Called once, before anything else. Without codes rows are compared in float32. requires  1 <= length <= 65536 */
  configure(length: number, withCodes: boolean): void;
  /** Memory that so many rows need. */
  bytesFor(rows: number): number;
  /** Rows that fit into so much memory. */
  rowsWithin(bytes: number): number;
  /** How many rows one step of a scan takes. */
  rowsOfStep(): number;
  /** Where a row's embedding (float32) belongs; when it is there, `rowWritten` makes its codes. */
  embeddingOf(row: number): number;
  rowWritten(row: number): void;
  /** Leaves zeros. */
  wipeRow(row: number): void;
  /** Where a query's embedding (float32) belongs; when it is there, `queryWritten` makes its codes and sets its limit. */
  queryEmbedding(query: number): number;
  queryWritten(query: number, limit: number): void;
  wipeQueries(): void;
  /**
   * Calls `candidate` with every row that may be within its query's limit.
   * requires  firstRow: a multiple of rowsOfStep; at most so many rows; queries 0 to `queries` - 1 written
   */
  scanStep(firstRow: number, rows: number, queries: number): void;
}

/** Compares a row exactly; the answer is the query's new limit: how far a row may be from now on and still matter. */
export type Candidate = (query: number, row: number) => number;

/** 65536 numbers are what 32 bits hold the sum of (kernel/quantize.ts) and the proof is for (kernel/lower-bound.ts). */
export const LONGEST_EMBEDDING = 65536;

const instantiate = wasmFactory<ScanKernel>(wasm);

/** A kernel with empty memory. */
export function createScanKernel(candidate: Candidate): ScanKernel {
  return instantiate({ candidate: { candidate } });
}
