import { describe, expect, it } from 'vitest';
import { euclideanDistance } from '../../src/core/distance.ts';
import { impostorDistances } from '../../src/core/impostor-pairs.ts';
import type { LabelledEmbedding } from '../../src/core/open-set.ts';
import { createRandom } from '../../src/core/random.ts';
import { runToEnd } from './run-to-end.ts';

/** People with so many faces each, one after the other; any two faces are another distance apart. */
function facesOf(counts: readonly number[]): LabelledEmbedding[] {
  const people = counts.flatMap((count, person) => Array.from({ length: count }, () => String(person)));
  return people.map((person, i) => ({ person, embedding: Float32Array.of(2 ** i) }));
}

function everyDistance(faces: readonly LabelledEmbedding[]): Float64Array {
  const distances = faces.flatMap((a, i) =>
    faces
      .slice(i + 1)
      .filter(({ person }) => person !== a.person)
      .map((b) => euclideanDistance(a.embedding, b.embedding)),
  );
  return Float64Array.from(distances).sort();
}

describe('distances of different people', () => {
  // One person has most of the faces: nine of ten pairs drawn blindly would be of one person.
  const faces = facesOf([1, 12, 2, 1, 4]);
  const all = everyDistance(faces);

  it('are those of every pair where there are not too many, in whatever order the faces come', () => {
    expect(runToEnd(impostorDistances(faces, all.length))).toEqual(all);
    expect(runToEnd(impostorDistances(faces.toReversed(), all.length))).toEqual(all);
  });

  it('are those of pairs drawn at random where there are too many, the same ones each time', () => {
    const few = runToEnd(impostorDistances(faces, all.length - 1));
    expect(few).toHaveLength(all.length - 1);
    expect(few.every((distance) => all.includes(distance))).toBe(true);
    expect(runToEnd(impostorDistances(faces, all.length - 1))).toEqual(few);
  });

  it('are drawn evenly from all pairs, however many faces each person has', () => {
    // Copies of the people make pairs enough to draw from; the distances are those of `faces` or of a copy's.
    const copies = Array.from({ length: 40 }, (_, copy) =>
      faces.map(({ person, embedding }) => ({ person: `${person} ${copy % 2}`, embedding })),
    ).flat();
    const draws = 50_000;
    const drawn = runToEnd(impostorDistances(copies, draws));
    const expected = everyDistance(copies);
    for (const quantile of [0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95]) {
      const limit = expected[Math.floor(quantile * expected.length)]!;
      const share = (distances: Float64Array): number =>
        distances.filter((distance) => distance <= limit).length / distances.length;
      // Four standard deviations of a share of that many draws are less than 0.009.
      expect(Math.abs(share(drawn) - share(expected))).toBeLessThan(0.009);
    }
  });

  it('take as many steps for a hundred thousand faces as for a thousand', () => {
    const random = createRandom(2);
    const steps = (people: number): number => {
      const crowd = Array.from({ length: people }, (_, person) => ({
        person: String(person),
        embedding: Float32Array.of(random()),
      }));
      return [...impostorDistances(crowd, 100_000)].length;
    };
    expect(steps(100_000)).toBe(steps(1000));
  });
});
