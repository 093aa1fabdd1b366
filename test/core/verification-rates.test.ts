import { describe, expect, it } from 'vitest';
import { evenOddsDistance } from '../../src/core/even-odds.ts';
import type { PairDistance } from '../../src/core/pair-distance.ts';
import { createRandom } from '../../src/core/random.ts';
import {
  distanceSamples,
  equalErrorRate,
  foldedAccuracy,
  rateCurve,
  ratesAt,
  thresholdForFalseMatchRate,
} from '../../src/core/verification-rates.ts';

const genuine = (...distances: (number | null)[]): PairDistance[] =>
  distances.map((distance) => ({ distance, same: true }));
const impostor = (...distances: (number | null)[]): PairDistance[] =>
  distances.map((distance) => ({ distance, same: false }));

describe('rates of pairs', () => {
  const samples = distanceSamples([
    ...genuine(0.2, 0.3, 0.4, 0.7),
    ...impostor(0.35, 0.6, 0.8, 0.9, 0.95, 1, 1.1, 1.2, 1.3, 1.4),
  ]);

  it('counts matches up to and at the threshold', () => {
    expect(ratesAt(samples, 0.35)).toEqual({
      threshold: 0.35,
      falseMatchRate: 0.1,
      falseNonMatchRate: 0.5,
    });
    expect(ratesAt(samples, 0.349).falseMatchRate).toBe(0);
  });

  it('finds the largest threshold that keeps the rate asked for', () => {
    expect(thresholdForFalseMatchRate(samples, 0)).toBe(0.3);
    expect(thresholdForFalseMatchRate(samples, 0.1)).toBe(0.4);
    expect(thresholdForFalseMatchRate(samples, 0.2)).toBe(0.7);
    expect(thresholdForFalseMatchRate(samples, 1)).toBe(1.4);
    for (const rate of [0, 0.1, 0.2, 0.5]) {
      const threshold = thresholdForFalseMatchRate(samples, rate)!;
      expect(ratesAt(samples, threshold).falseMatchRate).toBeLessThanOrEqual(rate);
    }
  });

  it('allows none of several equal distances when all together are too many', () => {
    const tied = distanceSamples([...genuine(0.3), ...impostor(0.5, 0.5, 0.5, 0.9)]);
    expect(thresholdForFalseMatchRate(tied, 0.25)).toBe(0.3);
    expect(thresholdForFalseMatchRate(tied, 0.75)).toBe(0.5);
  });

  it('finds no threshold where too many different people are no distance apart', () => {
    const copies = distanceSamples([...genuine(0, 0.3), ...impostor(0, 0, 0.5, 0.9)]);
    expect(thresholdForFalseMatchRate(copies, 0.25)).toBeNull();
    expect(thresholdForFalseMatchRate(copies, 0.5)).toBe(0.3);
    expect(thresholdForFalseMatchRate(distanceSamples([...genuine(0.3), ...impostor(0.2)]), 0)).toBe(0);
  });

  it('keeps what was asked for with every rate, also where many distances are equal', () => {
    const random = createRandom(5);
    for (let sample = 0; sample < 50; sample++) {
      const draw = (): number => Math.floor(random() * 6) / 5;
      const tied = distanceSamples([
        ...genuine(...Array.from({ length: 20 }, draw)),
        ...impostor(...Array.from({ length: 30 }, draw)),
      ]);
      for (const rate of [0, 0.05, 0.1, 0.5, 1]) {
        const threshold = thresholdForFalseMatchRate(tied, rate);
        if (threshold === null) expect(ratesAt(tied, 0).falseMatchRate).toBeGreaterThan(rate);
        else expect(ratesAt(tied, threshold).falseMatchRate).toBeLessThanOrEqual(rate);
      }
    }
  });

  it('says of one pair of each kind what can be said', () => {
    const two = distanceSamples([...genuine(0.4), ...impostor(0.6)]);
    expect(equalErrorRate(two)).toBe(0);
    expect(thresholdForFalseMatchRate(two, 0.001)).toBe(0.4);
    expect(rateCurve(two, 1).map(({ threshold }) => threshold)).toEqual([0.4, 0.6]);
    const swapped = distanceSamples([...genuine(0.6), ...impostor(0.4)]);
    expect(equalErrorRate(swapped)).toBe(1);
    const tied = distanceSamples([...genuine(0.5), ...impostor(0.5)]);
    expect(equalErrorRate(tied)).toBe(0.5);
  });

  it('says nothing where there is nothing', () => {
    const empty = distanceSamples([]);
    expect(rateCurve(empty, 10)).toEqual([]);
    expect(equalErrorRate(empty)).toBeNaN();
    expect(equalErrorRate(distanceSamples(genuine(0.1, 0.2)))).toBeNaN();
    expect(ratesAt(empty, 0.5)).toMatchObject({ falseMatchRate: Number.NaN, falseNonMatchRate: Number.NaN });
    const missed = distanceSamples([...genuine(null), ...impostor(0.5)]);
    expect(ratesAt(missed, 1)).toMatchObject({ falseMatchRate: 1, falseNonMatchRate: 1 });
  });

  it('counts a pair of one person without a distance as never matched', () => {
    const missing = distanceSamples([...genuine(0.2, null), ...impostor(0.9, null)]);
    expect(ratesAt(missing, 2)).toMatchObject({ falseMatchRate: 1, falseNonMatchRate: 0.5 });
    expect(missing.impostorMissed).toBe(1);
  });

  it('gives the equal error rate', () => {
    expect(equalErrorRate(distanceSamples([...genuine(1, 2, 3, 6), ...impostor(4, 7, 8, 9)]))).toBe(0.25);
    expect(equalErrorRate(distanceSamples([...genuine(1, 2), ...impostor(3, 4)]))).toBe(0);
  });

  it('thins the curve but keeps its ends and the first false matches', () => {
    const many = distanceSamples([
      ...genuine(...Array.from({ length: 500 }, (_, i) => i / 500)),
      ...impostor(...Array.from({ length: 500 }, (_, i) => 0.8 + i / 500)),
    ]);
    const curve = rateCurve(many, 50);
    expect(curve.length).toBeLessThanOrEqual(100);
    expect(curve[0]).toMatchObject({ threshold: 0, falseMatchRate: 0 });
    expect(curve.at(-1)).toMatchObject({ falseMatchRate: 1, falseNonMatchRate: 0 });
    const rare = curve.map(({ falseMatchRate }) => Math.round(falseMatchRate * 500)).filter((n) => n <= 25);
    expect(new Set(rare).size).toBe(26);
  });
});

describe('accuracy over folds', () => {
  it('takes the threshold of each fold from the others', () => {
    // Alone, the second fold would choose about 1.5 and be perfect; the first one's threshold errs on it.
    const first = [...genuine(0.1, 0.3), ...impostor(0.7, 0.9)];
    const second = [...genuine(1), ...impostor(2)];
    const { folds, mean } = foldedAccuracy([first, second]);
    expect(folds[0]?.threshold).toBeCloseTo(1.5, 6);
    expect(folds[0]?.accuracy).toBe(0.5);
    expect(folds[1]?.threshold).toBeCloseTo(0.5, 6);
    expect(folds[1]?.accuracy).toBe(0.5);
    expect(mean).toBe(0.5);
  });

  it('has no spread where all folds are alike', () => {
    const fold = [...genuine(0.2, 0.9), ...impostor(1, 1.2)];
    const { mean, standardDeviation, standardError } = foldedAccuracy([fold, fold, fold]);
    expect([mean, standardDeviation, standardError]).toEqual([1, 0, 0]);
  });

  it('stays a share where every distance is the same', () => {
    const fold = [...genuine(0.5, 0.5), ...impostor(0.5)];
    const { mean, folds } = foldedAccuracy([fold, fold]);
    expect(folds.every(({ threshold }) => !Number.isNaN(threshold))).toBe(true);
    expect([1 / 3, 2 / 3]).toContain(mean);
  });

  it('counts a missed face as an error, also between different people', () => {
    const fold = [...genuine(0.1, null), ...impostor(0.9, null)];
    expect(foldedAccuracy([fold, fold]).mean).toBe(0.5);
  });
});

describe('evenOddsDistance', () => {
  it('lies where the odds are even, whatever the unit', () => {
    // Logistic truth with even odds at 0.5: quantiles of p = 1 / (1 + exp(20 (d - 0.5))).
    const pairs = Array.from({ length: 4000 }, (_, i) => {
      const distance = (i % 100) / 100;
      const share = 1 / (1 + Math.exp(20 * (distance - 0.5)));
      return { distance, same: Math.floor(i / 100) + 0.5 < share * 40 };
    });
    expect(evenOddsDistance(pairs)).toBeCloseTo(0.5, 1);
    const scaled = pairs.map(({ distance, same }) => ({ distance: distance * 1000, same }));
    expect(evenOddsDistance(scaled) / 1000).toBeCloseTo(evenOddsDistance(pairs), 6);
  });

  it('stays finite where a threshold parts both kinds', () => {
    const threshold = evenOddsDistance([...genuine(1, 2), ...impostor(6, 7)]);
    expect(threshold).toBeCloseTo(4, 3);
  });
});
