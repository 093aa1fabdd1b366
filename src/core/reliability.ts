import { type Interval, wilsonInterval } from './intervals.ts';

/** A stated probability and what came true. */
export interface Prediction {
  /** 0 to 1. */
  readonly probability: number;
  readonly cameTrue: boolean;
  /** Whose picture it is about: the predictions about one person are no independent trials (default: each is). */
  readonly person?: string;
}

/** Predictions of about the same probability, as a point of a reliability plot (DeGroot and Fienberg, 1983). */
export interface ReliabilityBin {
  /** Mean of the stated probabilities. */
  readonly stated: number;
  /** Share that came true, both outcomes weighed as if they were equally many. */
  readonly observed: number;
  readonly interval: Interval;
  readonly count: number;
}

const BIN_EDGES = [0, 0.02, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.98, 1];

/**
 * How honest probabilities are that were stated as if both outcomes were equally likely beforehand: a set with more
 * of one kind is weighed to that. Bins without predictions are left out; there are none where all came true, or nothing.
 */
export function reliability(predictions: readonly Prediction[]): readonly ReliabilityBin[] {
  const truths = predictions.filter(({ cameTrue }) => cameTrue).length;
  if (truths === 0 || truths === predictions.length) return [];
  const weight = {
    yes: predictions.length / 2 / truths,
    no: predictions.length / 2 / (predictions.length - truths),
  };
  return BIN_EDGES.slice(0, -1).flatMap((low, i) => {
    const high = BIN_EDGES[i + 1]!;
    const inside = predictions.filter(
      ({ probability }) => probability >= low && (probability < high || high === 1),
    );
    if (inside.length === 0) return [];
    const reweighted = (share: number): number =>
      (share * weight.yes) / (share * weight.yes + (1 - share) * weight.no);
    const share = inside.filter(({ cameTrue }) => cameTrue).length / inside.length;
    const trials = independentTrials(inside);
    const interval = wilsonInterval(share * trials, trials);
    const weights = inside.reduce((sum, { cameTrue }) => sum + (cameTrue ? weight.yes : weight.no), 0);
    const stated = inside.reduce(
      (sum, { probability, cameTrue }) => sum + probability * (cameTrue ? weight.yes : weight.no),
      0,
    );
    return [
      {
        stated: stated / weights,
        observed: reweighted(share),
        // What was counted is uncertain; the weights are not, and keep the order.
        interval: { low: reweighted(interval.low), high: reweighted(interval.high) },
        count: inside.length,
      },
    ];
  });
}

/** Each person counts once, as if all predictions about one had the same outcome: rather too few than too many. */
function independentTrials(predictions: readonly Prediction[]): number {
  const people = new Set<string>();
  let alone = 0;
  for (const { person } of predictions) {
    if (person === undefined) alone++;
    else people.add(person);
  }
  return alone + people.size;
}
