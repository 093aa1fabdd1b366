import { describe, expect, it } from 'vitest';
import { crossedInterval, peopleInterval, wilsonInterval } from '../../src/core/intervals.ts';
import {
  openSetProbes,
  openSetRates,
  strangerProbes,
  thresholdForStrangersNamed,
} from '../../src/core/open-set.ts';
import { personMean } from '../../src/core/person-mean.ts';
import { createRandom, type Random, shuffled } from '../../src/core/random.ts';
import { runToEnd } from './run-to-end.ts';

/** People on a line, far apart; their faces near each other. */
function peopleOnALine(count: number, facesEach: number) {
  return Array.from({ length: count * facesEach }, (_, i) => ({
    person: `person ${Math.floor(i / facesEach)}`,
    embedding: Float32Array.of(Math.floor(i / facesEach) * 10 + (i % facesEach) * 0.1, 0),
  }));
}

describe('openSetProbes', () => {
  const plan = { galleryPeople: 3, facesPerPerson: 1, trials: 4, seed: 7, partLengths: [2] };

  it('searches every face that is not enrolled, in each trial', () => {
    const probes = runToEnd(openSetProbes(peopleOnALine(8, 3), plan));
    expect(probes).toHaveLength(4 * (24 - 3));
    expect(probes.filter(({ enrolled }) => enrolled)).toHaveLength(4 * 3 * 2);
    expect(probes.filter(({ enrolled }) => enrolled).every(({ right }) => right)).toBe(true);
    expect(probes.filter(({ enrolled }) => !enrolled).some(({ right }) => right)).toBe(false);
  });

  it('finds what comparing with everybody finds', () => {
    const random = createRandom(3);
    const faces = Array.from({ length: 60 }, (_, i) => ({
      person: `p${i % 20}`,
      embedding: Float32Array.from({ length: 128 }, () => random()),
    }));
    const people = [...new Set(faces.map(({ person }) => person))];
    const rows = people.flatMap((person) => {
      const own = faces.filter((each) => each.person === person);
      const mean = personMean(
        own.map(({ embedding }) => embedding),
        [96, 32],
      )!;
      return [...own, { person, embedding: mean }];
    });
    for (const probe of runToEnd(strangerProbes(faces, [96, 32]))) {
      const distances = rows.map(({ person, embedding }) => ({
        person,
        distance: Math.hypot(...embedding.map((v, i) => v - faces[probe.face]!.embedding[i]!)),
      }));
      const others = distances
        .filter(({ person }) => person !== probe.person)
        .sort((a, b) => a.distance - b.distance);
      expect(probe.distance).toBeCloseTo(others[0]!.distance, 5);
      expect([probe.nearestPerson, faces[probe.nearestFace]!.person]).toEqual([
        others[0]!.person,
        others[0]!.person,
      ]);
      expect(probe.next).toBeCloseTo(others.find(({ person }) => person !== others[0]!.person)!.distance, 5);
    }
  });

  it('searches every stranger once, or as many as are wanted, each among all others', () => {
    const faces = peopleOnALine(8, 3);
    const all = runToEnd(strangerProbes(faces, [2]));
    expect(all.map(({ face }) => face)).toEqual(faces.map((_, i) => i));
    const some = runToEnd(strangerProbes(faces, [2], 10));
    expect(new Set(some.map(({ face }) => face)).size).toBe(10);
    for (const probe of some) expect(probe).toEqual(all[probe.face]);
  });

  it('draws the same people from the same seed, others from another', () => {
    const faces = peopleOnALine(8, 2);
    expect(runToEnd(openSetProbes(faces, plan))).toEqual(runToEnd(openSetProbes(faces, plan)));
    expect(runToEnd(openSetProbes(faces, { ...plan, seed: 8 }))).not.toEqual(
      runToEnd(openSetProbes(faces, plan)),
    );
  });

  it('says how many people are missing', () => {
    expect(() => runToEnd(openSetProbes(peopleOnALine(3, 2), plan))).toThrow(
      /at least 3 people.*received 3 of 3/,
    );
    expect(() => runToEnd(openSetProbes(peopleOnALine(9, 1), plan))).toThrow(RangeError);
  });
});

describe('openSetRates', () => {
  const probe = {
    person: 'a',
    enrolled: true,
    next: null,
    nearestPerson: 'a',
    right: true,
    trial: 0,
    face: 0,
    nearestFace: 1,
  };

  it('tells strangers named, enrolled missed and enrolled mistaken apart', () => {
    const rates = openSetRates(
      [
        { ...probe, distance: 0.3 },
        { ...probe, distance: 0.7 },
        { ...probe, distance: 0.4, right: false },
        { ...probe, distance: 0.3, next: 0.305 },
        { ...probe, person: 's', enrolled: false, right: false, distance: 0.45 },
        { ...probe, person: 't', enrolled: false, right: false, distance: 0.55 },
      ],
      0.5,
      0.02,
    );
    expect(rates.enrolledMissed).toMatchObject({ count: 3, total: 4 });
    expect(rates.enrolledMistaken).toMatchObject({ count: 1, total: 4 });
    expect(rates.strangersNamed).toMatchObject({ count: 1, total: 2, rate: 0.5 });
  });
});

describe('thresholdForStrangersNamed', () => {
  const random = createRandom(17);
  const faces = Array.from({ length: 120 }, (_, i) => ({
    person: `p${i % 40}`,
    embedding: Float32Array.from({ length: 8 }, () => random()),
  }));
  const probes = runToEnd(
    openSetProbes(faces, { galleryPeople: 10, facesPerPerson: 1, trials: 1, seed: 1, partLengths: [8] }),
  );
  const strangers = probes.filter(({ enrolled }) => !enrolled).length;

  it('names as many strangers as are allowed, and not one more', () => {
    for (const named of [0, 1, 2, 9]) {
      const threshold = thresholdForStrangersNamed(probes, named / strangers)!;
      expect(openSetRates(probes, threshold, 0).strangersNamed.count).toBe(named);
    }
  });

  it('finds none where a stranger is no distance from somebody enrolled', () => {
    const copied = probes.map((probe) => (probe.enrolled ? probe : { ...probe, distance: 0 }));
    expect(thresholdForStrangersNamed(copied, 0.01)).toBeNull();
  });
});

describe('intervals', () => {
  it("are Wilson's", () => {
    // Figures of Newcombe (1998), table I: 81/263, 15/148, 0/20, 1/29.
    for (const [count, total, low, high] of [
      [81, 263, 0.2553, 0.3662],
      [15, 148, 0.0624, 0.1605],
      [0, 20, 0, 0.1611],
      [1, 29, 0.0061, 0.1718],
    ] as const) {
      const interval = wilsonInterval(count, total);
      expect(interval.low).toBeCloseTo(low, 4);
      expect(interval.high).toBeCloseTo(high, 4);
    }
  });

  it('are wider when the counts come from few people', () => {
    const spread = Array.from({ length: 100 }, (_, i) => ({ counted: i < 20 ? 1 : 0, tried: 1 }));
    const bunched = Array.from({ length: 10 }, (_, i) => ({ counted: i < 2 ? 10 : 0, tried: 10 }));
    const width = ({ low, high }: { low: number; high: number }): number => high - low;
    expect(width(peopleInterval(bunched))).toBeGreaterThan(2 * width(peopleInterval(spread)));
  });

  it.each([
    { share: 0.3, people: 80, pictures: 1, alike: 0 },
    { share: 0.3, people: 5, pictures: 10, alike: 0.5 },
    { share: 0.3, people: 1, pictures: 20, alike: 0 },
    { share: 0.1, people: 3, pictures: 20, alike: 0.5 },
    { share: 0.01, people: 300, pictures: 3, alike: 0.5 },
  ])('hold the true share in about 95 of 100 samples: $share among $people people', (plan) => {
    const random = createRandom(11);
    const samples = 400;
    let holds = 0;
    for (let i = 0; i < samples; i++) {
      const { low, high } = peopleInterval(samplePeople(random, plan));
      if (low <= plan.share && plan.share <= high) holds++;
    }
    expect(holds / samples).toBeGreaterThan(0.9);
  });

  it.each([
    { strangers: 300, enrolled: 40, spread: 1 },
    { strangers: 60, enrolled: 200, spread: 0.5 },
    { strangers: 200, enrolled: 200, spread: 0 },
  ])(
    'hold the true share where few look like many: $strangers strangers, $enrolled enrolled, spread $spread',
    ({ strangers, enrolled, spread }) => {
      const random = createRandom(5);
      const likeness = (): number => Math.exp(spread * normal(random) - spread ** 2 / 2);
      const share = 0.01;
      const samples = 300;
      let holds = 0;
      let oneWay = 0;
      for (let i = 0; i < samples; i++) {
        const rows = Array.from({ length: strangers }, likeness);
        const columns = Array.from({ length: enrolled }, likeness);
        const named = rows.map((row) => columns.map((column) => (random() < share * row * column ? 1 : 0)));
        const byStranger = named.map((own) => ({ counted: sumOf(own), tried: enrolled }));
        const byEnrolled = columns.map((_, k) => ({
          counted: sumOf(named.map((own) => own[k]!)),
          tried: strangers,
        }));
        const { low, high } = crossedInterval(byStranger, byEnrolled, named.flat());
        if (low <= share && share <= high) holds++;
        const alone = peopleInterval(byStranger);
        if (alone.low <= share && share <= alone.high) oneWay++;
      }
      expect(holds / samples).toBeGreaterThan(0.9);
      // One kind of people alone promises too much.
      if (spread === 1) expect(oneWay / samples).toBeLessThan(0.8);
    },
  );

  it('say nothing where nothing was tried', () => {
    expect(crossedInterval([], [], [])).toEqual({ low: 0, high: 1 });
    expect(peopleInterval([])).toEqual({ low: 0, high: 1 });
    expect(wilsonInterval(0, 0)).toEqual({ low: 0, high: 1 });
  });
});

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Box and Muller. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** People of whose pictures that share counts; a picture repeats its person's first with the chance `alike`. */
function samplePeople(
  random: Random,
  { share, people, pictures, alike }: { share: number; people: number; pictures: number; alike: number },
) {
  return Array.from({ length: people }, () => {
    const first = random() < share;
    const outcomes = Array.from({ length: pictures }, () => (random() < alike ? first : random() < share));
    return { counted: outcomes.filter(Boolean).length, tried: pictures };
  });
}

describe('random', () => {
  it('is spread evenly and shuffles without loss', () => {
    const random = createRandom(1);
    const numbers = Array.from({ length: 10_000 }, random);
    expect(numbers.every((n) => n >= 0 && n < 1)).toBe(true);
    for (let tenth = 0; tenth < 10; tenth++) {
      const share = numbers.filter((n) => Math.floor(n * 10) === tenth).length / numbers.length;
      expect(share).toBeGreaterThan(0.085);
      expect(share).toBeLessThan(0.115);
    }
    expect(shuffled([1, 2, 3, 4, 5], random).sort()).toEqual([1, 2, 3, 4, 5]);
  });
});
