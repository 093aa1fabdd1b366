import { requireArray, requireFields, requireOptions } from '../core/arguments.ts';
import type { Rect } from '../core/geometry.ts';
import { rectArea } from '../core/geometry.ts';
import type { LivenessReason, LivenessThresholds } from '../core/liveness-decision.ts';
import {
  answersAt,
  type PadCurvePoint,
  type PadRates,
  type PadTrial,
  padCurve,
  padRates,
  type ScoredTrial,
  splitPeople,
  thresholdForAttacks,
} from '../core/pad-rates.ts';
import { AcquaintError, requireNotAborted } from '../errors.ts';
import { defaultConcurrency } from '../recognizer/analysis-pool.ts';
import { mapInOrder } from '../recognizer/map-in-order.ts';
import { PROGRESS_OPTIONS } from '../recognizer/progress-options.ts';
import type { JudgedFace, Recognizer } from '../recognizer/recognizer-api.ts';
import { requireRecognizer } from '../recognizer/require-arguments.ts';
import { firstUnusable, isPictureFailure, type UnusablePicture } from './measure-pictures.ts';

/** A picture of a person before the camera, or of an attack. */
export interface PadPicture {
  readonly person: string;
  /** The kind of attack; null for the person. */
  readonly attack: string | null;
  readonly path: string;
}

export interface PadOptions {
  /** The share of the people whose pictures choose the threshold; the others measure it. Default: none are split. */
  readonly split?: number | undefined;
  /** Where the choice of people begins; the same one chooses the same (default 1). */
  readonly seed?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** One picture that was told wrong. */
export interface PadMistake {
  readonly path: string;
  readonly box: Rect;
  readonly attack: string | null;
  readonly score: number;
}

/** A threshold chosen on some of the people, and what it is worth for the others. */
export interface PadSplit {
  readonly liveFrom: number;
  readonly chosenPeople: number;
  readonly otherPeople: number;
  readonly chosen: PadRates;
  readonly others: PadRates;
}

export interface PadEvaluation {
  readonly kind: 'pad';
  /** null when no face was found in any picture. */
  readonly model: string | null;
  readonly thresholds: LivenessThresholds | null;
  readonly pictures: { readonly live: number; readonly attacks: Readonly<Record<string, number>> };
  readonly people: number;
  readonly unusable: readonly UnusablePicture[];
  /** By the recognizer's own thresholds: live, spoof or no answer. */
  readonly inForce: PadRates;
  /** How often there was no answer, and why. */
  readonly noAnswer: Readonly<Partial<Record<LivenessReason | 'no_face', number>>>;
  /** At the rate of SPLIT_RATE on the people it was chosen on; null where nothing was split. */
  readonly split: PadSplit | null;
  /** Both errors at one threshold after the other. */
  readonly curve: readonly PadCurvePoint[];
  readonly worst: {
    /** Attacks with the highest scores. */
    readonly attacks: readonly PadMistake[];
    /** People before the camera with the lowest. */
    readonly live: readonly PadMistake[];
  };
}

/** A split chooses the threshold at which so many attacks of the worst kind are accepted. */
export const SPLIT_RATE = 0.01;

const WORST = 12;
const PICTURES_IN_WORK = defaultConcurrency() + 1;

/**
 * Detection of attacks measured on labelled pictures, by the largest face of each.
 * throws  AcquaintError('too_few_people') without pictures of people before the camera and of attacks, and with fewer
 *         than two people where they are to be split; 'model_missing', 'aborted'; RangeError unless 0 < split < 1
 */
export async function evaluatePad(
  recognizer: Recognizer,
  pictures: readonly PadPicture[],
  options: PadOptions = {},
): Promise<PadEvaluation> {
  requireRecognizer(recognizer);
  requireArray('pictures', pictures, (name, picture) =>
    requireFields(name, picture, { person: 'string', attack: 'string or null', path: 'string' }),
  );
  requireOptions('evaluatePad', options, { ...PROGRESS_OPTIONS, split: 'number', seed: 'number' });
  const { split, seed = 1 } = options;
  if (split !== undefined && !(split > 0 && split < 1)) {
    throw new RangeError(`Expected a number above 0 and below 1 for split but received ${split}`);
  }
  requireBothSides(pictures, split !== undefined);
  const { measured, unusable } = await judgePictures(recognizer, pictures, options);
  if (measured.length === 0)
    throw tooFew(`none of ${pictures.length} pictures could be read${firstUnusable(unusable)}`);
  const some = measured.find(({ face }) => face !== null)?.face?.liveness;
  const trials = measured.map(({ picture, face }): ScoredTrial => {
    return { person: picture.person, attack: picture.attack, score: face?.liveness.score ?? null };
  });
  return {
    kind: 'pad',
    model: some?.model ?? null,
    thresholds: some?.thresholds ?? null,
    pictures: countsOf(pictures),
    people: new Set(pictures.map(({ person }) => person)).size,
    unusable,
    inForce: padRates(measured.map(trialOf), { seed }),
    noAnswer: reasonsOf(measured),
    split: split === undefined ? null : measureSplit(trials, split, seed),
    curve: padCurve(trials),
    worst: worstOf(measured),
  };
}

/** What was found in one picture; face: the largest, null for none. */
interface JudgedPicture {
  readonly picture: PadPicture;
  readonly face: JudgedFace | null;
}

async function judgePictures(
  recognizer: Recognizer,
  pictures: readonly PadPicture[],
  { signal, onProgress }: PadOptions,
): Promise<{ readonly measured: readonly JudgedPicture[]; readonly unusable: readonly UnusablePicture[] }> {
  const measured: JudgedPicture[] = [];
  const unusable: UnusablePicture[] = [];
  let done = 0;
  const work = (picture: PadPicture) => judgePicture(recognizer, picture, signal);
  for await (const outcome of mapInOrder(pictures, PICTURES_IN_WORK, work)) {
    if ('code' in outcome) unusable.push(outcome);
    else measured.push(outcome);
    onProgress?.(++done, pictures.length);
  }
  return { measured, unusable };
}

async function judgePicture(
  recognizer: Recognizer,
  picture: PadPicture,
  signal: AbortSignal | undefined,
): Promise<JudgedPicture | UnusablePicture> {
  requireNotAborted(signal);
  try {
    const { faces } = await recognizer.liveness(picture.path);
    const [largest] = faces.toSorted((a, b) => rectArea(b.box) - rectArea(a.box));
    return { picture, face: largest ?? null };
  } catch (error) {
    if (!isPictureFailure(error)) throw error;
    return { path: picture.path, code: error.code, message: error.message };
  }
}

function trialOf({ picture: { person, attack }, face }: JudgedPicture): PadTrial {
  const decision = face?.liveness.decision ?? 'unsure';
  return { person, attack, answer: decision === 'unsure' ? 'none' : decision };
}

function reasonsOf(measured: readonly JudgedPicture[]): PadEvaluation['noAnswer'] {
  const counts: Partial<Record<LivenessReason | 'no_face', number>> = {};
  for (const { face } of measured) {
    if (face !== null && face.liveness.decision !== 'unsure') continue;
    const reason = face?.liveness.reason ?? 'no_face';
    counts[reason] = (counts[reason] ?? 0) + 1;
  }
  return counts;
}

/** throws  AcquaintError('too_few_people') where the chosen people leave no threshold */
function measureSplit(trials: readonly ScoredTrial[], share: number, seed: number): PadSplit {
  const { chosen, others } = splitPeople(
    trials.map(({ person }) => person),
    share,
    seed,
  );
  const of = (people: ReadonlySet<string>) => trials.filter(({ person }) => people.has(person));
  const liveFrom = thresholdForAttacks(of(chosen), SPLIT_RATE);
  if (liveFrom === null) throw tooFew('no threshold parts the attacks of the people it was to be chosen on');
  return {
    liveFrom,
    chosenPeople: chosen.size,
    otherPeople: others.size,
    chosen: padRates(answersAt(of(chosen), liveFrom), { seed }),
    others: padRates(answersAt(of(others), liveFrom), { seed }),
  };
}

function worstOf(measured: readonly JudgedPicture[]): PadEvaluation['worst'] {
  const scored = measured.flatMap(({ picture: { path, attack }, face }): readonly PadMistake[] => {
    const score = face?.liveness.score ?? null;
    return face === null || score === null ? [] : [{ path, box: face.box, attack, score }];
  });
  const some = (wanted: (mistake: PadMistake) => boolean, order: (a: PadMistake, b: PadMistake) => number) =>
    scored.filter(wanted).toSorted(order).slice(0, WORST);
  return {
    attacks: some(
      ({ attack }) => attack !== null,
      (a, b) => b.score - a.score,
    ),
    live: some(
      ({ attack }) => attack === null,
      (a, b) => a.score - b.score,
    ),
  };
}

function countsOf(pictures: readonly PadPicture[]): PadEvaluation['pictures'] {
  const attacks: Record<string, number> = {};
  for (const { attack } of pictures) if (attack !== null) attacks[attack] = (attacks[attack] ?? 0) + 1;
  return { live: pictures.filter(({ attack }) => attack === null).length, attacks };
}

function requireBothSides(pictures: readonly PadPicture[], isSplit: boolean): void {
  const { live, attacks } = countsOf(pictures);
  if (live === 0 || Object.keys(attacks).length === 0) {
    throw tooFew('pictures of people before the camera and of attacks are needed');
  }
  if (isSplit && new Set(pictures.map(({ person }) => person)).size < 2) {
    throw tooFew('a split needs two people');
  }
}

function tooFew(why: string): AcquaintError {
  return new AcquaintError('too_few_people', `Expected pictures to measure attacks by but ${why}`);
}
