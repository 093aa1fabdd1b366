import { evenOddsDistance } from './even-odds.ts';
import type { PairDistance } from './pair-distance.ts';

/** What goes wrong when pairs of at most `threshold` count as one person. */
export interface RatePoint {
  readonly threshold: number;
  /** Share of the pairs of different people that are taken for one person (ISO/IEC 19795-1). */
  readonly falseMatchRate: number;
  /** Share of the pairs of one person that are not; a pair without a distance is one of them. */
  readonly falseNonMatchRate: number;
}

/** The sorted distances that rates are counted from. */
export interface DistanceSamples {
  readonly genuine: Float64Array;
  readonly impostor: Float64Array;
  /** Pairs of one person without a distance: never matched. */
  readonly genuineMissed: number;
  /** Pairs of different people without a distance: no match, and left out of the rates. */
  readonly impostorMissed: number;
}

export function distanceSamples(pairs: readonly PairDistance[]): DistanceSamples {
  const sorted = (same: boolean): Float64Array =>
    Float64Array.from(
      pairs.flatMap((pair) => (pair.same === same && pair.distance !== null ? [pair.distance] : [])),
    ).sort();
  const missed = (same: boolean): number =>
    pairs.filter((pair) => pair.same === same && pair.distance === null).length;
  return {
    genuine: sorted(true),
    impostor: sorted(false),
    genuineMissed: missed(true),
    impostorMissed: missed(false),
  };
}

/** How many of the sorted values are at most `limit`. */
export function countAtMost(sorted: Float64Array, limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The rates at one threshold; NaN where there are no such pairs. */
export function ratesAt(samples: DistanceSamples, threshold: number): RatePoint {
  const genuinePairs = samples.genuine.length + samples.genuineMissed;
  return {
    threshold,
    falseMatchRate: countAtMost(samples.impostor, threshold) / samples.impostor.length,
    falseNonMatchRate: 1 - countAtMost(samples.genuine, threshold) / genuinePairs,
  };
}

/**
 * The largest measured distance at which no more than that share of the pairs of different people match; 0 when the
 * nearest pair of all is one too many; null when too many lie at 0, where no distance is strict enough.
 * requires  0 <= falseMatchRate <= 1
 */
export function thresholdForFalseMatchRate(samples: DistanceSamples, falseMatchRate: number): number | null {
  const { genuine, impostor } = samples;
  const firstTooMany = impostor[Math.floor(falseMatchRate * impostor.length + 1e-9)];
  if (firstTooMany === undefined) return Math.max(genuine.at(-1) ?? 0, impostor.at(-1) ?? 0);
  if (firstTooMany === 0) return null;
  const below = (sorted: Float64Array): number => {
    let count = countAtMost(sorted, firstTooMany);
    while (count > 0 && sorted[count - 1] === firstTooMany) count--;
    return sorted[count - 1] ?? 0;
  };
  return Math.max(below(genuine), below(impostor));
}

/** The rates at `count` thresholds, evenly spread over the ranks of all distances, nearest first. */
export function rateCurve(samples: DistanceSamples, count: number): readonly RatePoint[] {
  const distances = Float64Array.from([...samples.genuine, ...samples.impostor]).sort();
  if (distances.length === 0) return [];
  const steps = Math.min(count, distances.length);
  const thresholds = new Set<number>();
  for (let i = 0; i < steps; i++) {
    thresholds.add(distances[Math.round((i * (distances.length - 1)) / Math.max(1, steps - 1))]!);
  }
  // The rare false matches are what a curve on a logarithmic axis shows: none of the first is left out.
  for (const distance of samples.impostor.subarray(0, count)) thresholds.add(distance);
  return [...thresholds].sort((a, b) => a - b).map((threshold) => ratesAt(samples, threshold));
}

/** Where both rates are the same, or come nearest to it: their mean there; NaN without both kinds of distances. */
export function equalErrorRate(samples: DistanceSamples): number {
  let best = { gap: Number.POSITIVE_INFINITY, rate: Number.NaN };
  for (const threshold of [0, ...samples.genuine, ...samples.impostor]) {
    const { falseMatchRate, falseNonMatchRate } = ratesAt(samples, threshold);
    const gap = Math.abs(falseMatchRate - falseNonMatchRate);
    if (gap < best.gap) best = { gap, rate: (falseMatchRate + falseNonMatchRate) / 2 };
  }
  return best.rate;
}

/** Accuracy of one fold of pairs at a threshold that was chosen on all others. */
export interface FoldAccuracy {
  readonly threshold: number;
  readonly accuracy: number;
}

export interface FoldedAccuracy {
  readonly mean: number;
  /** Of the folds' accuracies around their mean. */
  readonly standardDeviation: number;
  /** Of the mean: the deviation divided by the root of the number of folds, as LFW's results are given. */
  readonly standardError: number;
  readonly folds: readonly FoldAccuracy[];
}

/**
 * The protocol of LFW (Huang et al., 2007): the threshold of each fold is chosen on the other folds, so that nothing
 * is measured on the pairs it was chosen with: where a logistic regression on them gives even odds. A pair without a
 * distance is an error whatever it shows.
 * requires  at least two folds, none empty; both kinds of pairs outside each
 */
export function foldedAccuracy(folds: readonly (readonly PairDistance[])[]): FoldedAccuracy {
  const results = folds.map((fold, i) => {
    const threshold = evenOddsDistance(folds.filter((_, other) => other !== i).flat());
    return { threshold, accuracy: accuracyAt(fold, threshold) };
  });
  const mean = results.reduce((sum, { accuracy }) => sum + accuracy, 0) / results.length;
  const squares = results.reduce((sum, { accuracy }) => sum + (accuracy - mean) ** 2, 0);
  // A sample's: of n folds n - 1 differ freely from their mean.
  const standardDeviation = Math.sqrt(squares / (results.length - 1));
  return {
    mean,
    standardDeviation,
    standardError: standardDeviation / Math.sqrt(results.length),
    folds: results,
  };
}

/** Share of the pairs that the threshold tells right. */
export function accuracyAt(pairs: readonly PairDistance[], threshold: number): number {
  const right = pairs.filter(({ distance, same }) => distance !== null && distance <= threshold === same);
  return right.length / pairs.length;
}
