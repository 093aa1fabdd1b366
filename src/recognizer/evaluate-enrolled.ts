import { setImmediate as letOthersRun } from 'node:timers/promises';
import { groupedBy } from '../core/grouped-by.ts';
import { binCounts } from '../core/histogram.ts';
import { type LeftOutProbe, type LeftOutRates, leftOutRates, personDistance } from '../core/left-out.ts';
import { createRandom, shuffled } from '../core/random.ts';
import type { Steps } from '../core/steps.ts';
import type { Gallery, Person } from '../ports/gallery.ts';
import type { Searcher } from '../ports/searcher.ts';
import type { GallerySnapshot } from './gallery-search.ts';
import { runWithBreaks } from './interruption.ts';
import { recipeOf } from './recipes.ts';
import type { Thresholds } from './thresholds.ts';

export interface EvaluateEnrolledOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called after each person: faces searched for, of how many. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Distances of one kind, in bins from 0 on. */
export interface DistanceCounts {
  readonly count: number;
  readonly bins: readonly number[];
}

/** Rates at one threshold, and the one that was expected there. */
export interface EnrolledRates extends LeftOutRates {
  /** What `strangersNamed` says of this gallery at this threshold; null for a recipe neither measured nor calibrated. */
  readonly expectedFalsePositiveRate: number | null;
}

/** How well a gallery tells its people apart, measured on its own faces. */
export interface EnrolledEvaluation {
  /** Of the enrolled faces. */
  readonly recipe: string;
  /** With a face at least. */
  readonly people: number;
  readonly faces: number;
  /** With two faces or more: only they can be searched for by a face that is left out. */
  readonly peopleWithSeveral: number;
  /** Whether only some faces, drawn at random, were searched for. */
  readonly sampled: boolean;
  /** Greatest distance of a match now; null where none is known. */
  readonly thresholdInForce: number | null;
  /** Whether the gallery's calibration has moved it, and the rates that are expected. */
  readonly calibrated: boolean;
  /** Of all bins; the last one ends at the largest distance. */
  readonly binWidth: number;
  /** Of faces and what is left of their person. */
  readonly mated: DistanceCounts;
  /** Of faces and the nearest other person. */
  readonly nonmated: DistanceCounts;
  /** From strict to lenient: even steps up to the largest distance, and the threshold in force. */
  readonly curve: readonly EnrolledRates[];
}

export interface EnrolledRules {
  readonly thresholds: Thresholds;
  /** In force; null where none is known. */
  readonly threshold: number | null;
  /** At most so many faces are searched for (default MOST_PROBES). */
  readonly most?: number | undefined;
}

/** More take long and say no more: at 1 % they give 50 errors. */
const MOST_PROBES = 5000;
/** The same faces are drawn each time. */
const SEED = 1;
const BINS = 60;
const CURVE_STEPS = 100;

/**
 * Searches for the enrolled faces, each as if it were not enrolled, in the gallery as it is now.
 * throws  AcquaintError('aborted'), and the Gallery's errors
 */
export async function evaluateEnrolled(
  gallery: Gallery,
  snapshot: GallerySnapshot,
  { thresholds, threshold, most = MOST_PROBES }: EnrolledRules,
  { signal, onProgress }: EvaluateEnrolledOptions = {},
): Promise<EnrolledEvaluation> {
  const counts = [...snapshot.people.values()].filter(({ faces }) => faces > 0);
  const size = { people: counts.length, faces: counts.reduce((sum, { faces }) => sum + faces, 0) };
  const drawn = drawnFaces(counts, most);
  const probes = await searchLeftOut(gallery, snapshot.searcher, drawn, { signal, onProgress });
  const mated = probes.flatMap(({ own }) => own ?? []);
  const nonmated = probes.flatMap(({ other }) => other?.distance ?? []);
  const largest = [...mated, ...nonmated].reduce((most, distance) => Math.max(most, distance), 0);
  const binWidth = (largest || 1) / BINS;
  const along = curveThresholds(Math.max(largest, threshold ?? 0) || 1, threshold);
  const everybody = counts.map(({ id }) => id);
  const rates = await runWithBreaks(leftOutRates(probes, everybody, along), signal);
  return {
    recipe: gallery.recipe,
    ...size,
    peopleWithSeveral: counts.filter(({ faces }) => faces > 1).length,
    sampled: size.faces > most,
    thresholdInForce: threshold,
    calibrated: thresholds.calibrated,
    binWidth,
    mated: distanceCounts(mated, binWidth),
    nonmated: distanceCounts(nonmated, binWidth),
    curve: rates.map((point) => ({
      ...point,
      expectedFalsePositiveRate: thresholds.identifyRate(size, point.threshold),
    })),
  };
}

type Counted = Pick<Person, 'id' | 'faces'>;

/** For each person positions of its faces: of all faces, or of `most` that are drawn, each as likely as any other. */
function drawnFaces(people: readonly Counted[], most: number): ReadonlyMap<string, readonly number[]> {
  const all = people.flatMap(({ id, faces }) =>
    Array.from({ length: faces }, (_, position) => ({ id, position })),
  );
  const drawn = all.length <= most ? all : shuffled(all, createRandom(SEED)).slice(0, most);
  const byPerson = groupedBy(drawn, ({ id }) => id);
  return new Map(Array.from(byPerson, ([id, own]) => [id, own.map(({ position }) => position)]));
}

async function searchLeftOut(
  gallery: Gallery,
  searcher: Searcher,
  drawn: ReadonlyMap<string, readonly number[]>,
  { signal, onProgress }: EvaluateEnrolledOptions,
): Promise<readonly LeftOutProbe[]> {
  const { partLengths } = recipeOf(gallery.recipe);
  const total = [...drawn.values()].reduce((sum, positions) => sum + positions.length, 0);
  const probes: LeftOutProbe[] = [];
  let done = 0;
  for (const [person, positions] of drawn) {
    const own = (await gallery.facesOf(person)).map(({ embedding }) => embedding);
    const searches = leftOutProbes({ person, own, positions, searcher, partLengths });
    probes.push(...(await runWithBreaks(searches, signal)));
    done += positions.length;
    onProgress?.(done, total);
    await letOthersRun();
  }
  return probes;
}

interface LeftOutFaces {
  readonly person: string;
  /** All embeddings of the person. */
  readonly own: readonly Float32Array[];
  /** Which of them are searched for. */
  readonly positions: readonly number[];
  readonly searcher: Searcher;
  readonly partLengths: readonly number[];
}

function* leftOutProbes({
  person,
  own,
  positions,
  searcher,
  partLengths,
}: LeftOutFaces): Steps<readonly LeftOutProbe[]> {
  const probes: LeftOutProbe[] = [];
  for (const position of positions) {
    const face = own[position];
    // Taken out since the faces were counted.
    if (!face) continue;
    const nearest = searcher.search(face, 2).find(({ personId }) => personId !== person);
    probes.push({
      person,
      own: personDistance(face, own.toSpliced(position, 1), partLengths),
      other: nearest ? { person: nearest.personId, distance: nearest.distance } : null,
    });
    yield;
  }
  return probes;
}

function distanceCounts(distances: readonly number[], binWidth: number): DistanceCounts {
  return { count: distances.length, bins: binCounts(distances, { from: 0, binWidth, bins: BINS }) };
}

function curveThresholds(largest: number, inForce: number | null): readonly number[] {
  const steps = Array.from({ length: CURVE_STEPS + 1 }, (_, i) => (largest * i) / CURVE_STEPS);
  return [...new Set(inForce === null ? steps : [...steps, inForce])].sort((a, b) => a - b);
}
