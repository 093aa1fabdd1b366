import { groupedBy } from './grouped-by.ts';
import { type Interval, type PersonCount, peopleInterval } from './intervals.ts';
import { createRandom, type Random, shuffled } from './random.ts';

/** One presentation to a detector of attacks, and what it answered (ISO/IEC 30107-3). */
export interface PadTrial {
  /** Whose face is shown, by the person or by the attack. */
  readonly person: string;
  /** The kind of attack: `print`; null for a person before the camera. */
  readonly attack: string | null;
  /** none: no face was found, or the answer was unsure. */
  readonly answer: 'live' | 'spoof' | 'none';
}

/** A share with the interval in which it lies for other people, 95 times of 100. */
export interface PadRate {
  readonly rate: number;
  readonly interval: Interval;
  readonly counted: number;
  readonly tried: number;
}

export interface AttackRates {
  readonly attack: string;
  /** APCER: of the attacks with an answer, those taken for a person before the camera. */
  readonly accepted: PadRate;
  /** APNRR: attacks without an answer. */
  readonly noAnswer: PadRate;
}

export interface PadRates {
  /** By kind, the worst first. */
  readonly attacks: readonly AttackRates[];
  /** BPCER: of the people before the camera with an answer, those taken for an attack. */
  readonly refused: PadRate;
  /** BPNRR: people before the camera without an answer. */
  readonly noAnswer: PadRate;
  /** People before the camera who are not let in, for either reason. */
  readonly notLetIn: PadRate;
  /** ACER: the mean of the worst kind's APCER and of BPCER. */
  readonly average: { readonly rate: number; readonly interval: Interval };
}

export interface PadRatesOptions {
  /** Where drawing people begins (default 1). */
  readonly seed?: number | undefined;
  /** How often people are drawn (default 2000). */
  readonly draws?: number | undefined;
}

const DEFAULT_DRAWS = 2000;

/**
 * The rates of ISO/IEC 30107-3. Their intervals come from drawing people anew, with all that is shown of each (bootstrap
 * over people: Efron and Tibshirani, 1993). Where nothing or everything counted no draw differs: each person is one trial
 * then, as in `peopleInterval`. A rate of nothing is NaN.
 */
export function padRates(
  trials: readonly PadTrial[],
  { seed = 1, draws = DEFAULT_DRAWS }: PadRatesOptions = {},
): PadRates {
  const people = [...groupedBy(trials, ({ person }) => person).values()];
  const drawn = drawPeople(people.length, draws, createRandom(seed));
  const rate = (tries: Test, counts: Test): PadRate => padRate(people, drawn, tries, counts);
  const kinds = new Set(trials.flatMap(({ attack }) => attack ?? []));
  const attacks = [...kinds].map((kind): AttackRates => {
    const isKind: Test = ({ attack }) => attack === kind;
    return {
      attack: kind,
      accepted: rate((trial) => isKind(trial) && isAnswered(trial), isTakenForLive),
      noAnswer: rate(isKind, (trial) => !isAnswered(trial)),
    };
  });
  const sorted = attacks.toSorted((a, b) => orZero(b.accepted.rate) - orZero(a.accepted.rate));
  const refused = rate(
    (trial) => isBonaFide(trial) && isAnswered(trial),
    ({ answer }) => answer === 'spoof',
  );
  return {
    attacks: sorted,
    refused,
    noAnswer: rate(isBonaFide, (trial) => !isAnswered(trial)),
    notLetIn: rate(isBonaFide, (trial) => !isTakenForLive(trial)),
    average: average(people, drawn, sorted, refused),
  };
}

type Test = (trial: PadTrial) => boolean;
const isBonaFide: Test = ({ attack }) => attack === null;
const isAnswered: Test = ({ answer }) => answer !== 'none';
const isTakenForLive: Test = ({ answer }) => answer === 'live';

function orZero(rate: number): number {
  return Number.isNaN(rate) ? 0 : rate;
}

/** Each draw: the numbers of so many people as there are, some several times. */
function drawPeople(people: number, draws: number, random: Random): readonly Uint32Array[] {
  return Array.from({ length: draws }, () =>
    Uint32Array.from({ length: people }, () => Math.floor(random() * people)),
  );
}

type People = readonly (readonly PadTrial[])[];

function countsOf(people: People, tries: Test, counts: Test): readonly PersonCount[] {
  return people.map((trials) => {
    const tried = trials.filter(tries);
    return { tried: tried.length, counted: tried.filter(counts).length };
  });
}

function shareOf(counts: readonly PersonCount[], drawn: Iterable<number>): number {
  let [counted, tried] = [0, 0];
  for (const person of drawn) {
    counted += counts[person]!.counted;
    tried += counts[person]!.tried;
  }
  return counted / tried;
}

function padRate(people: People, draws: readonly Uint32Array[], tries: Test, counts: Test): PadRate {
  const perPerson = countsOf(people, tries, counts);
  const tried = perPerson.reduce((sum, each) => sum + each.tried, 0);
  const counted = perPerson.reduce((sum, each) => sum + each.counted, 0);
  const isMixed = counted > 0 && counted < tried;
  const interval = isMixed
    ? middle95(draws.map((drawn) => shareOf(perPerson, drawn)))
    : peopleInterval(perPerson.filter((each) => each.tried > 0));
  return { rate: counted / tried, interval, counted, tried };
}

/** Worst kind and people before the camera, drawn together; without errors on one side its own interval counts. */
function average(
  people: People,
  draws: readonly Uint32Array[],
  attacks: readonly AttackRates[],
  refused: PadRate,
): PadRates['average'] {
  const kinds = attacks.map(({ attack }) =>
    countsOf(people, (trial) => trial.attack === attack && isAnswered(trial), isTakenForLive),
  );
  const bonaFide = countsOf(
    people,
    (trial) => isBonaFide(trial) && isAnswered(trial),
    ({ answer }) => answer === 'spoof',
  );
  const worst = attacks[0]?.accepted;
  const rates = draws.map(
    (drawn) => (Math.max(...kinds.map((kind) => shareOf(kind, drawn))) + shareOf(bonaFide, drawn)) / 2,
  );
  const drawn = middle95(rates);
  // No draw knows the errors that did not happen.
  const unseen =
    ((worst?.counted ? worst.rate : (worst?.interval.high ?? 1)) +
      (refused.counted ? refused.rate : refused.interval.high)) /
    2;
  return {
    rate: worst ? (worst.rate + refused.rate) / 2 : Number.NaN,
    interval: { low: drawn.low, high: Math.max(drawn.high, unseen) },
  };
}

/** The 2.5 and 97.5 percentile; draws without a single trial say nothing. */
function middle95(rates: readonly number[]): Interval {
  const sorted = rates.filter((rate) => !Number.isNaN(rate)).sort((a, b) => a - b);
  if (sorted.length === 0) return { low: 0, high: 1 };
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))]!;
  return { low: at(0.025), high: at(0.975) };
}

/** A presentation and its score; null where there is none. */
export interface ScoredTrial {
  readonly person: string;
  readonly attack: string | null;
  readonly score: number | null;
}

/** The answers when scores from `liveFrom` on are live and all below are not. */
export function answersAt(trials: readonly ScoredTrial[], liveFrom: number): readonly PadTrial[] {
  return trials.map(({ person, attack, score }) => {
    const answer = score === null ? 'none' : score >= liveFrom ? 'live' : 'spoof';
    return { person, attack, answer };
  });
}

/**
 * The threshold at which no kind of attack is accepted more often than `rate`: half way from the highest score that has
 * to be refused to the next one above it. null without attacks that have scores, or where nothing lies above.
 * requires  0 <= rate < 1
 */
export function thresholdForAttacks(trials: readonly ScoredTrial[], rate: number): number | null {
  const scored = trials.filter((trial) => trial.score !== null) as readonly (ScoredTrial & {
    readonly score: number;
  })[];
  const kinds = groupedBy(
    scored.filter(({ attack }) => attack !== null),
    ({ attack }) => attack,
  );
  if (kinds.size === 0) return null;
  const highest = Math.max(
    ...[...kinds.values()].map((kind) => {
      const scores = kind.map(({ score }) => score).sort((a, b) => b - a);
      return scores[Math.floor(rate * scores.length + 1e-9)]!;
    }),
  );
  const above = scored.map(({ score }) => score).filter((score) => score > highest);
  return above.length === 0 ? null : (highest + Math.min(...above)) / 2;
}

export interface PadCurvePoint {
  readonly liveFrom: number;
  /** Of the worst kind of attack. */
  readonly attacksAccepted: number;
  readonly liveRefused: number;
}

/** Both errors at every score that occurs, from lenient to strict; empty unless both sides have scores. */
export function padCurve(trials: readonly ScoredTrial[]): readonly PadCurvePoint[] {
  const scores = (attack: string | null): readonly number[] =>
    trials.flatMap((trial) => (trial.attack === attack ? (trial.score ?? []) : []));
  const live = scores(null);
  const kinds = [...new Set(trials.flatMap(({ attack }) => attack ?? []))]
    .map(scores)
    .filter(({ length }) => length > 0);
  if (live.length === 0 || kinds.length === 0) return [];
  const thresholds = [...new Set([...live, ...kinds.flat()])].sort((a, b) => a - b);
  return thresholds.map((liveFrom) => ({
    liveFrom,
    attacksAccepted: Math.max(...kinds.map((kind) => shareFrom(kind, liveFrom))),
    liveRefused: 1 - shareFrom(live, liveFrom),
  }));
}

function shareFrom(scores: readonly number[], limit: number): number {
  return scores.filter((score) => score >= limit).length / scores.length;
}

/**
 * Some of the people, and the others.
 * requires  0 < share < 1, two people or more
 * ensures   nobody on both sides, and somebody on each
 */
export function splitPeople(
  people: readonly string[],
  share: number,
  seed: number,
): { readonly chosen: ReadonlySet<string>; readonly others: ReadonlySet<string> } {
  const order = shuffled([...new Set(people)].sort(), createRandom(seed));
  const count = Math.max(1, Math.min(order.length - 1, Math.round(share * order.length)));
  return { chosen: new Set(order.slice(0, count)), others: new Set(order.slice(count)) };
}
