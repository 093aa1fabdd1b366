import { requireKind, requireOptions } from '../core/arguments.ts';
import { type Calibration, calibrate, LEAST_PEOPLE } from '../core/calibration.ts';
import {
  distanceForRate,
  effectiveComparisons,
  type FalseMatchCurve,
  rateForDistance,
  rateOfAny,
  rateOfEach,
} from '../core/false-matches.ts';
import { probabilityOfSame } from '../core/likelihood.ts';
import type { LabelledEmbedding } from '../core/open-set.ts';
import type { Steps } from '../core/steps.ts';
import { AcquaintError } from '../errors.ts';
import { EVIDENCE } from './evidence.ts';
import { type Recipe, recipeOf } from './recipes.ts';

/** `verify`: of the pairs of different people this share is taken for one person. */
export const DEFAULT_VERIFY_RATE = 0.001;

/** `identify`: of the strangers who come by this share is given a name. */
export const DEFAULT_IDENTIFY_RATE = 0.01;

/** A match must be nearer than the next person by this much; below it, who it is cannot be told. */
export const DEFAULT_MARGIN = 0.02;

/** How many are enrolled. */
export interface GallerySize {
  readonly people: number;
  readonly faces: number;
}

/** Distances and the rates they stand for, for one recipe and, where there is one, by a calibration. */
export interface Thresholds {
  /** Whether a calibration has moved them. */
  readonly calibrated: boolean;
  /** Greatest distance of two pictures of one person. throws  AcquaintError('threshold_unknown') */
  verify(rate: number): number;
  /** The share of the pairs of different people that are at most so far apart; null when nothing was measured. */
  verifyRate(distance: number): number | null;
  /** Greatest distance of a match in a gallery of that size: it falls as people are added. throws  as verify */
  identify(size: GallerySize, rate: number): number;
  /** The share of strangers who are named in a gallery of that size at that threshold; null as verifyRate. */
  identifyRate(size: GallerySize, distance: number): number | null;
  /**
   * Probability that two faces so far apart are one person's, when half of such pairs are; null for a recipe nobody has
   * measured, calibrated or not: a calibration meets strangers only.
   */
  verifyConfidence(distance: number): number | null;
  /**
   * Probability that the nearest person so far away is the right one, when half of those who come are enrolled; null
   * as verifyConfidence.
   */
  identifyConfidence(size: GallerySize, distance: number): number | null;
}

/** Whether thresholds for this recipe were measured before it was handed out. */
export function isMeasured({ space }: Recipe): boolean {
  return Object.hasOwn(EVIDENCE, space);
}

/** Of a recipe nobody has measured, those of its calibration; without one there are none. */
export function thresholdsOf(recipe: Recipe, calibration: Calibration | null = null): Thresholds {
  if (calibration === null && !isMeasured(recipe)) return unknownThresholds(recipe);
  const falseMatches = falseMatchesOf(recipe);
  const likelihood = isMeasured(recipe) ? EVIDENCE[recipe.space]!.likelihood : null;
  const { verifyOffset, identifyOffset } = calibration ?? { verifyOffset: 0, identifyOffset: 0 };
  const comparisons = ({ people, faces }: GallerySize): number =>
    Math.max(1, effectiveComparisons(people, faces));
  return {
    calibrated: calibration !== null,
    verify: (rate) => distanceForRate(falseMatches, rate) + verifyOffset,
    verifyRate: (distance) => rateForDistance(falseMatches, distance - verifyOffset),
    identify: (size, rate) =>
      distanceForRate(falseMatches, rateOfEach(rate, comparisons(size))) + identifyOffset,
    identifyRate: (size, distance) =>
      rateOfAny(rateForDistance(falseMatches, distance - identifyOffset), comparisons(size)),
    verifyConfidence: (distance) => likelihood && probabilityOfSame(likelihood, distance - verifyOffset, 1),
    identifyConfidence: (size, distance) =>
      likelihood && probabilityOfSame(likelihood, distance - identifyOffset, comparisons(size)),
  };
}

function unknownThresholds({ id }: Recipe): Thresholds {
  const refuse = (): never => {
    throw new AcquaintError(
      'threshold_unknown',
      `Expected a threshold or a calibration for ${id}, whose distances nobody has measured yet: calibrate with ` +
        'pictures of ten people at least (acquaint calibrate), or say a distance (--threshold)',
    );
  };
  const unknown = (): null => null;
  return {
    calibrated: false,
    verify: refuse,
    verifyRate: unknown,
    identify: refuse,
    identifyRate: unknown,
    verifyConfidence: unknown,
    identifyConfidence: unknown,
  };
}

/** throws  AcquaintError('too_few_people') */
export function calibrateThresholds(recipe: Recipe, faces: readonly LabelledEmbedding[]): Steps<Calibration> {
  requireEnoughPeople(new Set(faces.map(({ person }) => person)).size);
  return calibrate(faces, falseMatchesOf(recipe), recipe.partLengths);
}

/** Whether a calibration can come of so many people, to be known before measuring. throws  AcquaintError('too_few_people') */
export function requireEnoughPeople(people: number): void {
  requireKind('people', 'number', people);
  if (people >= LEAST_PEOPLE) return;
  throw new AcquaintError(
    'too_few_people',
    `Expected faces of at least ${LEAST_PEOPLE} people to calibrate with but received ${people}; until then the general thresholds hold`,
  );
}

/**
 * Of a recipe nobody has measured, that of another net whose embeddings are unit vectors: a calibration moves it to where
 * strangers were met. Near the rates it was measured at it is right, far from them the borrowed shape is a guess.
 */
const LIKE_UNMEASURED = 'mobilefacenet-512+mirror';

function falseMatchesOf({ space }: Recipe): FalseMatchCurve {
  return (EVIDENCE[space] ?? EVIDENCE[LIKE_UNMEASURED]!).falseMatches;
}

/**
 * The greatest distance of a match by default: among so many people, with a recipe and a share of strangers that may
 * be named.
 * throws  RangeError unless people is a whole number of at least 0, faces of at least people, 0 < rate < 1;
 *         TypeError for an unknown recipe; AcquaintError('threshold_unknown') for one that nobody has measured
 */
export function identifyThreshold(
  people: number,
  options: {
    readonly faces?: number | undefined;
    readonly rate?: number | undefined;
    readonly recipe: string;
  },
): number {
  requireOptions('identifyThreshold', options, { faces: 'number', rate: 'number', recipe: 'string' });
  const { faces = people, rate = DEFAULT_IDENTIFY_RATE, recipe } = options;
  if (!Number.isInteger(people) || people < 0) {
    throw new RangeError(`Expected a whole number of at least 0 for people but received ${people}`);
  }
  if (!Number.isInteger(faces) || faces < people) {
    throw new RangeError(`Expected a whole number of at least ${people} for faces but received ${faces}`);
  }
  return thresholdsOf(recipeOf(recipe)).identify({ people, faces }, requireRate('rate', rate));
}

/** The greatest distance of two pictures of one person by default. throws  as identifyThreshold */
export function verifyThreshold(options: {
  readonly rate?: number | undefined;
  readonly recipe: string;
}): number {
  requireOptions('verifyThreshold', options, { rate: 'number', recipe: 'string' });
  const { rate = DEFAULT_VERIFY_RATE, recipe } = options;
  return thresholdsOf(recipeOf(recipe)).verify(requireRate('rate', rate));
}

/** throws  RangeError unless 0 < rate < 1 */
export function requireRate(name: string, rate: number): number {
  if (typeof rate === 'number' && rate > 0 && rate < 1) return rate;
  throw new RangeError(`Expected a number above 0 and below 1 for ${name} but received ${String(rate)}`);
}
