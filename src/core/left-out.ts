import { euclideanDistance } from './distance.ts';
import type { Interval } from './intervals.ts';
import { personMean } from './person-mean.ts';
import { type Share, shareNamed, shareOf } from './share.ts';
import type { Steps } from './steps.ts';

/** An enrolled face that is searched for as if it were not enrolled. */
export interface LeftOutProbe {
  readonly person: string;
  /** Distance of what is left of its person; null where nothing is. */
  readonly own: number | null;
  /** The nearest of all other people; null where there is nobody else. */
  readonly other: { readonly person: string; readonly distance: number } | null;
}

/** What goes wrong when the nearest person within `threshold` is named. A rate is null where nothing was counted. */
export interface LeftOutRates {
  readonly threshold: number;
  /** FPIR: the share of the faces that would be taken for somebody else if their person were not enrolled. */
  readonly falsePositiveRate: number | null;
  readonly falsePositiveInterval: Interval | null;
  /** FNIR: the share of the faces whose person is farther than the threshold, or farther than somebody else. */
  readonly falseNegativeRate: number | null;
  readonly falseNegativeInterval: Interval | null;
}

/**
 * How far a face is from a person, as a search counts it: the distance of the nearest photo or, with several, of their
 * mean, whichever is less; null for a person without photos.
 */
export function personDistance(
  face: Float32Array,
  photos: readonly Float32Array[],
  partLengths: readonly number[],
): number | null {
  if (photos.length === 0) return null;
  const mean = personMean(photos, partLengths);
  const rows = mean ? [...photos, mean] : photos;
  return rows.reduce((least, row) => Math.min(least, euclideanDistance(face, row)), Number.POSITIVE_INFINITY);
}

/**
 * The rates of open-set identification (ISO/IEC 19795-1) at each of the thresholds, without a margin; 95 % intervals over
 * people.
 * people  everybody in the gallery
 */
export function* leftOutRates(
  probes: readonly LeftOutProbe[],
  people: readonly string[],
  thresholds: readonly number[],
): Steps<readonly LeftOutRates[]> {
  const mated = probes.filter(({ own }) => own !== null);
  const strangers = probes.flatMap(({ person, other }) =>
    other ? [{ person, nearestPerson: other.person, distance: other.distance }] : [],
  );
  const searches = new Map(people.map((person) => [person, strangers.length / people.length]));
  const rates: LeftOutRates[] = [];
  for (const threshold of thresholds) {
    const named = shareNamed(strangers, ({ distance }) => distance <= threshold, searches);
    const missed = shareOf(mated, (probe) => isMissed(probe, threshold));
    rates.push({
      threshold,
      falsePositiveRate: rateOf(named),
      falsePositiveInterval: intervalOf(named),
      falseNegativeRate: rateOf(missed),
      falseNegativeInterval: intervalOf(missed),
    });
    yield;
  }
  return rates;
}

function isMissed({ own, other }: LeftOutProbe, threshold: number): boolean {
  return own! > threshold || (other !== null && other.distance < own!);
}

function rateOf({ total, rate }: Share): number | null {
  return total === 0 ? null : rate;
}

function intervalOf({ total, interval }: Share): Interval | null {
  return total === 0 ? null : interval;
}
