import { describe, expect, it } from 'vitest';
import { calibrate, LEAST_PEOPLE } from '../../src/core/calibration.ts';
import {
  distanceForRate,
  effectiveComparisons,
  rateForDistance,
  rateOfAny,
  rateOfEach,
} from '../../src/core/false-matches.ts';
import { logLikelihoodRatio, probabilityOfSame } from '../../src/core/likelihood.ts';
import { openSetRates, strangerProbes } from '../../src/core/open-set.ts';
import { createRandom, type Random } from '../../src/core/random.ts';
import { runToEnd } from './run-to-end.ts';

const curve = [
  { rate: 1e-5, distance: 0.3 },
  { rate: 1e-3, distance: 0.4 },
  { rate: 0.1, distance: 0.6 },
];

describe('a curve of false matches', () => {
  it('is linear in the logarithm between its points and beyond them', () => {
    expect(distanceForRate(curve, 1e-3)).toBeCloseTo(0.4, 12);
    expect(distanceForRate(curve, 1e-4)).toBeCloseTo(0.35, 12);
    expect(distanceForRate(curve, 0.01)).toBeCloseTo(0.5, 12);
    expect(distanceForRate(curve, 1e-7)).toBeCloseTo(0.2, 12);
    expect(distanceForRate(curve, 1e-30)).toBe(0);
  });

  it('gives rates back', () => {
    for (const rate of [1e-7, 1e-5, 3e-4, 0.01, 0.5]) {
      expect(rateForDistance(curve, distanceForRate(curve, rate)) / rate).toBeCloseTo(1, 9);
    }
    expect(rateForDistance(curve, 2)).toBe(1);
  });
});

describe('many comparisons', () => {
  it('are the people, and more where they have several photos, but never as many as there are photos and means', () => {
    expect(effectiveComparisons(0, 0)).toBe(0);
    expect(effectiveComparisons(100, 100)).toBe(100);
    expect(effectiveComparisons(100, 200)).toBeCloseTo(100 * (2 ** 0.6 + 1.7), 9);
    expect(effectiveComparisons(1, 20)).toBeCloseTo(20 ** 0.6 + 1.7, 9);
    for (const photos of [2, 3, 5, 10, 20, 1000]) {
      const comparisons = effectiveComparisons(100, 100 * photos);
      expect(comparisons).toBeGreaterThan(100);
      // Three rows of somebody with two photos: the mean is nearer to many than a photo is.
      expect(comparisons).toBeLessThan(100 * (photos + 1) * 1.1);
    }
  });

  it('rise with every photo', () => {
    let last = 0;
    for (let faces = 10; faces < 200; faces++) {
      const comparisons = effectiveComparisons(10, faces);
      expect(comparisons).toBeGreaterThan(last);
      last = comparisons;
    }
  });

  it('are at least what an uneven gallery counts, person by person', () => {
    const ofOne = (photos: number): number => effectiveComparisons(1, photos);
    for (const photos of [
      [1, 1, 1, 10],
      [1, 2, 5, 40],
      [3, 3, 1],
      [2, 100],
      [1, 1, 2],
    ]) {
      const each = photos.reduce((sum, count) => sum + ofOne(count), 0);
      const faces = photos.reduce((sum, count) => sum + count, 0);
      expect(effectiveComparisons(photos.length, faces)).toBeGreaterThanOrEqual(each - 1e-9);
    }
  });

  it('share the rate that is allowed', () => {
    expect(rateOfEach(0.01, 1)).toBeCloseTo(0.01, 12);
    expect(rateOfEach(0.01, 1000)).toBeCloseTo(1.005e-5, 8);
    expect(rateOfAny(rateOfEach(0.01, 1000), 1000)).toBeCloseTo(0.01, 12);
    expect(rateOfAny(1e-15, 1000)).toBeCloseTo(1e-12, 20);
    expect(rateOfAny(1, 5)).toBe(1);
  });
});

describe('probability of one person', () => {
  const likelihood = [
    { distance: 0.3, logRatio: 6 },
    { distance: 0.5, logRatio: 0 },
    { distance: 0.6, logRatio: -3 },
  ];

  it('is one half where both are as likely, and falls with distance and with the number compared', () => {
    expect(probabilityOfSame(likelihood, 0.5, 1)).toBe(0.5);
    expect(probabilityOfSame(likelihood, 0.4, 1)).toBeCloseTo(1 / (1 + Math.exp(-3)), 12);
    expect(probabilityOfSame(likelihood, 0.4, 20)).toBeCloseTo(1 / (1 + 20 * Math.exp(-3)), 12);
    expect(probabilityOfSame(likelihood, 0.4, 0)).toBe(probabilityOfSame(likelihood, 0.4, 1));
  });

  it('is never quite certain', () => {
    expect(logLikelihoodRatio(likelihood, -50)).toBeCloseTo(Math.log(1e6), 9);
    expect(probabilityOfSame(likelihood, 50, 1)).toBeCloseTo(1e-6, 9);
  });
});

/** Numbers of an embedding. */
const PARTS = [24];

describe('calibrate', () => {
  it('moves the thresholds to where strangers come, and the rate holds for others of the same kind', () => {
    const random = createRandom(2);
    const train = randomFaces(random, 400);
    const test = randomFaces(random, 400);
    const { identifyOffset, evidence } = runToEnd(calibrate(train, curve, PARTS));
    expect(evidence).toMatchObject({ people: 400, faces: 1200, strangerSearches: 1200, identifyRate: 0.01 });
    const others = effectiveComparisons(399, 1197);
    const threshold = distanceForRate(curve, rateOfEach(0.05, others)) + identifyOffset;
    const { strangersNamed } = openSetRates(
      runToEnd(strangerProbes(test, PARTS)),
      evidence.identifyThreshold,
      0,
    );
    expect(strangersNamed.interval.low).toBeLessThanOrEqual(0.01);
    expect(strangersNamed.rate).toBeGreaterThan(0.003);
    expect(threshold).toBeGreaterThan(evidence.identifyThreshold);
  });

  it('leaves the curve where it is when it fits', () => {
    const faces = randomFaces(createRandom(4), 150);
    const first = runToEnd(calibrate(faces, curve, PARTS));
    const moved = curve.map(({ rate, distance }) => ({ rate, distance: distance + first.verifyOffset }));
    expect(runToEnd(calibrate(faces, moved, PARTS)).verifyOffset).toBeCloseTo(0, 9);
  });

  it('wants people enough', () => {
    const faces = randomFaces(createRandom(1), LEAST_PEOPLE - 1);
    expect(() => runToEnd(calibrate(faces, curve, PARTS))).toThrow(/at least 10 people but received 9/);
  });
});

/** Three faces a person about a centre of its own, in 24 dimensions. */
function randomFaces(random: Random, people: number) {
  const vector = (spread: number): number[] => Array.from({ length: 24 }, () => (random() - 0.5) * spread);
  return Array.from({ length: people }, (_, person) => {
    const centre = vector(1);
    return Array.from({ length: 3 }, () => ({
      person: String(person),
      embedding: Float32Array.from(vector(0.3), (value, i) => value + centre[i]!),
    }));
  }).flat();
}
