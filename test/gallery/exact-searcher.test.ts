import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createExactSearcher } from '../../src/gallery/exact-searcher.ts';
import type { GalleryEmbedding } from '../../src/ports/gallery.ts';

const LENGTH = 4;
const vector = fc
  .array(fc.integer({ min: -3, max: 3 }), { minLength: LENGTH, maxLength: LENGTH })
  .map((values) => Float32Array.from(values));
const entries = fc
  .array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), vector), { maxLength: 30 })
  .map((all) =>
    all.map(([personId, embedding], i): GalleryEmbedding => ({ faceId: `${i}`, personId, embedding })),
  );

function bruteForce(all: readonly GalleryEmbedding[], query: Float32Array, k: number) {
  const best = new Map<string, number>();
  for (const { personId, embedding } of all) {
    const distance = Math.sqrt(embedding.reduce((sum, value, i) => sum + (value - query[i]!) ** 2, 0));
    best.set(personId, Math.min(distance, best.get(personId) ?? Number.POSITIVE_INFINITY));
  }
  return [...best]
    .map(([personId, distance]) => ({ personId, distance }))
    .sort((a, b) => a.distance - b.distance || (a.personId < b.personId ? -1 : 1))
    .slice(0, k);
}

describe('the exact searcher', () => {
  it('finds what brute force finds, ties by id', () => {
    fc.assert(
      fc.property(entries, vector, fc.integer({ min: 1, max: 6 }), (all, query, k) => {
        const searcher = createExactSearcher(all, LENGTH);
        expect(searcher.search(query, k)).toEqual(bruteForce(all, query, k));
        expect(searcher.peopleCount).toBe(new Set(all.map(({ personId }) => personId)).size);
      }),
      { numRuns: 300 },
    );
  });

  it('refuses embeddings of another length', () => {
    expect(() => createExactSearcher([], LENGTH).search(new Float32Array(3), 1)).toThrow(RangeError);
    const wrong = [{ faceId: '1', personId: 'a', embedding: new Float32Array(3) }];
    expect(() => createExactSearcher(wrong, LENGTH)).toThrow(RangeError);
  });
});
