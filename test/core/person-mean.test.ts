import { expect, it } from 'vitest';
import { personMean } from '../../src/core/person-mean.ts';

it('lies between the photos and is as long as they are', () => {
  const mean = personMean([Float32Array.of(3, 0), Float32Array.of(0, 5)])!;
  expect(Math.hypot(...mean)).toBeCloseTo(4, 5);
  expect(mean[1]! / mean[0]!).toBeCloseTo(5 / 3, 5);
});

it('is none of a single photo, nor of photos that have nothing in common', () => {
  expect(personMean([])).toBeNull();
  expect(personMean([Float32Array.of(1, 2)])).toBeNull();
  expect(personMean([Float32Array.of(1, 2), Float32Array.of(-1, -2)])).toBeNull();
});
