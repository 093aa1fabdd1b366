import { describe, expect, it } from 'vitest';
import { decide } from '../../src/core/decide.ts';
import { RECIPES, recipeOf } from '../../src/recognizer/recipes.ts';
import {
  calibrateThresholds,
  identifyThreshold,
  isMeasured,
  thresholdsOf,
  verifyThreshold,
} from '../../src/recognizer/thresholds.ts';
import { runToEnd } from '../core/run-to-end.ts';

describe('decide', () => {
  it('knows nobody in an empty gallery', () => {
    expect(decide(null, null, 0.6, 0.02)).toBe('unknown');
  });

  it('matches up to the threshold itself and no further', () => {
    expect(decide(0.5, null, 0.5, 0.02)).toBe('match');
    expect(decide(0.5001, null, 0.5, 0.02)).toBe('unknown');
  });

  it('does not choose between two people who are equally near', () => {
    expect(decide(0.4, 0.41, 0.5, 0.02)).toBe('ambiguous');
    expect(decide(0.4, 0.43, 0.5, 0.02)).toBe('match');
    expect(decide(0.4, 0.4, 0.5, 0)).toBe('match');
  });
});

describe.each(RECIPES.filter(isMeasured).map(({ id }) => id))('thresholds of %s', (recipe) => {
  it('fall as people and faces are enrolled and as the rate does', () => {
    let last = identifyThreshold(0, { recipe });
    for (const people of [1, 2, 5, 10, 50, 100, 500, 1000, 5000, 100_000]) {
      const threshold = identifyThreshold(people, { recipe });
      expect(threshold).toBeLessThanOrEqual(last);
      expect(threshold).toBeGreaterThan(0.1);
      last = threshold;
    }
    expect(identifyThreshold(100, { recipe, faces: 300 })).toBeLessThan(identifyThreshold(100, { recipe }));
    expect(identifyThreshold(100, { recipe, rate: 0.001 })).toBeLessThan(identifyThreshold(100, { recipe }));
    expect(verifyThreshold({ recipe, rate: 1e-4 })).toBeLessThan(verifyThreshold({ recipe }));
  });

  it('say which rate they stand for', () => {
    const thresholds = thresholdsOf(recipeOf(recipe));
    const size = { people: 200, faces: 450 };
    expect(thresholds.identifyRate(size, thresholds.identify(size, 0.01))).toBeCloseTo(0.01, 9);
    expect(thresholds.verifyRate(thresholds.verify(0.001))).toBeCloseTo(0.001, 9);
  });

  it('are surer of near pairs, and less sure in a large gallery', () => {
    const thresholds = thresholdsOf(recipeOf(recipe));
    const strict = thresholds.verify(1e-5);
    expect(thresholds.verifyConfidence(strict)).toBeGreaterThan(0.99);
    expect(thresholds.verifyConfidence(thresholds.verify(0.3))).toBeLessThan(0.05);
    const few = thresholds.identifyConfidence({ people: 3, faces: 3 }, strict);
    expect(thresholds.identifyConfidence({ people: 3000, faces: 3000 }, strict)).toBeLessThan(few!);
  });
});

describe('a recipe that nobody has measured', () => {
  const thresholds = thresholdsOf(recipeOf('auraface+mirror'));

  it('has no thresholds, and says how to come by some', () => {
    for (const ask of [
      () => thresholds.verify(0.001),
      () => thresholds.identify({ people: 10, faces: 10 }, 0.01),
    ]) {
      expect(ask).toThrow(
        expect.objectContaining({
          code: 'threshold_unknown',
          message: expect.stringContaining('acquaint calibrate'),
        }),
      );
    }
    expect(thresholds.verifyRate(0.5)).toBeNull();
    expect(thresholds.identifyConfidence({ people: 10, faces: 10 }, 0.5)).toBeNull();
  });

  it('has some once it is calibrated', () => {
    const people = Array.from({ length: 12 }, (_, person) => person);
    const faces = people.flatMap((person) =>
      [0, 0.1].map((angle) => ({ person: String(person), embedding: unit(512, person * 10, angle) })),
    );
    const recipe = recipeOf('auraface+mirror');
    const calibrated = thresholdsOf(recipe, runToEnd(calibrateThresholds(recipe, faces)));
    // All strangers are a right angle apart.
    expect(calibrated.verify(0.01)).toBeCloseTo(Math.SQRT2, 1);
    // But how near one person's faces are nobody has measured.
    expect(calibrated.verifyConfidence(0.2)).toBeNull();
    expect(calibrated.identifyConfidence({ people: 12, faces: 24 }, 0.2)).toBeNull();
  });
});

/** A unit vector along one axis, turned towards the next by an angle. */
function unit(length: number, axis: number, angle: number): Float32Array {
  const vector = new Float32Array(length);
  vector[axis] = Math.cos(angle);
  vector[axis + 1] = Math.sin(angle);
  return vector;
}

describe('identifyThreshold', () => {
  const recipe = 'dlib-resnet-v1';

  it('refuses numbers that count nobody, rates that are none and recipes it does not know', () => {
    expect(() => identifyThreshold(-1, { recipe })).toThrow(RangeError);
    expect(() => identifyThreshold(1.5, { recipe })).toThrow(RangeError);
    expect(() => identifyThreshold(10, { recipe, faces: 9 })).toThrow(RangeError);
    expect(() => identifyThreshold(10, { recipe, rate: 1 })).toThrow(/above 0 and below 1/);
    expect(() => identifyThreshold(10, { recipe: 'facenet' })).toThrow(
      /Expected one of dlib-resnet-v1, .* facenet/,
    );
  });
});
