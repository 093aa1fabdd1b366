import { describe, expect, it } from 'vitest';
import { euclideanDistance } from '../../../src/core/distance.ts';
import { RowBlocks } from '../../../src/gallery/scan/row-blocks.ts';

const LENGTH = 4096;
/** Holds 1024 rows of 4096 numbers. */
const BLOCK_BYTES = 2 ** 25;
const KINDS = ['int8', 'float32'] as const;

/** Every row is told from every other by its first number. */
function rowOf(number: number): Float32Array {
  return Float32Array.from({ length: LENGTH }, (_, i) => (i === 0 ? number + 1 : Math.sin(i)));
}

function filled(kind: (typeof KINDS)[number], count: number, blockBytes = BLOCK_BYTES): RowBlocks {
  const blocks = new RowBlocks(LENGTH, kind, blockBytes);
  const embedding = rowOf(0);
  for (let row = 0; row < count; row++) {
    embedding[0] = row + 1;
    expect(blocks.add(embedding)).toBe(row);
  }
  return blocks;
}

/** The numbers of the rows a scan has found nearest to each query. */
function nearest(blocks: RowBlocks, queries: readonly Float32Array[]): number[] {
  const best = queries.map(() => ({ row: -1, distance: Number.POSITIVE_INFINITY }));
  blocks.scan(
    queries.map((embedding) => ({ embedding, limit: Number.POSITIVE_INFINITY })),
    (query, row) => {
      const distance = euclideanDistance(queries[query]!, blocks.embedding(row));
      if (distance < best[query]!.distance) best[query] = { row, distance };
      return best[query]!.distance;
    },
  );
  return best.map(({ row }) => row);
}

describe.each(KINDS)('rows in blocks, by %s', (kind) => {
  it('are numbered and found across several blocks', () => {
    const blocks = filled(kind, 2500);
    const sought = [0, 1023, 1024, 2047, 2048, 2499];
    expect(blocks.rowCount).toBe(2500);
    expect(nearest(blocks, sought.map(rowOf))).toEqual(sought);
    for (const row of sought) expect(blocks.embedding(row)[0]).toBe(row + 1);
  });

  it('close the gap of a removed row by the last one, of which nothing is left in its old place', () => {
    const blocks = filled(kind, 1025);
    const last = blocks.embedding(1024);
    expect(last.some((value) => value !== 0)).toBe(true);
    blocks.removeByLast(3);
    expect(last.every((value) => value === 0)).toBe(true);
    expect(nearest(blocks, [rowOf(1024), rowOf(4), rowOf(3)])).toEqual([3, 4, 2]);
  });

  it('give most of one large block back, wiped, when they have become few', () => {
    const blocks = filled(kind, 4500, 2 ** 30);
    const before = blocks.bytes;
    const stale = blocks.embedding(0);
    while (blocks.rowCount > 700) blocks.removeByLast(0);
    blocks.shrink();
    expect(blocks.bytes).toBeLessThan(before / 2);
    expect(stale.every((value) => value === 0)).toBe(true);
    expect(nearest(blocks, [rowOf(4499)])).toEqual([0]);
  });

  it('give whole blocks back, wiped, when they have become few', () => {
    const blocks = filled(kind, 2500);
    const three = blocks.bytes;
    const stale = blocks.embedding(0);
    while (blocks.rowCount > 1) blocks.removeByLast(blocks.rowCount - 1);
    blocks.shrink();
    expect(blocks.bytes).toBeLessThanOrEqual(three / 2);
    expect(blocks.embedding(0)).toEqual(rowOf(0));
    blocks.removeByLast(0);
    blocks.shrink();
    expect(blocks.bytes).toBe(0);
    expect(stale.every((value) => value === 0)).toBe(true);
  });
});
