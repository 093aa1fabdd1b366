import { distanceForRate, effectiveComparisons, type FalseMatchCurve, rateOfEach } from './false-matches.ts';
import { impostorDistances } from './impostor-pairs.ts';
import { type LabelledEmbedding, strangerProbes } from './open-set.ts';
import type { Steps } from './steps.ts';

/** What thresholds become on a user's own pictures: the general curve, moved. */
export interface Calibration {
  /** Added to the distance of two pictures' threshold. */
  readonly verifyOffset: number;
  /** Added to the threshold of an identification. */
  readonly identifyOffset: number;
  readonly evidence: CalibrationEvidence;
}

export interface CalibrationEvidence {
  readonly people: number;
  readonly faces: number;
  /** Pairs of different people, MOST_PAIRS at most, and the rate of false matches they were measured at. */
  readonly impostorPairs: number;
  readonly verifyRate: number;
  readonly verifyThreshold: number;
  /** Searches of somebody among all others, and the rate of false names they were measured at. */
  readonly strangerSearches: number;
  readonly identifyRate: number;
  readonly identifyThreshold: number;
}

/** Fewer tell nothing about strangers: with ten people each meets nine others. */
export const LEAST_PEOPLE = 10;

/** The rates to measure at, where there is evidence enough. */
const VERIFY_RATE = 0.001;
const IDENTIFY_RATE = 0.01;
/** A rate is measured from so many errors at least; with fewer it is a guess. */
const LEAST_ERRORS = 5;
/** More pairs take long and say no more: at 0.1 % these give 2000 errors. */
export const MOST_PAIRS = 2_000_000;
/** At 1 % they give 40 errors. */
const MOST_SEARCHES = 4000;

/**
 * Measures on labelled faces how near strangers come and moves the general curve to it. The shape of the curve is
 * kept: a user's hundred people say where it lies, not how it runs at one in a million.
 * curve, partLengths  of the embeddings' recipe (`personMean` has partLengths)
 * throws  RangeError with fewer than LEAST_PEOPLE people
 */
export function* calibrate(
  faces: readonly LabelledEmbedding[],
  curve: FalseMatchCurve,
  partLengths: readonly number[],
): Steps<Calibration> {
  const people = new Set(faces.map(({ person }) => person)).size;
  if (people < LEAST_PEOPLE) {
    throw new RangeError(`Expected faces of at least ${LEAST_PEOPLE} people but received ${people}`);
  }
  const pairs = yield* impostorDistances(faces, MOST_PAIRS);
  const verifyRate = Math.max(VERIFY_RATE, LEAST_ERRORS / pairs.length);
  const verifyThreshold = quantileBelow(pairs, verifyRate);
  const probes = yield* strangerProbes(faces, partLengths, MOST_SEARCHES);
  const searches = Float64Array.from(probes, ({ distance }) => distance).sort();
  const identifyRate = Math.max(IDENTIFY_RATE, LEAST_ERRORS / searches.length);
  const identifyThreshold = quantileBelow(searches, identifyRate);
  // Each was searched for among all others.
  const others = effectiveComparisons(people - 1, (faces.length * (people - 1)) / people);
  return {
    verifyOffset: verifyThreshold - distanceForRate(curve, verifyRate),
    identifyOffset: identifyThreshold - distanceForRate(curve, rateOfEach(identifyRate, others)),
    evidence: {
      people,
      faces: faces.length,
      impostorPairs: pairs.length,
      verifyRate,
      verifyThreshold,
      strangerSearches: searches.length,
      identifyRate,
      identifyThreshold,
    },
  };
}

/** The largest value with at most that share of the sorted values, one more counted in, at or below it. */
function quantileBelow(sorted: Float64Array, rate: number): number {
  const allowed = Math.max(1, Math.floor(rate * (sorted.length + 1)));
  return (sorted[allowed - 1]! + sorted[Math.min(allowed, sorted.length - 1)]!) / 2;
}
