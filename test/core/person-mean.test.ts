import { expect, it } from 'vitest';
import { personMean } from '../../src/core/person-mean.ts';

it('lies between the photos and is as long as they are', () => {
  const mean = personMean([Float32Array.of(3, 0), Float32Array.of(0, 5)], [2])!;
  expect(Math.hypot(...mean)).toBeCloseTo(4, 5);
  expect(mean[1]! / mean[0]!).toBeCloseTo(5 / 3, 5);
});

it('is none of a single photo, nor of photos that have nothing in common', () => {
  expect(personMean([], [2])).toBeNull();
  expect(personMean([Float32Array.of(1, 2)], [2])).toBeNull();
  expect(personMean([Float32Array.of(1, 2), Float32Array.of(-1, -2)], [2])).toBeNull();
});

it('leaves each part as long as it is in the photos, however little they agree in one', () => {
  const photos = [Float32Array.of(1, 0, 3, 4), Float32Array.of(0, 1, 4, 3)];
  const mean = personMean(photos, [2, 2])!;
  expect(mean).toHaveLength(4);
  expect(Math.hypot(mean[0]!, mean[1]!)).toBeCloseTo(1, 5);
  expect(Math.hypot(mean[2]!, mean[3]!)).toBeCloseTo(5, 5);
});
