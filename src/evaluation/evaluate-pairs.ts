import { euclideanDistance } from '../core/distance.ts';
import type { Rect } from '../core/geometry.ts';
import { type Interval, wilsonInterval } from '../core/intervals.ts';
import type { PairDistance } from '../core/pair-distance.ts';
import { qualityScore } from '../core/quality.ts';
import { type ReliabilityBin, reliability } from '../core/reliability.ts';
import {
  distanceSamples,
  equalErrorRate,
  type FoldedAccuracy,
  foldedAccuracy,
  type RatePoint,
  rateCurve,
  ratesAt,
  thresholdForFalseMatchRate,
} from '../core/verification-rates.ts';
import { recipeOf } from '../recognizer/recipes.ts';
import type { Recognizer } from '../recognizer/recognizer-api.ts';
import { DEFAULT_VERIFY_RATE, isMeasured, thresholdsOf } from '../recognizer/thresholds.ts';
import type { MeasuredFace } from './embedding-cache.ts';
import { type MeasureOptions, measurePictures, type UnusablePicture } from './measure-pictures.ts';
import type { PicturePair } from './read-pairs.ts';

/** Two pictures that were told wrong, or nearly. */
export interface Mistake {
  readonly a: FaceInPicture;
  readonly b: FaceInPicture;
  readonly distance: number;
}

export interface FaceInPicture {
  readonly path: string;
  readonly box: Rect;
}

export function mistakeOf(
  a: string,
  b: string,
  distance: number,
  faces: ReadonlyMap<string, MeasuredFace>,
): Mistake {
  return {
    a: { path: a, box: faces.get(a)!.box },
    b: { path: b, box: faces.get(b)!.box },
    distance,
  };
}

/** measured: before, on other pictures; these-pictures: the recipe was never measured, so its rates are no forecast. */
export type ThresholdOrigin = 'measured' | 'these-pictures';

/** How many of one person's pairs are accepted when so many of different people's are. */
export interface AcceptRate {
  readonly falseMatchRate: number;
  readonly threshold: number;
  readonly trueAcceptRate: number;
  readonly interval: Interval;
}

/** Equally wide bins of distances. */
export interface DistanceHistogram {
  readonly from: number;
  readonly binWidth: number;
  readonly same: readonly number[];
  readonly different: readonly number[];
}

/** What refusing the faces of lowest quality is worth. */
export interface RejectionPoint {
  /** Share of the pairs that are refused because of the worse of their faces. */
  readonly refused: number;
  /** Of the rest, at the default threshold. */
  readonly falseNonMatchRate: number;
  readonly falseMatchRate: number;
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
  /** null when a fold has no pairs. */
  readonly accuracy: FoldedAccuracy | null;
  readonly equalErrorRate: number;
  /** At false match rates of 1 %, 0.1 % and so on, as far as there are pairs enough. */
  readonly acceptRates: readonly AcceptRate[];
  /** At the threshold that `verify` takes by default. */
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
const HISTOGRAM_BINS = 60;
const WORST = 12;
const REFUSED_SHARES = [0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3];

/**
 * Verification measured on pairs of pictures whose truth is known.
 * throws  what measurePictures throws; RangeError when no pair of one of the two kinds can be compared
 */
export async function evaluatePairs(
  recognizer: Recognizer,
  pairs: readonly PicturePair[],
  options: MeasureOptions,
): Promise<PairsEvaluation> {
  const measured = await measurePictures(
    recognizer,
    pairs.flatMap(({ a, b }) => [a, b]),
    options,
  );
  const unreadable = new Set(
    measured.unusable.filter(({ code }) => code !== 'no_face').map(({ path }) => path),
  );
  const compared = pairs
    .filter(({ a, b }) => !unreadable.has(a) && !unreadable.has(b))
    .map((pair) => ({ ...pair, ...comparison(measured.faces.get(pair.a), measured.faces.get(pair.b)) }));
  const samples = distanceSamples(compared);
  if (samples.genuine.length === 0 || samples.impostor.length === 0) {
    throw new RangeError(
      `Expected pairs of one person and of different people that can be compared but received ` +
        `${samples.genuine.length} and ${samples.impostor.length}`,
    );
  }
  const recipe = recipeOf(recognizer.recipe);
  const thresholds = thresholdsOf(recipe);
  const usualThreshold = isMeasured(recipe)
    ? thresholds.verify(DEFAULT_VERIFY_RATE)
    : thresholdForFalseMatchRate(samples, DEFAULT_VERIFY_RATE);
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
    acceptRates: RATES.filter((rate) => rate * samples.impostor.length >= 1).map((rate) => {
      const threshold = thresholdForFalseMatchRate(samples, rate);
      const total = samples.genuine.length + samples.genuineMissed;
      const accepted = Math.round((1 - ratesAt(samples, threshold).falseNonMatchRate) * total);
      return {
        falseMatchRate: rate,
        threshold,
        trueAcceptRate: accepted / total,
        interval: wilsonInterval(accepted, total),
      };
    }),
    atDefault: { ...ratesAt(samples, usualThreshold), statedRate: DEFAULT_VERIFY_RATE },
    thresholdFrom: isMeasured(recipe) ? 'measured' : 'these-pictures',
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
  const count = 1 + Math.max(...pairs.map(({ fold }) => fold));
  const folds = Array.from({ length: count }, (_, i) => pairs.filter(({ fold }) => fold === i));
  return count > 1 && folds.every((fold) => fold.length > 0) ? foldedAccuracy(folds) : null;
}

export function histogramOf(same: Float64Array, different: Float64Array): DistanceHistogram {
  const from = Math.min(same[0] ?? 0, different[0] ?? 0);
  const to = Math.max(same.at(-1) ?? 1, different.at(-1) ?? 1);
  const binWidth = (to - from) / HISTOGRAM_BINS || 1;
  const counts = (distances: Float64Array): number[] => {
    const bins = new Array<number>(HISTOGRAM_BINS).fill(0);
    for (const distance of distances) {
      bins[Math.min(HISTOGRAM_BINS - 1, Math.floor((distance - from) / binWidth))]!++;
    }
    return bins;
  };
  return { from, binWidth, same: counts(same), different: counts(different) };
}

function rejectionCurve(
  pairs: readonly (PairDistance & Comparison)[],
  threshold: number,
): readonly RejectionPoint[] {
  const rated = pairs.filter(({ quality }) => quality !== null);
  if (rated.length < pairs.length / 2) return [];
  const bestFirst = rated.toSorted((a, b) => b.quality! - a.quality!);
  return REFUSED_SHARES.map((refused) => {
    const kept = bestFirst.slice(0, Math.ceil(bestFirst.length * (1 - refused)));
    const { falseMatchRate, falseNonMatchRate } = ratesAt(distanceSamples(kept), threshold);
    return { refused, falseMatchRate, falseNonMatchRate };
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
