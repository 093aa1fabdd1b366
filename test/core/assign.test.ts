import { describe, expect, it } from 'vitest';
import { assignPeople, type Candidate } from '../../src/core/assign.ts';
import { createRandom } from '../../src/core/random.ts';

const at = (personId: string, distance: number): Candidate => ({ personId, distance });
const names = (assigned: readonly (Candidate | null)[]): (string | null)[] =>
  assigned.map((candidate) => candidate?.personId ?? null);

describe('assignPeople', () => {
  it('gives everybody the nearest when nobody is wanted twice', () => {
    const faces = [[at('ada', 0.2), at('bob', 0.3)], [at('bob', 0.1), at('ada', 0.4)], [at('cy', 0.9)]];
    expect(names(assignPeople(faces, 0.5))).toEqual(['ada', 'bob', null]);
  });

  it('takes the best total, not the first come', () => {
    // Each is nearest to ada; the second face can be nobody else.
    const faces = [[at('ada', 0.2), at('bob', 0.3)], [at('ada', 0.25)]];
    expect(names(assignPeople(faces, 0.5))).toEqual(['bob', 'ada']);
  });

  it('leaves the worse of two faces without a name', () => {
    expect(names(assignPeople([[at('ada', 0.4)], [at('ada', 0.2)]], 0.5))).toEqual([null, 'ada']);
  });

  it('never goes beyond the threshold to find a name', () => {
    const faces = [
      [at('ada', 0.2), at('bob', 0.6)],
      [at('ada', 0.25), at('bob', 0.7)],
    ];
    expect(names(assignPeople(faces, 0.5))).toEqual(['ada', null]);
  });

  it('is as good as trying everything', () => {
    const random = createRandom(5);
    for (let round = 0; round < 300; round++) {
      const people = ['a', 'b', 'c', 'd'].slice(0, 1 + Math.floor(random() * 4));
      const faces = Array.from({ length: 1 + Math.floor(random() * 5) }, () =>
        people.filter(() => random() < 0.8).map((person) => at(person, random())),
      );
      const assigned = assignPeople(faces, 0.7);
      const named = names(assigned).filter((name) => name !== null);
      expect(new Set(named).size).toBe(named.length);
      const total = assigned.reduce((sum, each) => sum + (each ? 0.7 - each.distance : 0), 0);
      expect(total).toBeCloseTo(bestTotal(faces, 0.7), 9);
    }
  });

  it('copes with a crowd that all look alike', () => {
    const random = createRandom(9);
    const people = Array.from({ length: 60 }, (_, i) => `p${i}`);
    const faces = Array.from({ length: 80 }, () => people.map((person) => at(person, 0.3 + random() * 0.1)));
    const named = names(assignPeople(faces, 0.5)).filter((name) => name !== null);
    expect(new Set(named).size).toBe(60);
  });
});

function bestTotal(
  faces: readonly (readonly Candidate[])[],
  threshold: number,
  taken = new Set<string>(),
): number {
  const [first, ...rest] = faces;
  if (!first) return 0;
  let best = bestTotal(rest, threshold, taken);
  for (const { personId, distance } of first) {
    if (taken.has(personId) || distance > threshold) continue;
    const total = threshold - distance + bestTotal(rest, threshold, new Set([...taken, personId]));
    best = Math.max(best, total);
  }
  return best;
}
