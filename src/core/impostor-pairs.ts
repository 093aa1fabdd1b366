import { euclideanDistance } from './distance.ts';
import { groupedBy } from './grouped-by.ts';
import type { LabelledEmbedding } from './open-set.ts';
import { createRandom } from './random.ts';
import type { Steps } from './steps.ts';
import { countAtMost } from './verification-rates.ts';

type Pair = readonly [a: Float32Array, b: Float32Array];

/** Embeddings in the order of their people. */
interface SortedFaces {
  readonly embeddings: readonly Float32Array[];
  /** Each person's faces: from `start` up to, and not with, `end`. */
  readonly people: readonly { readonly start: number; readonly end: number }[];
}

/** The same pairs are drawn each time. */
const SEED = 1;
/** Some milliseconds' work. */
const PAIRS_PER_STEP = 10_000;

/**
 * Sorted distances of pairs of different people: of every pair where there are `most` or fewer, else of `most` pairs
 * drawn at random with replacement, so that the work does not grow with the square of the faces.
 * requires  faces of at least two people
 */
export function* impostorDistances(faces: readonly LabelledEmbedding[], most: number): Steps<Float64Array> {
  const sorted = byPerson(faces);
  const count = pairCount(sorted);
  const distances = new Float64Array(Math.min(count, most));
  let done = 0;
  for (const [a, b] of count <= most ? everyPair(sorted) : drawnPairs(sorted, most)) {
    distances[done++] = euclideanDistance(a, b);
    if (done % PAIRS_PER_STEP === 0) yield;
  }
  return distances.sort();
}

function byPerson(faces: readonly LabelledEmbedding[]): SortedFaces {
  const embeddings: Float32Array[] = [];
  const people = [...groupedBy(faces, ({ person }) => person).values()].map((own) => {
    const start = embeddings.length;
    for (const { embedding } of own) embeddings.push(embedding);
    return { start, end: embeddings.length };
  });
  return { embeddings, people };
}

function pairCount({ embeddings, people }: SortedFaces): number {
  const ordered = people.reduce(
    (sum, { start, end }) => sum + (end - start) * othersOf(embeddings, start, end),
    0,
  );
  return ordered / 2;
}

function othersOf({ length }: readonly unknown[], start: number, end: number): number {
  return length - (end - start);
}

function* everyPair({ embeddings, people }: SortedFaces): Generator<Pair> {
  for (const { start, end } of people) {
    for (let a = start; a < end; a++) {
      for (let b = end; b < embeddings.length; b++) yield [embeddings[a]!, embeddings[b]!];
    }
  }
}

/** Every pair is equally likely: a person by the pairs it is in, one of its faces, and one of all the others'. */
function* drawnPairs({ embeddings, people }: SortedFaces, count: number): Generator<Pair> {
  const random = createRandom(SEED);
  const below = (limit: number): number => Math.floor(random() * limit);
  const pairsUpTo = runningSums(
    people.map(({ start, end }) => (end - start) * othersOf(embeddings, start, end)),
  );
  for (let drawn = 0; drawn < count; drawn++) {
    const { start, end } = people[countAtMost(pairsUpTo, below(pairsUpTo.at(-1)!))]!;
    const a = start + below(end - start);
    const other = below(othersOf(embeddings, start, end));
    yield [embeddings[a]!, embeddings[other < start ? other : other + end - start]!];
  }
}

function runningSums(values: readonly number[]): Float64Array {
  let sum = 0;
  return Float64Array.from(values, (value) => {
    sum += value;
    return sum;
  });
}
