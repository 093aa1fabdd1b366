import { type Kinds, requireArray, requireFields, requireOptions } from '../core/arguments.ts';
import {
  type LabelledEmbedding,
  type OpenSetPoint,
  type OpenSetProbe,
  type OpenSetRates,
  openSetCurve,
  openSetProbes,
  openSetRates,
  thresholdForStrangersNamed,
} from '../core/open-set.ts';
import { type ReliabilityBin, reliability } from '../core/reliability.ts';
import { AcquaintError } from '../errors.ts';
import { runWithBreaks } from '../recognizer/interruption.ts';
import { recipeOf } from '../recognizer/recipes.ts';
import type { Recognizer } from '../recognizer/recognizer-api.ts';
import { requireRecognizer } from '../recognizer/require-arguments.ts';
import {
  DEFAULT_IDENTIFY_RATE,
  DEFAULT_MARGIN,
  requireRate,
  type Thresholds,
} from '../recognizer/thresholds.ts';
import { type DistanceHistogram, histogramOf } from './distance-histogram.ts';
import {
  firstUnusable,
  MEASURE_OPTIONS,
  type MeasureOptions,
  measurePictures,
  type UnusablePicture,
} from './measure-pictures.ts';
import { type Mistake, mistakeOf } from './mistake.ts';
import { type ThresholdOrigin, thresholdsInForce } from './thresholds-in-force.ts';

/** A picture of a person whose name is known. */
export interface LabelledPicture {
  readonly person: string;
  readonly path: string;
}

export interface PeopleOptions extends MeasureOptions {
  /** Numbers of people to enrol (default: 10, 100, 1000 and so on, as far as the people go). */
  readonly gallerySizes?: readonly number[] | undefined;
  /** At most this many pictures of each are enrolled (default 3). */
  readonly facesPerPerson?: number | undefined;
  /** How often other people are enrolled (default 10, less often where there are more than 6000 pictures). */
  readonly trials?: number | undefined;
  /** The share of strangers that may be named (default DEFAULT_IDENTIFY_RATE). */
  readonly rate?: number | undefined;
  /** Where the choice of people begins; the same one chooses the same (default 1). */
  readonly seed?: number | undefined;
}

const PEOPLE_OPTIONS: Kinds<PeopleOptions> = {
  ...MEASURE_OPTIONS,
  gallerySizes: 'array',
  facesPerPerson: 'number',
  trials: 'number',
  rate: 'number',
  seed: 'number',
};

/** Identification in galleries of one size. */
export interface GalleryEvaluation {
  readonly galleryPeople: number;
  /** Mean number of faces in the gallery. */
  readonly galleryFaces: number;
  readonly trials: number;
  /** At the threshold that `identify` takes by default in a gallery of that size. */
  readonly atDefault: OpenSetRates;
  /** At other thresholds, from strict to lenient. */
  readonly curve: readonly OpenSetPoint[];
  /** Empty for a recipe that nobody has measured, and where the nearest person was always right, or never. */
  readonly reliability: readonly ReliabilityBin[];
}

export interface PeopleEvaluation {
  readonly kind: 'people';
  readonly recipe: string;
  readonly pictures: number;
  readonly fromCache: number;
  readonly unusable: readonly UnusablePicture[];
  readonly people: number;
  /** With two usable pictures or more: only they can be enrolled and searched for. */
  readonly enrollable: number;
  /** The share of strangers that may be named. */
  readonly statedRate: number;
  readonly thresholdFrom: ThresholdOrigin;
  readonly galleries: readonly GalleryEvaluation[];
  /** Of the largest galleries: searched faces and the nearest enrolled one. */
  readonly histogram: DistanceHistogram;
  readonly worst: {
    /** Strangers and enrolled people nearest to somebody else. */
    readonly takenForOne: readonly Mistake[];
    /** Enrolled people farthest from their own pictures. */
    readonly notRecognised: readonly Mistake[];
  };
}

const DEFAULT_FACES_PER_PERSON = 3;
const DEFAULT_TRIALS = 10;
/** By default trials are repeated up to so many searches: the interval is narrow then. */
const ENOUGH_SEARCHES = 60_000;
/** More take a gigabyte of memory and tell no more. */
const MOST_SEARCHES = 1_000_000;
const CURVE_STEPS = 60;
const WORST = 12;
/** With two, the one stranger would always meet the same person. */
const LEAST_PEOPLE = 3;

/**
 * Open-set identification measured on labelled pictures: some people are enrolled, the others are strangers.
 * throws  what measurePictures throws; AcquaintError('too_few_people') with fewer than three people, nobody with two
 *         usable pictures, or too few for a size that was asked for; RangeError unless 0 < rate < 1, and for trials
 *         that are none or too many
 */
export async function evaluatePeople(
  recognizer: Recognizer,
  pictures: readonly LabelledPicture[],
  options: PeopleOptions,
): Promise<PeopleEvaluation> {
  requireRecognizer(recognizer);
  requireArray('pictures', pictures, (name, picture) =>
    requireFields(name, picture, { person: 'string', path: 'string' }),
  );
  requireOptions('evaluatePeople', options, PEOPLE_OPTIONS);
  const { choose, cache, signal, onProgress } = options;
  const rate = requireRate('rate', options.rate ?? DEFAULT_IDENTIFY_RATE);
  // Measuring takes long: what cannot be enough, or is too much, is told before.
  requireTrials(options.trials, pictures.length);
  requirePeople(pictures, options.gallerySizes, 'pictures');
  const measured = await measurePictures(
    recognizer,
    pictures.map(({ path }) => path),
    { choose, cache, signal, onProgress },
  );
  const usable = pictures.filter(({ path }) => measured.faces.has(path));
  const { people, enrollable } = requirePeople(
    usable,
    options.gallerySizes,
    `usable pictures${firstUnusable(measured.unusable)}`,
  );
  const faces = usable.map(({ person, path }) => ({
    person,
    embedding: measured.faces.get(path)!.embedding,
  }));
  const sizes = options.gallerySizes?.length ? options.gallerySizes : defaultSizes(enrollable, people);
  const { thresholds, thresholdFrom } = await thresholdsInForce(recognizer);
  const areThresholdsKnown = thresholdFrom !== 'these-pictures';
  const { partLengths } = recipeOf(recognizer.recipe);
  const galleries: GalleryEvaluation[] = [];
  let last: readonly OpenSetProbe[] = [];
  for (const galleryPeople of sizes) {
    const plan = { ...options, galleryPeople, rate, thresholds, partLengths, areThresholdsKnown };
    const { evaluation, probes } = await evaluateGallery(faces, plan);
    galleries.push(evaluation);
    last = probes;
  }
  const distances = (wanted: (probe: OpenSetProbe) => boolean): Float64Array =>
    Float64Array.from(last.filter(wanted), ({ distance }) => distance).sort();
  const mistakes = (
    wanted: (probe: OpenSetProbe) => boolean,
    order: (a: OpenSetProbe, b: OpenSetProbe) => number,
  ): readonly Mistake[] =>
    worstProbes(last.filter(wanted).toSorted(order)).map(({ face, nearestFace, distance }) =>
      mistakeOf(usable[face]!.path, usable[nearestFace]!.path, distance, measured.faces),
    );
  return {
    kind: 'people',
    recipe: recognizer.recipe,
    pictures: pictures.length,
    fromCache: measured.fromCache,
    unusable: measured.unusable,
    people,
    enrollable,
    statedRate: rate,
    thresholdFrom,
    galleries,
    histogram: histogramOf(
      distances(({ right }) => right),
      distances(({ enrolled }) => !enrolled),
    ),
    worst: {
      takenForOne: mistakes(
        ({ right }) => !right,
        (a, b) => a.distance - b.distance,
      ),
      notRecognised: mistakes(
        ({ right }) => right,
        (a, b) => b.distance - a.distance,
      ),
    },
  };
}

/** throws  RangeError */
function requireTrials(trials: number | undefined, pictures: number): void {
  if (trials === undefined) return;
  const most = Math.max(1, Math.floor(MOST_SEARCHES / pictures));
  if (Number.isInteger(trials) && trials >= 1 && trials <= most) return;
  throw new RangeError(
    `Expected a whole number of 1 to ${most} for trials with ${pictures} pictures but received ${trials}`,
  );
}

/** So many that they are enough to tell, and no more than the usual. */
function usualTrials(faces: number): number {
  return Math.max(1, Math.min(DEFAULT_TRIALS, Math.floor(ENOUGH_SEARCHES / faces)));
}

/** throws  AcquaintError('too_few_people') */
function requirePeople(
  pictures: readonly LabelledPicture[],
  sizes: readonly number[] = [1],
  counted: string,
): { readonly people: number; readonly enrollable: number } {
  const counts = new Map<string, number>();
  for (const { person } of pictures) counts.set(person, (counts.get(person) ?? 0) + 1);
  const people = counts.size;
  const enrollable = [...counts.values()].filter((count) => count >= 2).length;
  const enrolled = sizes.reduce((most, size) => Math.max(most, size), 1);
  if (people < LEAST_PEOPLE || people <= enrolled || enrollable < enrolled) {
    throw new AcquaintError(
      'too_few_people',
      `Expected at least ${Math.max(LEAST_PEOPLE, enrolled + 1)} people, ${enrolled} of them with two pictures to be ` +
        `enrolled with one and searched for by the other, but found ${people}, ${enrollable} of them with two ${counted}`,
    );
  }
  return { people, enrollable };
}

/** 10, 100, 1000 …, as long as people are left to be strangers; at least one size. */
function defaultSizes(enrollable: number, people: number): readonly number[] {
  const most = Math.min(enrollable, Math.floor(people / 2));
  const sizes: number[] = [];
  for (let size = 10; size <= most; size *= 10) sizes.push(size);
  return sizes.length > 0 ? sizes : [Math.max(1, most)];
}

interface GalleryPlan extends PeopleOptions {
  readonly galleryPeople: number;
  readonly rate: number;
  readonly thresholds: Thresholds;
  readonly partLengths: readonly number[];
  /** Otherwise they are chosen on the faces. */
  readonly areThresholdsKnown: boolean;
}

async function evaluateGallery(
  faces: readonly LabelledEmbedding[],
  {
    galleryPeople,
    facesPerPerson = DEFAULT_FACES_PER_PERSON,
    trials = usualTrials(faces.length),
    rate,
    thresholds,
    partLengths,
    areThresholdsKnown,
    seed = 1,
    signal,
  }: GalleryPlan,
): Promise<{ readonly evaluation: GalleryEvaluation; readonly probes: readonly OpenSetProbe[] }> {
  const searches = openSetProbes(faces, { galleryPeople, facesPerPerson, trials, seed, partLengths });
  const probes = await runWithBreaks(searches, signal);
  // What is not searched is enrolled.
  const galleryFaces = faces.length - probes.length / trials;
  const size = { people: galleryPeople, faces: Math.round(galleryFaces) };
  const usual = areThresholdsKnown
    ? thresholds.identify(size, rate)
    : (thresholdForStrangersNamed(probes, rate) ?? 0);
  // A curve about 0 would be one point.
  const middle = usual || middleOf(probes);
  const along = Array.from({ length: CURVE_STEPS + 1 }, (_, i) => middle * (0.5 + i / CURVE_STEPS));
  const curve = await runWithBreaks(openSetCurve(probes, along, DEFAULT_MARGIN), signal);
  const evaluation = {
    galleryPeople,
    galleryFaces,
    trials,
    atDefault: openSetRates(probes, usual, DEFAULT_MARGIN),
    curve,
    reliability: reliability(
      probes.flatMap(({ person, distance, right }) => {
        const probability = thresholds.identifyConfidence(size, distance);
        return probability === null ? [] : [{ probability, cameTrue: right, person }];
      }),
    ),
  };
  return { evaluation, probes };
}

/** The median distance of the nearest person; 1 where most are no distance apart. */
function middleOf(probes: readonly OpenSetProbe[]): number {
  const sorted = Float64Array.from(probes, ({ distance }) => distance).sort();
  return sorted[sorted.length >>> 1] || 1;
}

/** The first, each pair of faces once: other trials meet the same. */
function worstProbes(probes: readonly OpenSetProbe[]): readonly OpenSetProbe[] {
  const seen = new Set<string>();
  const worst: OpenSetProbe[] = [];
  for (const probe of probes) {
    const pair = [probe.face, probe.nearestFace].toSorted((a, b) => a - b).join();
    if (!seen.has(pair)) worst.push(probe);
    seen.add(pair);
    if (worst.length === WORST) break;
  }
  return worst;
}
