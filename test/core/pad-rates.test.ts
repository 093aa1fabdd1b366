import { describe, expect, it } from 'vitest';
import {
  answersAt,
  type PadTrial,
  padCurve,
  padRates,
  type ScoredTrial,
  splitPeople,
  thresholdForAttacks,
} from '../../src/core/pad-rates.ts';

/** So many trials of one person with one answer. */
function trials(
  person: string,
  attack: string | null,
  answer: PadTrial['answer'],
  count: number,
): readonly PadTrial[] {
  return Array.from({ length: count }, () => ({ person, attack, answer }));
}

const mixed = [
  ...trials('a', null, 'live', 8),
  ...trials('a', null, 'spoof', 1),
  ...trials('a', null, 'none', 1),
  ...trials('b', null, 'live', 9),
  ...trials('b', null, 'none', 1),
  ...trials('a', 'print', 'spoof', 9),
  ...trials('a', 'print', 'live', 1),
  ...trials('b', 'print', 'spoof', 10),
  ...trials('a', 'replay', 'live', 4),
  ...trials('b', 'replay', 'spoof', 4),
  ...trials('b', 'replay', 'none', 2),
];

describe('the rates of ISO/IEC 30107-3', () => {
  it('count errors among the answers and missing answers among all', () => {
    const { attacks, refused, noAnswer, notLetIn } = padRates(mixed);
    expect(attacks.map(({ attack, accepted }) => [attack, accepted.counted, accepted.tried])).toEqual([
      ['replay', 4, 8],
      ['print', 1, 20],
    ]);
    expect(attacks[0]!.noAnswer).toMatchObject({ counted: 2, tried: 10, rate: 0.2 });
    expect(refused).toMatchObject({ counted: 1, tried: 18, rate: 1 / 18 });
    expect(noAnswer).toMatchObject({ counted: 2, tried: 20, rate: 0.1 });
    expect(notLetIn).toMatchObject({ counted: 3, tried: 20, rate: 0.15 });
  });

  it('average the worst kind of attack with the people refused, not the mean of the kinds', () => {
    expect(padRates(mixed).average.rate).toBeCloseTo((0.5 + 1 / 18) / 2, 12);
  });

  it('have the same intervals for the same seed, and each holds its rate', () => {
    const first = padRates(mixed, { seed: 7 });
    expect(padRates(mixed, { seed: 7 })).toEqual(first);
    const rates = [first.refused, first.noAnswer, first.notLetIn, first.average];
    for (const { rate, interval } of [...rates, ...first.attacks.map(({ accepted }) => accepted)]) {
      expect(interval.low).toBeLessThanOrEqual(rate);
      expect(interval.high).toBeGreaterThanOrEqual(rate);
    }
  });

  it('spread as wide as the people differ: all or nothing of ten people, half of them', () => {
    const people = Array.from({ length: 10 }, (_, i) =>
      trials(`p${i}`, 'print', i < 5 ? 'live' : 'spoof', 100),
    ).flat();
    const { accepted } = padRates(people).attacks[0]!;
    expect(accepted.rate).toBe(0.5);
    // The quantiles of a binomial of ten people, not of a thousand pictures.
    expect(accepted.interval).toEqual({ low: expect.closeTo(0.2, 9), high: expect.closeTo(0.8, 9) });
  });

  it('do not claim to know that errors never happen: nine people without any leave up to a third', () => {
    const people = Array.from({ length: 9 }, (_, i) => [
      ...trials(`p${i}`, null, 'live', 50),
      ...trials(`p${i}`, 'print', 'spoof', 50),
    ]).flat();
    const { attacks, refused, average } = padRates(people);
    for (const { rate, interval } of [attacks[0]!.accepted, refused, average]) {
      expect(rate).toBe(0);
      // Wilson's bound for 0 of 9.
      expect(interval.high).toBeCloseTo(0.2992, 3);
    }
  });

  it('are not a number where nothing was tried', () => {
    const { attacks, refused, average } = padRates(trials('a', null, 'none', 3));
    expect([attacks, refused.rate, average.rate]).toEqual([[], Number.NaN, Number.NaN]);
  });
});

const scored: readonly ScoredTrial[] = [
  ...[0.2, 0.6, 0.7, 0.8, 0.9].map((score) => ({ person: 'a', attack: null, score })),
  ...[0.1, 0.2, 0.3, 0.65].map((score) => ({ person: 'a', attack: 'print', score })),
  ...[0.05, 0.1].map((score) => ({ person: 'b', attack: 'replay', score })),
  { person: 'b', attack: 'print', score: null },
];

describe('a threshold for attacks', () => {
  it('lies half way between the highest attack that must be refused and the next score', () => {
    expect(thresholdForAttacks(scored, 0)).toBeCloseTo((0.65 + 0.7) / 2, 12);
    // One print of four may pass.
    expect(thresholdForAttacks(scored, 0.25)).toBeCloseTo((0.3 + 0.6) / 2, 12);
  });

  it('keeps the worst kind to the rate', () => {
    for (const rate of [0, 0.25, 0.5]) {
      const { attacks } = padRates(answersAt(scored, thresholdForAttacks(scored, rate)!));
      expect(attacks[0]!.accepted.rate).toBeLessThanOrEqual(rate);
    }
  });

  it('is null where no attack has a score, and where nothing scores higher than the attacks', () => {
    expect(thresholdForAttacks(scored.slice(0, 5), 0.01)).toBeNull();
    expect(thresholdForAttacks(scored.slice(5), 0.01)).toBeNull();
  });
});

describe('the curve of both errors', () => {
  it('goes from all attacks accepted to all live faces refused but the best', () => {
    const curve = padCurve(scored);
    expect(curve[0]).toEqual({ liveFrom: 0.05, attacksAccepted: 1, liveRefused: 0 });
    expect(curve.at(-1)).toEqual({ liveFrom: 0.9, attacksAccepted: 0, liveRefused: 0.8 });
    expect(curve.find(({ liveFrom }) => liveFrom === 0.65)).toEqual({
      liveFrom: 0.65,
      attacksAccepted: 0.25,
      liveRefused: expect.closeTo(0.4, 12),
    });
  });
});

describe('a split of people', () => {
  it('puts nobody on both sides, everybody on one, and is the same for a seed', () => {
    const people = Array.from({ length: 9 }, (_, i) => `p${i}`);
    const { chosen, others } = splitPeople([...people, ...people], 0.5, 3);
    expect([...chosen, ...others].sort()).toEqual(people);
    expect(chosen.size).toBe(5);
    expect(splitPeople(people.toReversed(), 0.5, 3).chosen).toEqual(chosen);
  });

  it('leaves somebody on each side whatever the share', () => {
    for (const share of [0.01, 0.99]) {
      const { chosen, others } = splitPeople(['a', 'b', 'c'], share, 1);
      expect(Math.min(chosen.size, others.size)).toBe(1);
    }
  });
});
