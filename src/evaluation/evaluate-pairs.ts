import { requireArray, requireFields, requireOptions } from '../core/arguments.ts';
import { euclideanDistance } from '../core/distance.ts';
import { type Interval, wilsonInterval } from '../core/intervals.ts';
import type { PairDistance } from '../core/pair-distance.ts';
import { qualityScore } from '../core/quality.ts';
import { type ReliabilityBin, reliability } from '../core/reliability.ts';
import {
  countAtMost,
  type DistanceSamples,
  distanceSamples,
  equalErrorRate,
  type FoldedAccuracy,
  foldedAccuracy,
  type RatePoint,
  rateCurve,
  ratesAt,
  thresholdForFalseMatchRate,
} from '../core/verification-rates.ts';
import { AcquaintError } from '../errors.ts';
import type { Recognizer } from '../recognizer/recognizer-api.ts';
import { requireRecognizer } from '../recognizer/require-arguments.ts';
import { DEFAULT_VERIFY_RATE, requireRate } from '../recognizer/thresholds.ts';
import { type DistanceHistogram, histogramOf } from './distance-histogram.ts';
import type { MeasuredFace } from './embedding-cache.ts';
import {
  firstUnusable,
  MEASURE_OPTIONS,
  type MeasureOptions,
  measurePictures,
  type UnusablePicture,
} from './measure-pictures.ts';
import { type Mistake, mistakeOf } from './mistake.ts';
import type { PicturePair } from './read-pairs.ts';
import { type ThresholdOrigin, thresholdsInForce } from './thresholds-in-force.ts';

/** How many of one person's pairs are accepted when so many of different people's are. */
export interface AcceptRate {
  readonly falseMatchRate: number;
  readonly threshold: number;
  readonly trueAcceptRate: number;
  readonly interval: Interval;
}

/** What refusing the faces of lowest quality is worth. */
export interface RejectionPoint {
  /** Share of the pairs that are refused because of the worse of their faces. */
  readonly refused: number;
  /** Of the rest, at the default threshold. */
  readonly falseNonMatchRate: number;
  readonly falseMatchRate: number;
}

export interface PairsOptions extends MeasureOptions {
  /** The share of different people that may be taken for one (default DEFAULT_VERIFY_RATE). */
  readonly rate?: number | undefined;
}

export interface PairsEvaluation {
  readonly kind: 'pairs';
  readonly recipe: string;
  readonly pictures: number;
  readonly fromCache: number;
  /** Pictures without a face, and those that could not be read. */
  readonly unusable: readonly UnusablePicture[];
  readonly pairs: {
    readonly same: number;
    readonly different: number;
    /** In which a picture has no face: an error, whatever the pair shows. */
    readonly withoutFace: number;
    /** Left out, because a picture could not be read. */
    readonly leftOut: number;
  };
  /** null when a fold has no pairs, or holds all of one kind. */
  readonly accuracy: FoldedAccuracy | null;
  readonly equalErrorRate: number;
  /** At false match rates of 1 %, 0.1 % and so on, as far as there are pairs enough. */
  readonly acceptRates: readonly AcceptRate[];
  /** At the threshold that `verify` takes for the rate that was asked for. */
  readonly atDefault: RatePoint & { readonly statedRate: number };
  readonly thresholdFrom: ThresholdOrigin;
  readonly curve: readonly RatePoint[];
  readonly histogram: DistanceHistogram;
  readonly reliability: readonly ReliabilityBin[];
  readonly rejection: readonly RejectionPoint[];
  readonly worst: {
    /** Different people, nearest first. */
    readonly takenForOne: readonly Mistake[];
    /** One person, farthest first. */
    readonly notRecognised: readonly Mistake[];
  };
}

const RATES = [0.01, 0.001, 0.0001, 0.00001];
const CURVE_POINTS = 400;
const WORST = 12;
const REFUSED_SHARES = [0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3];

/**
 * Verification measured on pairs of pictures whose truth is known.
 * throws  what measurePictures throws; AcquaintError('bad_pairs') when there is no pair of one of the two kinds, or
 *         none that can be compared; RangeError unless 0 < rate < 1
 */
export async function evaluatePairs(
  recognizer: Recognizer,
  pairs: readonly PicturePair[],
  options: PairsOptions,
): Promise<PairsEvaluation> {
  requireRecognizer(recognizer);
  requireArray('pairs', pairs, (name, pair) =>
    requireFields(name, pair, { a: 'string', b: 'string', same: 'boolean' }),
  );
  requireOptions('evaluatePairs', options, { ...MEASURE_OPTIONS, rate: 'number' });
  const { rate = DEFAULT_VERIFY_RATE, ...measureOptions } = options;
  const statedRate = requireRate('rate', rate);
  requireBothKinds(pairs, '');
  const measured = await measurePictures(
    recognizer,
    pairs.flatMap(({ a, b }) => [a, b]),
    measureOptions,
  );
  const unreadable = new Set(
    measured.unusable.filter(({ code }) => code !== 'no_face').map(({ path }) => path),
  );
  const compared = pairs
    .filter(({ a, b }) => !unreadable.has(a) && !unreadable.has(b))
    .map((pair) => ({ ...pair, ...comparison(measured.faces.get(pair.a), measured.faces.get(pair.b)) }));
  requireBothKinds(
    compared.filter(({ distance }) => distance !== null),
    ` that can be compared${firstUnusable(measured.unusable)}`,
  );
  const samples = distanceSamples(compared);
  const { thresholds, thresholdFrom } = await thresholdsInForce(recognizer);
  const usualThreshold =
    thresholdFrom === 'these-pictures'
      ? // Too few pairs for the rate: the nearest of different people bounds it.
        (thresholdForFalseMatchRate(samples, statedRate) ?? samples.impostor[0]!)
      : thresholds.verify(statedRate);
  return {
    kind: 'pairs',
    recipe: recognizer.recipe,
    pictures: new Set(pairs.flatMap(({ a, b }) => [a, b])).size,
    fromCache: measured.fromCache,
    unusable: measured.unusable,
    pairs: {
      same: compared.filter(({ same }) => same).length,
      different: compared.filter(({ same }) => !same).length,
      withoutFace: samples.genuineMissed + samples.impostorMissed,
      leftOut: pairs.length - compared.length,
    },
    accuracy: accuracyOf(compared),
    equalErrorRate: equalErrorRate(samples),
    acceptRates: RATES.flatMap((rate) => acceptRate(samples, rate)),
    atDefault: { ...ratesAt(samples, usualThreshold), statedRate },
    thresholdFrom,
    curve: rateCurve(samples, CURVE_POINTS),
    histogram: histogramOf(samples.genuine, samples.impostor),
    reliability: reliability(
      compared.flatMap(({ distance, same }) => {
        const probability = distance === null ? null : thresholds.verifyConfidence(distance);
        return probability === null ? [] : [{ probability, cameTrue: same }];
      }),
    ),
    rejection: rejectionCurve(compared, usualThreshold),
    worst: {
      takenForOne: worstOf(
        compared.filter(({ same }) => !same),
        1,
        measured.faces,
      ),
      notRecognised: worstOf(
        compared.filter(({ same }) => same),
        -1,
        measured.faces,
      ),
    },
  };
}

function requireBothKinds(pairs: readonly { readonly same: boolean }[], which: string): void {
  const same = pairs.filter((pair) => pair.same).length;
  if (same > 0 && same < pairs.length) return;
  throw new AcquaintError(
    'bad_pairs',
    `Expected pairs of one person and pairs of different people but found ${same} and ${pairs.length - same}${which}`,
  );
}

/**
 * Nothing where the pairs are too few to show that rate. The interval takes pairs as independent; where the same people and
 * pictures recur in many pairs it is too narrow.
 */
function acceptRate(samples: DistanceSamples, rate: number): readonly AcceptRate[] {
  if (rate * samples.impostor.length < 1) return [];
  const threshold = thresholdForFalseMatchRate(samples, rate);
  if (threshold === null) return [];
  const accepted = countAtMost(samples.genuine, threshold);
  const total = samples.genuine.length + samples.genuineMissed;
  return [
    {
      falseMatchRate: rate,
      threshold,
      trueAcceptRate: accepted / total,
      interval: wilsonInterval(accepted, total),
    },
  ];
}

interface Comparison {
  readonly distance: number | null;
  /** Of the worse face; null when it was not measured. */
  readonly quality: number | null;
}

function comparison(a: MeasuredFace | undefined, b: MeasuredFace | undefined): Comparison {
  if (!a || !b) return { distance: null, quality: null };
  const scores = [qualityScore(a.quality), qualityScore(b.quality)];
  return {
    distance: euclideanDistance(a.embedding, b.embedding),
    quality: scores.some((score) => score === null) ? null : Math.min(...scores.map(Number)),
  };
}

function accuracyOf(pairs: readonly (PairDistance & { readonly fold: number })[]): FoldedAccuracy | null {
  const count = 1 + pairs.reduce((most, { fold }) => Math.max(most, fold), 0);
  const folds = Array.from({ length: count }, (_, i) => pairs.filter(({ fold }) => fold === i));
  // A threshold is chosen on the other folds: both kinds must be left there.
  const foldsWith = (same: boolean): number =>
    folds.filter((fold) => fold.some((pair) => pair.same === same && pair.distance !== null)).length;
  const possible = folds.every((fold) => fold.length > 0) && foldsWith(true) > 1 && foldsWith(false) > 1;
  return possible ? foldedAccuracy(folds) : null;
}

function rejectionCurve(
  pairs: readonly (PairDistance & Comparison)[],
  threshold: number,
): readonly RejectionPoint[] {
  const rated = pairs.filter(({ quality }) => quality !== null);
  if (rated.length < pairs.length / 2) return [];
  const bestFirst = rated.toSorted((a, b) => b.quality! - a.quality!);
  return REFUSED_SHARES.flatMap((refused) => {
    const kept = distanceSamples(bestFirst.slice(0, Math.ceil(bestFirst.length * (1 - refused))));
    if (kept.genuine.length === 0 || kept.impostor.length === 0) return [];
    const { falseMatchRate, falseNonMatchRate } = ratesAt(kept, threshold);
    return [{ refused, falseMatchRate, falseNonMatchRate }];
  });
}

/** The first by their distance times `sign`. */
function worstOf(
  pairs: readonly (PicturePair & Comparison)[],
  sign: 1 | -1,
  faces: ReadonlyMap<string, MeasuredFace>,
): readonly Mistake[] {
  return pairs
    .flatMap(({ a, b, distance }) => (distance === null ? [] : [{ a, b, distance }]))
    .toSorted((one, other) => sign * (one.distance - other.distance))
    .slice(0, WORST)
    .map(({ a, b, distance }) => mistakeOf(a, b, distance, faces));
}
