import { describe, expect, it } from 'vitest';
import { WASM_PAGE_BYTES } from '../../../src/core/wasm.ts';
import { type Candidate, createScanKernel } from '../../../src/gallery/scan/scan-kernel.ts';

const LENGTH = 128;
const ROWS = 1000;

function filledKernel(withCodes: boolean, candidate: Candidate) {
  const kernel = createScanKernel(candidate);
  kernel.configure(LENGTH, withCodes);
  kernel.memory.grow(Math.ceil(kernel.bytesFor(ROWS) / WASM_PAGE_BYTES));
  const numbers = new Float32Array(kernel.memory.buffer);
  const write = (address: number, seed: number) => {
    for (let i = 0; i < LENGTH; i++) numbers[address / 4 + i] = Math.sin(seed * 7919 + i * (seed + 1)) / 8;
  };
  for (let row = 0; row < ROWS; row++) {
    write(kernel.embeddingOf(row), row);
    kernel.rowWritten(row);
  }
  return { kernel, write };
}

describe.each([
  ['int8', true],
  ['float32', false],
])('the %s kernel', (_, withCodes) => {
  it.each([1, 4])('passes over nearly every row that is too far, with %i queries', (queries) => {
    let offered = 0;
    const { kernel, write } = filledKernel(withCodes, () => {
      offered++;
      return 0.1;
    });
    for (let query = 0; query < queries; query++) {
      write(kernel.queryEmbedding(query), 500 + query);
      kernel.queryWritten(query, 0.1);
    }
    kernel.scanStep(0, ROWS, queries);
    expect(offered).toBe(queries);
  });

  it('leaves no byte of a wiped row and of wiped queries', () => {
    const { kernel, write } = filledKernel(withCodes, () => 1);
    for (let query = 0; query < kernel.QUERIES.value; query++) {
      write(kernel.queryEmbedding(query), query);
      kernel.queryWritten(query, 1);
    }
    for (let row = 0; row < ROWS; row++) kernel.wipeRow(row);
    kernel.wipeQueries();
    const used = new Uint8Array(kernel.memory.buffer, kernel.queryEmbedding(0));
    expect(used.some((byte) => byte !== 0)).toBe(false);
    expect(new Uint8Array(kernel.memory.buffer).some((byte) => byte !== 0)).toBe(false);
  });
});
