import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { euclideanDistance } from '../../src/core/distance.ts';
import { createExactSearcher } from '../../src/gallery/exact-searcher.ts';
import type { PersonDistance, SearchRow } from '../../src/ports/searcher.ts';

const KINDS = ['int8', 'float32'] as const;
const PEOPLE = ['a', 'b', 'c', 'd', 'e', 'aa', 'ä', 'Z'];

/** Everything compared with everything in float64: what every search must equal, to the last bit. */
function bruteForce(
  rows: readonly SearchRow[],
  query: Float32Array,
  k: number,
  among?: ReadonlySet<string>,
): readonly PersonDistance[] {
  const best = new Map<string, number>();
  for (const { personId, embedding } of rows) {
    if (among && !among.has(personId)) continue;
    const distance = euclideanDistance(query, embedding);
    best.set(personId, Math.min(distance, best.get(personId) ?? Number.POSITIVE_INFINITY));
  }
  return [...best]
    .map(([personId, distance]) => ({ personId, distance }))
    .sort((a, b) => a.distance - b.distance || (a.personId < b.personId ? -1 : 1))
    .slice(0, k);
}

/** Numbers as no net gives them, and as nets do. */
const numbers: readonly fc.Arbitrary<number>[] = [
  fc.integer({ min: -3, max: 3 }),
  fc.float({ min: Math.fround(-0.3), max: Math.fround(0.3), noNaN: true }),
  fc.float({ min: Math.fround(-1e-20), max: Math.fround(1e-20), noNaN: true }),
  fc.float({ min: Math.fround(-1e20), max: Math.fround(1e20), noNaN: true }),
  fc.integer({ min: -400, max: 400 }).map((units) => units * 2 ** -149),
  fc.float({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, 1, -1, 3.4e38, -3.4e38, 2 ** 40, 2 ** 41, 1e-45),
];

/** Short ones of any numbers; long ones are a short one repeated, so that a failure can be made small. */
const vectorOf = (length: number, number: fc.Arbitrary<number>) =>
  fc
    .array(number, { minLength: 1, maxLength: Math.min(length, 7) })
    .map((some) => Float32Array.from({ length }, (_, i) => some[i % some.length]!));

type Change =
  | { readonly what: 'add'; readonly personId: string; readonly embedding: Float32Array }
  | { readonly what: 'remove'; readonly personId: string }
  | { readonly what: 'replace'; readonly personId: string; readonly embeddings: Float32Array[] };

const changesOf = (vector: fc.Arbitrary<Float32Array>) => {
  const personId = fc.constantFrom(...PEOPLE);
  const change: fc.Arbitrary<Change> = fc.oneof(
    { weight: 8, arbitrary: fc.record({ what: fc.constant('add'), personId, embedding: vector }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('remove'), personId }) },
    {
      weight: 1,
      arbitrary: fc.record({
        what: fc.constant('replace'),
        personId,
        embeddings: fc.array(vector, { maxLength: 3 }),
      }),
    },
  );
  return fc.array(change, { maxLength: 40 });
};

const cases = fc
  .tuple(fc.constantFrom(1, 3, 16, 127, 128, 512, 640), fc.constantFrom(...numbers))
  .chain(([length, number]) => {
    const vector = vectorOf(length, number);
    return fc.record({
      length: fc.constant(length),
      changes: changesOf(vector),
      queries: fc.array(vector, { minLength: 1, maxLength: 6 }),
      k: fc.integer({ min: 1, max: PEOPLE.length + 2 }),
      among: fc.subarray([...PEOPLE, 'nobody']).map((ids) => new Set(ids)),
    });
  });

function rowsAfter(rows: readonly SearchRow[], change: Change): readonly SearchRow[] {
  if (change.what === 'add') return [...rows, change];
  const others = rows.filter(({ personId }) => personId !== change.personId);
  if (change.what === 'remove') return others;
  return [...others, ...change.embeddings.map((embedding) => ({ personId: change.personId, embedding }))];
}

/** `count` rows of random numbers around `people` centres, as nets give them; the same every time. */
function clusteredRows(count: number, length: number, people: number): SearchRow[] {
  const random = randomNumbers(count);
  const centres = Array.from({ length: people }, () => randomVector(length, random));
  return Array.from({ length: count }, (_, i) => {
    const centre = centres[i % people]!;
    return { personId: `p${i % people}`, embedding: centre.map((value) => value + random() * 0.05) };
  });
}

function randomVector(length: number, random: () => number): Float32Array {
  return Float32Array.from({ length }, () => random() * (3 / Math.sqrt(length)));
}

function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 32;
  };
}

describe.each(KINDS)('the exact searcher by %s', (scan) => {
  it('finds what brute force finds, to the last bit, ties by id, whatever was added and removed before', () => {
    fc.assert(
      fc.property(cases, ({ length, changes, queries, k, among }) => {
        const searcher = createExactSearcher([], length, { scan });
        let rows: readonly SearchRow[] = [];
        for (const change of changes) {
          if (change.what === 'add') searcher.add(change);
          else if (change.what === 'remove') searcher.removePerson(change.personId);
          else searcher.replacePerson(change.personId, change.embeddings);
          rows = rowsAfter(rows, change);
        }
        const query = queries[0]!;
        expect(searcher.rowCount).toBe(rows.length);
        expect(searcher.peopleCount).toBe(new Set(rows.map(({ personId }) => personId)).size);
        expect(searcher.search(query, k)).toEqual(bruteForce(rows, query, k));
        expect(searcher.search(query, k, { among })).toEqual(bruteForce(rows, query, k, among));
        expect(searcher.searchBatch(queries, k)).toEqual(queries.map((each) => bruteForce(rows, each, k)));
        for (const { embedding } of rows) {
          expect(searcher.search(embedding, 1)).toEqual(bruteForce(rows, embedding, 1));
        }
      }),
      { numRuns: 400 },
    );
  });

  // All on one line: there the bounds leave no room, so what rounding may cost them has to be in their slack.
  it('finds rows on a line whose distances are equal or next to equal', () => {
    const onLine = fc.record({
      length: fc.constantFrom(1, 2, 5, 128),
      /** 2^-76 squared is next to nothing in float32, 2^40 the largest number that has codes. */
      exponent: fc.oneof(
        fc.constant(0),
        fc.integer({ min: -76, max: -60 }),
        fc.integer({ min: 20, max: 42 }),
      ),
      at: fc.integer({ min: -40_000, max: 40_000 }),
      /** A number that all have in common and that makes their codes coarse. */
      beside: fc.constantFrom(0, 50_000, 1_000_000),
      steps: fc.array(fc.integer({ min: 1, max: 40_000 }), { minLength: 1, maxLength: 3 }),
      signs: fc.array(fc.tuple(fc.nat(2), fc.boolean(), fc.integer({ min: -1, max: 1 })), { minLength: 4 }),
      k: fc.integer({ min: 1, max: 4 }),
    });
    fc.assert(
      fc.property(onLine, ({ length, exponent, at, beside, steps, signs, k }) => {
        const vector = (place: number) => {
          const all = new Float32Array(length).fill(place * 2 ** (exponent - 16));
          return all.fill(beside * 2 ** (exponent - 16), Math.max(1, length - 1));
        };
        const rows = signs.map(([step, forth, off], i) => {
          const distance = steps[step % steps.length]! + off / 256;
          return {
            personId: `p${(i * 5) % signs.length}`,
            embedding: vector(at + (forth ? distance : -distance)),
          };
        });
        const searcher = createExactSearcher(rows, length, { scan });
        const query = vector(at);
        const expected = bruteForce(rows, query, k);
        expect(searcher.search(query, k)).toEqual(expected);
        expect(searcher.searchBatch(Array(4).fill(query), k)).toEqual(Array(4).fill(expected));
      }),
      { numRuns: 800 },
    );
  });

  it.each([1, 3, 4, 5, 1023, 1024, 1025, 2047, 5001])('finds them among %i rows', (count) => {
    const rows = clusteredRows(count, 128, Math.ceil(count / 3));
    const searcher = createExactSearcher(rows, 128, { scan });
    for (const at of [0, count >> 1, count - 1]) {
      const query = rows[at]!.embedding.map((value) => value * 1.01);
      for (const k of [1, 10, count]) expect(searcher.search(query, k)).toEqual(bruteForce(rows, query, k));
    }
  });

  it.each([1, 2, 3, 4, 5, 7, 31, 32, 33, 70])(
    'finds for %i queries at once what it finds for each',
    (count) => {
      const rows = clusteredRows(2000, 128, 400);
      const searcher = createExactSearcher(rows, 128, { scan });
      const queries = rows.slice(0, count).map(({ embedding }) => embedding.map((value) => value + 0.01));
      expect(searcher.searchBatch(queries, 3)).toEqual(queries.map((query) => bruteForce(rows, query, 3)));
    },
  );

  it('finds them among rows that are all the same', () => {
    const embedding = randomVector(128, randomNumbers(1));
    const rows = Array.from({ length: 3000 }, (_, i) => ({ personId: `p${(i * 7) % 1000}`, embedding }));
    const searcher = createExactSearcher(rows, 128, { scan });
    for (const query of [embedding, embedding.map((value) => value + 0.1)]) {
      for (const k of [1, 5, 2000]) expect(searcher.search(query, k)).toEqual(bruteForce(rows, query, k));
    }
  });

  it('finds them among rows of which each is nearer than the one before', () => {
    const direction = randomVector(512, randomNumbers(2));
    const rows = Array.from({ length: 3000 }, (_, i) => ({
      personId: `p${i % 900}`,
      embedding: direction.map((value) => value * (1 + (3000 - i) * 1e-5)),
    }));
    const searcher = createExactSearcher(rows, 512, { scan });
    for (const k of [1, 4, 1000]) {
      expect(searcher.search(direction, k)).toEqual(bruteForce(rows, direction, k));
      expect(searcher.searchBatch([direction, direction, direction, direction], k)).toEqual(
        Array(4).fill(bruteForce(rows, direction, k)),
      );
    }
  });

  it('tells distances apart that differ in the last bits only', () => {
    const query = randomVector(128, randomNumbers(3));
    const rows = Array.from({ length: 2000 }, (_, i) => {
      const embedding = query.map((value) => value + 0.05);
      embedding[i % 128]! += 2 ** -26 * (i % 3);
      return { personId: `p${i}`, embedding };
    });
    const searcher = createExactSearcher(rows, 128, { scan });
    for (const k of [1, 50]) expect(searcher.search(query, k)).toEqual(bruteForce(rows, query, k));
  });

  it('finds the one person there is by the nearest of many rows', () => {
    const rows = clusteredRows(5000, 128, 500).map(({ embedding }) => ({ personId: 'only', embedding }));
    const searcher = createExactSearcher(rows, 128, { scan });
    expect(searcher.search(rows[4321]!.embedding, 3)).toEqual([{ personId: 'only', distance: 0 }]);
  });

  it('looks only among the people asked for, few or many', () => {
    const rows = clusteredRows(6000, 128, 1200);
    const searcher = createExactSearcher(rows, 128, { scan });
    const query = rows[0]!.embedding;
    for (const size of [0, 1, 20, 37, 38, 600, 1200]) {
      const among = new Set(Array.from({ length: size }, (_, i) => `p${(i * 7) % 1200}`));
      expect(searcher.search(query, 5, { among })).toEqual(bruteForce(rows, query, 5, among));
    }
    expect(searcher.search(query, 5, { among: new Set(['nobody']) })).toEqual([]);
  });

  it('forgets people of a large gallery, and uses their place again', () => {
    let rows = clusteredRows(9000, 128, 1500);
    const searcher = createExactSearcher(rows, 128, { scan });
    const added = clusteredRows(3000, 128, 500).map((row) => ({ ...row, personId: `new ${row.personId}` }));
    for (let i = 0; i < 1490; i++) searcher.removePerson(`p${i}`);
    rows = rows.filter(({ personId }) => Number(personId.slice(1)) >= 1490);
    for (const row of added) searcher.add(row);
    rows.push(...added);
    expect([searcher.peopleCount, searcher.rowCount]).toEqual([510, rows.length]);
    for (const { embedding } of [rows[0]!, rows[77]!, rows.at(-1)!]) {
      expect(searcher.search(embedding, 600)).toEqual(bruteForce(rows, embedding, 600));
    }
  });
});

describe('the exact searcher', () => {
  it('refuses embeddings of another length, and changes nothing then', () => {
    const searcher = createExactSearcher([{ personId: 'a', embedding: new Float32Array(4) }], 4);
    const wrong = new Float32Array(3);
    expect(() => searcher.search(wrong, 1)).toThrow(RangeError);
    expect(() => searcher.searchBatch([new Float32Array(4), wrong], 1)).toThrow(RangeError);
    expect(() => searcher.add({ personId: 'b', embedding: wrong })).toThrow(RangeError);
    expect(() => searcher.replacePerson('a', [new Float32Array(4), wrong])).toThrow(RangeError);
    expect(() => createExactSearcher([{ personId: 'a', embedding: wrong }], 4)).toThrow(RangeError);
    expect([searcher.peopleCount, searcher.rowCount]).toEqual([1, 1]);
  });

  it.each([0, -1, 1.5, Number.NaN, 65537])('refuses %f as a length', (length) => {
    expect(() => createExactSearcher([], length)).toThrow(RangeError);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses %f as k', (k) => {
    expect(() => createExactSearcher([], 4).search(new Float32Array(4), k)).toThrow(RangeError);
  });

  it('finds nobody when there is nobody', () => {
    const searcher = createExactSearcher([], 128);
    expect(searcher.search(new Float32Array(128), 3)).toEqual([]);
    expect(searcher.searchBatch([], 3)).toEqual([]);
  });

  it('takes the longest embeddings', () => {
    const rows = clusteredRows(70, 65536, 70);
    const searcher = createExactSearcher(rows, 65536);
    const query = rows[69]!.embedding.map((value) => value * 2);
    expect(searcher.search(query, 3)).toEqual(bruteForce(rows, query, 3));
  });
});
