import { describe, expect, it } from 'vitest';
import { type Calibration, calibrate, LEAST_PEOPLE } from '../../src/core/calibration.ts';
import { euclideanDistance } from '../../src/core/distance.ts';
import {
  distanceForRate,
  effectiveComparisons,
  type FalseMatchCurve,
  rateOfEach,
} from '../../src/core/false-matches.ts';
import { type LabelledEmbedding, openSetRates, strangerProbes } from '../../src/core/open-set.ts';
import { createRandom, type Random } from '../../src/core/random.ts';
import { runToEnd } from './run-to-end.ts';

const FACES_EACH = 2;
/** Numbers of an embedding. */
const PARTS = [24];

/** Faces about a centre of each person; `scale` moves all distances away from those the curve was made of. */
function syntheticFaces(random: Random, people: number, scale: number): LabelledEmbedding[] {
  const vector = (spread: number): number[] => Array.from({ length: 24 }, () => (random() - 0.5) * spread);
  return Array.from({ length: people }, (_, person) => {
    const centre = vector(1);
    return Array.from({ length: FACES_EACH }, () => ({
      person: String(person),
      embedding: Float32Array.from(vector(0.3), (value, i) => (value + centre[i]!) * scale),
    }));
  }).flat();
}

function impostorDistances(faces: readonly LabelledEmbedding[]): Float64Array {
  const distances: number[] = [];
  faces.forEach((a, i) => {
    for (let k = i + 1; k < faces.length; k++) {
      const b = faces[k]!;
      if (a.person !== b.person) distances.push(euclideanDistance(a.embedding, b.embedding));
    }
  });
  return Float64Array.from(distances).sort();
}

/** The general curve: what is measured on many people at scale 1. */
function generalCurve(): FalseMatchCurve {
  const distances = impostorDistances(syntheticFaces(createRandom(99), 600, 1));
  return [1e-5, 1e-4, 1e-3, 0.01, 0.1].map((rate) => ({
    rate,
    distance: distances[Math.round(rate * distances.length)]!,
  }));
}

const curve = generalCurve();
const NOTHING_MOVED = { verifyOffset: 0, identifyOffset: 0 };

/** The rates on other people of the same kind, at the thresholds that should give what the evidence was measured at. */
function ratesOnOthers(
  others: readonly LabelledEmbedding[],
  { verifyRate, identifyRate }: Calibration['evidence'],
  { verifyOffset, identifyOffset }: Pick<Calibration, 'verifyOffset' | 'identifyOffset'>,
) {
  const people = others.length / FACES_EACH - 1;
  const comparisons = effectiveComparisons(people, people * FACES_EACH);
  const threshold = distanceForRate(curve, rateOfEach(identifyRate, comparisons)) + identifyOffset;
  const verifyThreshold = distanceForRate(curve, verifyRate) + verifyOffset;
  const distances = impostorDistances(others);
  return {
    strangersNamed: openSetRates(runToEnd(strangerProbes(others, PARTS)), threshold, 0).strangersNamed,
    falseMatchRate: distances.filter((distance) => distance <= verifyThreshold).length / distances.length,
  };
}

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];
const mean = (values: readonly number[]): number =>
  values.reduce((sum, each) => sum + each, 0) / values.length;

describe.each([
  { kind: 'nearer to each other', scale: 0.85 },
  { kind: 'as the curve says', scale: 1 },
  { kind: 'farther apart', scale: 1.2 },
])('calibrate on people who are $kind', ({ scale }) => {
  const samples = SEEDS.map((seed) => {
    const random = createRandom(seed);
    const calibration = runToEnd(calibrate(syntheticFaces(random, 300, scale), curve, PARTS));
    const others = syntheticFaces(random, 300, scale);
    const { evidence } = calibration;
    return {
      evidence,
      moved: ratesOnOthers(others, evidence, calibration),
      unmoved: ratesOnOthers(others, evidence, NOTHING_MOVED),
    };
  });
  const stated = samples[0]!.evidence;

  it('names as many strangers among others as it says', () => {
    const held = samples.filter(
      ({
        moved: {
          strangersNamed: { interval },
        },
      }) => {
        return interval.low <= stated.identifyRate && stated.identifyRate <= interval.high;
      },
    );
    // The calibration has its own uncertainty beside that of the other half.
    expect(held.length).toBeGreaterThanOrEqual(SEEDS.length - 2);
    const named = mean(samples.map(({ moved }) => moved.strangersNamed.rate));
    expect(named / stated.identifyRate).toBeGreaterThan(0.6);
    expect(named / stated.identifyRate).toBeLessThan(1.7);
  });

  it('takes as many pairs of others for one person as it says', () => {
    const taken = mean(samples.map(({ moved }) => moved.falseMatchRate));
    expect(taken / stated.verifyRate).toBeGreaterThan(0.8);
    expect(taken / stated.verifyRate).toBeLessThan(1.25);
  });

  it.runIf(scale !== 1)('which the general curve does not', () => {
    const named = mean(samples.map(({ unmoved }) => unmoved.strangersNamed.rate));
    const taken = mean(samples.map(({ unmoved }) => unmoved.falseMatchRate));
    for (const ratio of [named / stated.identifyRate, taken / stated.verifyRate]) {
      expect(scale < 1 ? ratio : 1 / ratio).toBeGreaterThan(3);
    }
  });
});

describe('calibrate', () => {
  it('moves nothing to speak of where the curve is right already', () => {
    const offsets = SEEDS.map((seed) =>
      runToEnd(calibrate(syntheticFaces(createRandom(seed), 300, 1), curve, PARTS)),
    );
    for (const offset of ['verifyOffset', 'identifyOffset'] as const) {
      expect(Math.abs(mean(offsets.map((calibration) => calibration[offset])))).toBeLessThan(0.03);
    }
  });

  it('gives the same offsets for the same faces, whatever their order', () => {
    const faces = syntheticFaces(createRandom(3), 60, 1);
    expect(runToEnd(calibrate(faces.toReversed(), curve, PARTS))).toEqual(
      runToEnd(calibrate(faces, curve, PARTS)),
    );
  });

  it('with the fewest people measures rates that they can show', () => {
    const faces = syntheticFaces(createRandom(6), LEAST_PEOPLE, 1);
    const { evidence, identifyOffset, verifyOffset } = runToEnd(calibrate(faces, curve, PARTS));
    // Five errors of 20 searches and of 180 pairs.
    expect(evidence).toMatchObject({
      people: 10,
      strangerSearches: 20,
      impostorPairs: 180,
      identifyRate: 0.25,
    });
    expect(evidence.verifyRate).toBeCloseTo(5 / 180, 12);
    for (const offset of [identifyOffset, verifyOffset]) expect(Math.abs(offset)).toBeLessThan(0.25);
  });

  it('searches no more faces and compares no more pairs than tell enough, in a large gallery', () => {
    const faces = syntheticFaces(createRandom(5), 2025, 1);
    const { evidence } = runToEnd(calibrate(faces, curve, PARTS));
    expect(evidence).toMatchObject({
      faces: 4050,
      impostorPairs: 2_000_000,
      strangerSearches: 4000,
      identifyRate: 0.01,
    });
  });
});
