import { describe, expect, it } from 'vitest';
import { probabilityOfSame } from '../../src/core/likelihood.ts';
import { createRandom, type Random } from '../../src/core/random.ts';
import { type Prediction, reliability } from '../../src/core/reliability.ts';

/** What `drawDistance` draws from: the log ratio of its two normal distributions is (0.6 - distance) * 20. */
const curve = [
  { distance: 0.2, logRatio: 8 },
  { distance: 1, logRatio: -8 },
];

/** One person's distances lie about 0.5, different people's about 0.7, with a deviation of 0.1. */
function drawDistance(random: Random, same: boolean): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return (same ? 0.5 : 0.7) + normal * 0.1;
}

function predictions(random: Random, same: number, different: number): Prediction[] {
  return Array.from({ length: same + different }, (_, i) => ({
    probability: probabilityOfSame(curve, drawDistance(random, i < same), 1),
    cameTrue: i < same,
  }));
}

describe('probabilityOfSame', () => {
  it('falls with every step of distance and of people, and stays between 0 and 1', () => {
    for (const comparisons of [1, 10, 10_000]) {
      let last = 1;
      for (let distance = 0; distance < 1.4; distance += 0.01) {
        const probability = probabilityOfSame(curve, distance, comparisons);
        expect(probability).toBeGreaterThan(0);
        expect(probability).toBeLessThanOrEqual(last);
        expect(probability).toBeLessThanOrEqual(probabilityOfSame(curve, distance, comparisons / 2));
        last = probability;
      }
    }
  });

  it.each([
    { seed: 1, same: 3000, different: 3000 },
    { seed: 2, same: 3000, different: 60_000 },
    { seed: 3, same: 60_000, different: 3000 },
  ])(
    'comes true as often as it says: $same of one person, $different of two',
    ({ seed, same, different }) => {
      const bins = reliability(predictions(createRandom(seed), same, different));
      expect(bins.length).toBeGreaterThan(8);
      const held = bins.filter(({ stated, interval }) => interval.low <= stated && stated <= interval.high);
      expect(held.length).toBeGreaterThanOrEqual(bins.length - 1);
    },
  );
});

describe('reliability', () => {
  it('holds the truth in about 95 of 100 intervals, also where one outcome is rare', () => {
    const random = createRandom(8);
    let held = 0;
    let all = 0;
    for (let sample = 0; sample < 40; sample++) {
      for (const { stated, interval } of reliability(predictions(random, 100, 2000))) {
        all++;
        if (interval.low <= stated && stated <= interval.high) held++;
      }
    }
    expect(all).toBeGreaterThan(300);
    expect(held / all).toBeGreaterThan(0.92);
  });

  it('learns nothing from looking at one person ten times', () => {
    const once = predictions(createRandom(4), 30, 30).map((each, i) => ({ ...each, person: String(i) }));
    const repeated = Array.from({ length: 10 }, () => once).flat();
    expect(reliability(repeated).map(({ interval }) => interval)).toEqual(
      reliability(once).map(({ interval }) => interval),
    );
  });

  it('says nothing where everything came true, or nothing', () => {
    for (const cameTrue of [true, false]) {
      expect(reliability([0.1, 0.5, 0.9].map((probability) => ({ probability, cameTrue })))).toEqual([]);
    }
    expect(reliability([])).toEqual([]);
  });

  it('weighs both outcomes as equally many', () => {
    const bins = reliability([
      { probability: 0.55, cameTrue: true },
      ...Array.from({ length: 9 }, () => ({ probability: 0.55, cameTrue: false })),
    ]);
    expect(bins).toHaveLength(1);
    expect(bins[0]).toMatchObject({ count: 10, stated: expect.closeTo(0.55, 9), observed: 0.5 });
    expect(bins[0]!.interval.low).toBeLessThan(0.2);
  });
});
