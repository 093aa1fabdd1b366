import { createRandom } from './random.ts';

/** Within these bounds the true value lies in 95 of 100 such measurements. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** 97.5 % of a normal distribution lie below this many standard deviations. */
const Z_95 = 1.959963984540054;

/**
 * Wilson's score interval of a share (JASA 1927): sound for few trials and for shares near 0 and 1.
 * requires  0 <= count <= total
 */
export function wilsonInterval(count: number, total: number): Interval {
  if (total === 0) return { low: 0, high: 1 };
  const share = count / total;
  const spread = Z_95 ** 2 / total;
  const centre = (share + spread / 2) / (1 + spread);
  const reach = (Z_95 * Math.sqrt((share * (1 - share)) / total + spread / (4 * total))) / (1 + spread);
  // At the ends the formula gives the end itself, but for a rounding.
  return {
    low: count === 0 ? 0 : Math.max(0, centre - reach),
    high: count === total ? 1 : Math.min(1, centre + reach),
  };
}

/** What one person adds to a share: so many of its pictures were tried, so many counted. */
export interface PersonCount {
  readonly counted: number;
  readonly tried: number;
}

const RESAMPLES = 1000;
const BOOTSTRAP_SEED = 1;

/**
 * Interval of the share sum(counted) / sum(tried), by drawing whole people with replacement: one person's pictures
 * resemble each other and are no independent trials (Bolle, Ratha and Pankanti, 2004: the subsets bootstrap).
 * Wider bounds of Wilson's interval over people are taken where nothing, or everything, counted.
 */
export function peopleInterval(people: readonly PersonCount[]): Interval {
  const tried = people.reduce((sum, person) => sum + person.tried, 0);
  const counted = people.reduce((sum, person) => sum + person.counted, 0);
  if (counted === 0) return wilsonInterval(0, people.length);
  if (counted === tried) return wilsonInterval(people.length, people.length);
  const random = createRandom(BOOTSTRAP_SEED);
  const shares: number[] = [];
  for (let i = 0; i < RESAMPLES; i++) {
    let drawnCounted = 0;
    let drawnTried = 0;
    for (let k = 0; k < people.length; k++) {
      const person = people[Math.floor(random() * people.length)]!;
      drawnCounted += person.counted;
      drawnTried += person.tried;
    }
    if (drawnTried > 0) shares.push(drawnCounted / drawnTried);
  }
  shares.sort((a, b) => a - b);
  const at = (share: number): number => shares[Math.round(share * (shares.length - 1))]!;
  return { low: at(0.025), high: at(0.975) };
}
