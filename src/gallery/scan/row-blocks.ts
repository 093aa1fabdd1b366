import { RowBlock, type ScanKind, type ScanQuery } from './row-block.ts';
import type { Candidate } from './scan-kernel.ts';

/** Far below WebAssembly's 4 GiB, so that memory comes back in parts when rows are removed. */
const BLOCK_BYTES = 2 ** 30;
/** Below that nothing is gained by giving memory back. */
const SMALL_BYTES = 2 ** 26;
/** Memory is given back when so many times as much is held as is needed. */
const SPARE = 4;

/** Any number of rows, numbered from 0 without gaps, in as many blocks as they need. */
export class RowBlocks {
  readonly #length: number;
  readonly #kind: ScanKind;
  readonly #blockBytes: number;
  readonly #blocks: RowBlock[] = [];
  #rows = 0;

  /** requires  1 <= length <= LONGEST_EMBEDDING */
  constructor(length: number, kind: ScanKind, blockBytes = BLOCK_BYTES) {
    this.#length = length;
    this.#kind = kind;
    this.#blockBytes = blockBytes;
  }

  /** Bytes of memory, used or not. */
  get bytes(): number {
    return this.#blocks.reduce((sum, block) => sum + block.bytes, 0);
  }

  get rowCount(): number {
    return this.#rows;
  }

  /** The new row's number. requires  an embedding of the length */
  add(embedding: Float32Array): number {
    const last = this.#blocks.at(-1);
    if (last === undefined || this.#rows === this.#blocks.length * last.capacity) {
      this.#blocks.push(this.#newBlock());
    }
    this.#write(this.#rows, embedding);
    return this.#rows++;
  }

  /** A view, good until the next change. */
  embedding(row: number): Float32Array {
    const { block, inBlock } = this.#place(row);
    return block.embedding(inBlock);
  }

  /** Copies the last row over `row` and wipes the last one. */
  removeByLast(row: number): void {
    const last = this.#rows - 1;
    if (row !== last) this.#write(row, this.embedding(last));
    const { block, inBlock } = this.#place(last);
    block.wipe(inBlock);
    this.#rows = last;
  }

  /** Gives memory back that removed rows do not need any more. */
  shrink(): void {
    while (this.#blocks.length > 0 && this.#rowsOf(this.#blocks.length - 1) <= 0) this.#blocks.pop();
    const last = this.#blocks.length - 1;
    const block = this.#blocks[last];
    if (block === undefined || block.bytes < SMALL_BYTES) return;
    const rows = this.#rowsOf(last);
    if (block.bytes < SPARE * block.bytesFor(rows)) return;
    const copy = this.#newBlock();
    for (let row = 0; row < rows; row++) copy.write(row, block.embedding(row));
    this.#blocks[last] = copy;
    for (let row = 0; row < rows; row++) block.wipe(row);
  }

  /** See RowBlock.scan; any number of queries. */
  scan(queries: readonly ScanQuery[], candidate: Candidate): void {
    const atOnce = this.#blocks[0]?.queriesAtOnce ?? 1;
    for (let first = 0; first < queries.length; first += atOnce) {
      const some = queries.slice(first, first + atOnce);
      this.#blocks.forEach((block, index) => {
        const firstRow = index * block.capacity;
        block.scan(this.#rowsOf(index), some, (query, row) => candidate(first + query, firstRow + row));
      });
    }
  }

  #newBlock(): RowBlock {
    return new RowBlock(this.#length, this.#kind, this.#blockBytes);
  }

  #write(row: number, embedding: Float32Array): void {
    const { block, inBlock } = this.#place(row);
    block.write(inBlock, embedding);
  }

  #place(row: number): { readonly block: RowBlock; readonly inBlock: number } {
    const { capacity } = this.#blocks[0]!;
    const index = Math.floor(row / capacity);
    return { block: this.#blocks[index]!, inBlock: row - index * capacity };
  }

  #rowsOf(index: number): number {
    const { capacity } = this.#blocks[index]!;
    return Math.min(this.#rows - index * capacity, capacity);
  }
}
