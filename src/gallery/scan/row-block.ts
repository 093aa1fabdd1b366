import { WASM_PAGE_BYTES } from '../../core/wasm.ts';
import { type Candidate, createScanKernel, type ScanKernel } from './scan-kernel.ts';

/** 'int8': bounds from int8 copies of the embeddings; 'float32': from the embeddings themselves, a fifth less memory. */
export type ScanKind = 'int8' | 'float32';

/** Memory grows by this share, so that a million rows do not grow it a thousand times; what is not used is not resident. */
const GROWTH = 1 / 4;

/** A query and what its scan knows. */
export interface ScanQuery {
  readonly embedding: Float32Array;
  /** Rows that are farther do not matter. */
  limit: number;
}

/** Rows in one WebAssembly memory, of which a scan finds those that may be near. */
export class RowBlock {
  /** How many rows one block holds at most. */
  readonly capacity: number;
  readonly #length: number;
  readonly #mostBytes: number;
  readonly #kernel: ScanKernel;
  #numbers: Float32Array;
  #reserved = 0;
  #candidate: Candidate = notScanning;

  /** requires  1 <= length <= LONGEST_EMBEDDING; mostBytes enough for some rows */
  constructor(length: number, kind: ScanKind, mostBytes: number) {
    this.#length = length;
    this.#mostBytes = mostBytes;
    this.#kernel = createScanKernel((query, row) => this.#candidate(query, row));
    this.#kernel.configure(length, kind === 'int8');
    this.#numbers = new Float32Array(this.#kernel.memory.buffer);
    this.capacity = this.#kernel.rowsWithin(mostBytes);
  }

  /** Bytes of memory, used or not. */
  get bytes(): number {
    return this.#numbers.byteLength;
  }

  /** Bytes of memory that so many rows need. */
  bytesFor(rows: number): number {
    return this.#kernel.bytesFor(rows);
  }

  /** How many queries one scan takes at most. */
  get queriesAtOnce(): number {
    return this.#kernel.QUERIES.value;
  }

  /** throws  RangeError when there is no memory left */
  write(row: number, embedding: Float32Array): void {
    if (row >= this.#reserved) this.#grow(row + 1);
    this.#numbers.set(embedding, this.#kernel.embeddingOf(row) / Float32Array.BYTES_PER_ELEMENT);
    this.#kernel.rowWritten(row);
  }

  /** A view, good until the next row is written. */
  embedding(row: number): Float32Array {
    const start = this.#kernel.embeddingOf(row) / Float32Array.BYTES_PER_ELEMENT;
    return this.#numbers.subarray(start, start + this.#length);
  }

  wipe(row: number): void {
    this.#kernel.wipeRow(row);
  }

  /**
   * Calls `candidate` with every one of the first `rows` rows that may be within a query's limit, and goes on with the
   * limit that it answers.
   * requires  at most queriesAtOnce queries
   */
  scan(rows: number, queries: readonly ScanQuery[], candidate: Candidate): void {
    const kernel = this.#kernel;
    this.#candidate = (query, row) => {
      queries[query]!.limit = candidate(query, row);
      return queries[query]!.limit;
    };
    try {
      queries.forEach(({ embedding, limit }, query) => {
        this.#numbers.set(embedding, kernel.queryEmbedding(query) / Float32Array.BYTES_PER_ELEMENT);
        kernel.queryWritten(query, limit);
      });
      const step = kernel.rowsOfStep();
      for (let row = 0; row < rows; row += step) {
        kernel.scanStep(row, Math.min(step, rows - row), queries.length);
      }
    } finally {
      kernel.wipeQueries();
      this.#candidate = notScanning;
    }
  }

  #grow(rows: number): void {
    const { memory } = this.#kernel;
    const wanted = Math.max(this.bytesFor(rows), Math.min(this.bytes * (1 + GROWTH), this.#mostBytes));
    memory.grow(Math.ceil((wanted - this.bytes) / WASM_PAGE_BYTES));
    this.#numbers = new Float32Array(memory.buffer);
    this.#reserved = this.#kernel.rowsWithin(this.bytes);
  }
}

function notScanning(): number {
  return Number.POSITIVE_INFINITY;
}
