import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { euclideanDistance } from '../../src/core/distance.ts';
import { groupFaces, MOST_GROUPED_FACES } from '../../src/core/group-faces.ts';
import { createRandom, shuffled } from '../../src/core/random.ts';

const points = (...values: number[][]) => values.map((value) => Float32Array.from(value));

/** By definition: as long as two groups are near enough on average, the nearest two become one. */
function groupsByDefinition(embeddings: readonly Float32Array[], threshold: number): number[][] {
  const groups = embeddings.map((_, i) => [i]);
  for (;;) {
    let best = { distance: Number.POSITIVE_INFINITY, a: 0, b: 0 };
    for (let a = 0; a < groups.length; a++) {
      for (let b = a + 1; b < groups.length; b++) {
        const pairs = groups[a]!.flatMap((i) =>
          groups[b]!.map((k) => euclideanDistance(embeddings[i]!, embeddings[k]!)),
        );
        const distance = pairs.reduce((sum, each) => sum + each, 0) / pairs.length;
        if (distance < best.distance) best = { distance, a, b };
      }
    }
    if (best.distance > threshold) break;
    groups[best.a]!.push(...groups.splice(best.b, 1)[0]!);
  }
  return groups
    .map((group) => group.sort((a, b) => a - b))
    .sort((a, b) => b.length - a.length || a[0]! - b[0]!);
}

describe('groupFaces', () => {
  it('puts near faces together, the largest group first', () => {
    const faces = points([5, 5], [0, 0], [0.1, 0], [5, 5.1], [0, 0.1], [9, 0]);
    expect(groupFaces(faces, { threshold: 0.5 })).toEqual([[1, 2, 4], [0, 3], [5]]);
  });

  it('does not join two groups by a chain of chance resemblances', () => {
    const faces = points([0], [0.4], [0.8], [1.2], [1.6]);
    const groups = groupFaces(faces, { threshold: 0.5 });
    expect(groups.length).toBeGreaterThan(1);
    for (const group of groups) expect(group.length).toBeLessThan(4);
  });

  it('gives what merging the two nearest groups again and again gives', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 0, max: 25 }),
        fc.double({ min: 0, max: 1.5, noNaN: true }),
        (seed, count, threshold) => {
          const random = createRandom(seed);
          const centres = Array.from({ length: 5 }, () => [random() * 2, random() * 2, random() * 2]);
          const faces = Array.from({ length: count }, (_, i) =>
            Float32Array.from(centres[i % 5]!, (value) => value + random() * 0.7),
          );
          expect(groupFaces(faces, { threshold })).toEqual(groupsByDefinition(faces, threshold));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('gives the same groups in whatever order the faces come, also with ties and the same face twice', () => {
    const grid = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 })), {
      maxLength: 25,
    });
    fc.assert(
      fc.property(
        grid,
        fc.integer(),
        fc.double({ min: 0, max: 4, noNaN: true }),
        (values, seed, threshold) => {
          const faces = values.map((value) => Float32Array.from(value));
          const order = shuffled([...faces.keys()], createRandom(seed));
          const named = (groups: readonly (readonly number[])[], of: readonly Float32Array[]) =>
            groups
              .map((group) =>
                group
                  .map((i) => of[i]!.join())
                  .sort()
                  .join(' '),
              )
              .sort();
          const others = order.map((i) => faces[i]!);
          const one = groupFaces(faces, { threshold });
          expect(named(groupFaces(others, { threshold }), others)).toEqual(named(one, faces));
          expect(one.flat().sort((a, b) => a - b)).toEqual([...faces.keys()]);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('leaves the faces as they are, and takes none or one', () => {
    const faces = points([3, 1], [2, 2]);
    groupFaces(faces, { threshold: 1 });
    expect(faces).toEqual(points([3, 1], [2, 2]));
    expect(groupFaces([], { threshold: 1 })).toEqual([]);
    expect(groupFaces(points([1]), { threshold: 0 })).toEqual([[0]]);
    expect(groupFaces(points([1], [1], [2]), { threshold: 0 })).toEqual([[0, 1], [2]]);
  });

  it('refuses too many, other lengths, numbers that are none and thresholds below 0', () => {
    const many = Array.from({ length: MOST_GROUPED_FACES + 1 }, () => Float32Array.of(1));
    expect(() => groupFaces(many, { threshold: 1 })).toThrow(
      /Expected at most 2000 embeddings but received 2001/,
    );
    expect(() => groupFaces(points([1], [1, 2]), { threshold: 1 })).toThrow(RangeError);
    expect(() => groupFaces(points([Number.NaN]), { threshold: 1 })).toThrow(/finite/);
    expect(() => groupFaces(points([1e39]), { threshold: 1 })).toThrow(/finite/);
    for (const threshold of [-1, Number.NaN]) {
      expect(() => groupFaces([], { threshold })).toThrow(/Expected a number of at least 0 for threshold/);
    }
    expect(() => groupFaces([], { threshold: '1' as never })).toThrow(/Expected a number for threshold/);
  });
});
