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

/**
 * Interval of the share sum(counted) / sum(tried). One person's pictures resemble each other and are no independent
 * trials: Wilson's interval for as many trials as would leave the share between people as uncertain (Korn and
 * Graubard, 1998; the variance of a ratio between clusters, Cochran, 1977, with Student's quantile for few people).
 * Where nothing or everything counted, each person is one trial.
 */
export function peopleInterval(people: readonly PersonCount[]): Interval {
  return clusteredInterval([people], (share) => ratioVariance(people, share));
}

/**
 * The same where each trial is between two people, as a stranger and somebody enrolled: some look like many others, on
 * either side, so that the choice of both leaves the share uncertain (clusters in two ways: Cameron, Gelbach and Miller,
 * 2011).
 * people, others   every trial once by the one and once by the other of its two people; counted and tried add up to the
 *                  same
 * pairs            how many of the trials between the same two counted; those with none may be left out
 */
export function crossedInterval(
  people: readonly PersonCount[],
  others: readonly PersonCount[],
  pairs: readonly number[],
): Interval {
  const tried = people.reduce((sum, person) => sum + person.tried, 0);
  return clusteredInterval([people, others], (share) => {
    const [ofPeople, ofOthers] = [ratioVariance(people, share), ratioVariance(others, share)];
    const ofPairs = pairs.reduce((sum, counted) => sum + counted ** 2, 0) / tried ** 2;
    return Math.max(ofPeople, ofOthers, ofPeople + ofOthers - ofPairs);
  });
}

/** groupings: the same trials, grouped by people in one way or several; variance: of the share. */
function clusteredInterval(
  groupings: readonly (readonly PersonCount[])[],
  variance: (share: number) => number,
): Interval {
  const [first = []] = groupings;
  const tried = first.reduce((sum, person) => sum + person.tried, 0);
  const counted = first.reduce((sum, person) => sum + person.counted, 0);
  if (tried === 0) return { low: 0, high: 1 };
  const fewest = Math.min(...groupings.map(({ length }) => length));
  // Kish (1965): fewer than the people where one has most of the pictures.
  const allAlike = Math.min(
    tried,
    ...groupings.map((people) => tried ** 2 / people.reduce((sum, person) => sum + person.tried ** 2, 0)),
  );
  if (counted === 0) return wilsonInterval(0, allAlike);
  if (counted === tried) return wilsonInterval(allAlike, allAlike);
  const share = counted / tried;
  const independent =
    fewest < 2
      ? allAlike
      : ((share * (1 - share)) / variance(share)) * (Z_95 / studentQuantile(fewest - 1)) ** 2;
  const trials = Math.min(tried, independent);
  return wilsonInterval(share * trials, trials);
}

/** Variance of sum(counted) / sum(tried) when people are drawn. */
function ratioVariance(people: readonly PersonCount[], share: number): number {
  const tried = people.reduce((sum, person) => sum + person.tried, 0);
  const squares = people.reduce((sum, person) => sum + (person.counted - share * person.tried) ** 2, 0);
  return (squares * people.length) / (people.length - 1) / tried ** 2;
}

/** 97.5 % of Student's t distribution lie below; the first terms of Cornish and Fisher, too low for one or two. */
function studentQuantile(degrees: number): number {
  return Z_95 + (Z_95 ** 3 + Z_95) / (4 * degrees);
}
