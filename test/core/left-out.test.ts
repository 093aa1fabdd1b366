import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { euclideanDistance } from '../../src/core/distance.ts';
import { crossedInterval, peopleInterval } from '../../src/core/intervals.ts';
import { type LeftOutProbe, leftOutRates, personDistance } from '../../src/core/left-out.ts';
import { personMean } from '../../src/core/person-mean.ts';
import { runToEnd } from './run-to-end.ts';

const distance = fc.integer({ min: 0, max: 20 }).map((value) => value / 20);
const person = fc.constantFrom('a', 'b', 'c', 'd');
const probe: fc.Arbitrary<LeftOutProbe> = fc.record({
  person,
  own: fc.option(distance),
  other: fc.option(fc.record({ person, distance })),
});

describe('leftOutRates', () => {
  const people = ['a', 'b', 'c', 'd'];

  it('counts what the definition counts, at every threshold', () => {
    fc.assert(
      fc.property(fc.array(probe, { maxLength: 40 }), distance, (probes, threshold) => {
        const [rates] = runToEnd(leftOutRates(probes, people, [threshold]));
        const strangers = probes.filter(({ other }) => other !== null);
        const named = strangers.filter(({ other }) => other!.distance <= threshold);
        const mated = probes.filter(({ own }) => own !== null);
        const found = mated.filter(
          ({ own, other }) => own! <= threshold && (other === null || other.distance >= own!),
        );
        expect(rates!.threshold).toBe(threshold);
        if (strangers.length === 0) expect(rates!.falsePositiveRate).toBeNull();
        else expect(rates!.falsePositiveRate).toBeCloseTo(named.length / strangers.length, 12);
        if (mated.length === 0) expect(rates!.falseNegativeRate).toBeNull();
        else expect(rates!.falseNegativeRate).toBeCloseTo(1 - found.length / mated.length, 12);
      }),
    );
  });

  it('has an interval around each rate, and none where nothing was counted', () => {
    fc.assert(
      fc.property(fc.array(probe, { maxLength: 40 }), distance, (probes, threshold) => {
        const [rates] = runToEnd(leftOutRates(probes, people, [threshold]));
        for (const [rate, interval] of [
          [rates!.falsePositiveRate, rates!.falsePositiveInterval],
          [rates!.falseNegativeRate, rates!.falseNegativeInterval],
        ] as const) {
          expect(interval === null).toBe(rate === null);
          if (rate === null) continue;
          expect(interval!.low).toBeLessThanOrEqual(rate + 1e-12);
          expect(interval!.high).toBeGreaterThanOrEqual(rate - 1e-12);
        }
      }),
    );
  });

  it('takes people for the trials of an interval, on both sides where two are met', () => {
    const near = { person: 'b', distance: 0.1 };
    const probes = [
      { person: 'a', own: 0.9, other: near },
      { person: 'a', own: 0.2, other: { person: 'b', distance: 0.8 } },
      { person: 'b', own: 0.1, other: { person: 'a', distance: 0.7 } },
      { person: 'c', own: null, other: { person: 'd', distance: 0.9 } },
    ];
    const [rates] = runToEnd(leftOutRates(probes, people, [0.5]));
    expect(rates!.falseNegativeInterval).toEqual(
      peopleInterval([
        { counted: 1, tried: 2 },
        { counted: 0, tried: 1 },
      ]),
    );
    expect(rates!.falsePositiveInterval).toEqual(
      crossedInterval(
        [
          { counted: 1, tried: 2 },
          { counted: 0, tried: 1 },
          { counted: 0, tried: 1 },
        ],
        people.map((each) => ({ counted: each === 'b' ? 1 : 0, tried: 1 })),
        [1],
      ),
    );
  });

  it('knows nothing of nobody', () => {
    const [rates] = runToEnd(leftOutRates([], [], [0.5]));
    expect(rates).toEqual({
      threshold: 0.5,
      falsePositiveRate: null,
      falsePositiveInterval: null,
      falseNegativeRate: null,
      falseNegativeInterval: null,
    });
  });
});

describe('personDistance', () => {
  it('is the least distance of the photos and their mean', () => {
    const photos = [Float32Array.of(1, 0), Float32Array.of(0, 1)];
    const face = Float32Array.of(0.6, 0.6);
    const mean = personMean(photos, [2])!;
    expect(personDistance(face, photos, [2])).toBe(euclideanDistance(face, mean));
    expect(personDistance(Float32Array.of(1, 0), photos, [2])).toBe(0);
    expect(personDistance(face, photos.slice(1), [2])).toBe(euclideanDistance(face, photos[1]!));
    expect(personDistance(face, [], [2])).toBeNull();
  });
});
