/**
 * Natural logarithm of how much likelier a distance is between faces of one person than between faces of two, at
 * rising distances; the values fall.
 */
export type LikelihoodCurve = readonly { readonly distance: number; readonly logRatio: number }[];

/** Evidence of a few thousand pairs does not support more certainty than this. */
const MOST_CERTAIN = Math.log(1e6);

/** Linear between the curve's points, and beyond its ends as between the last two. */
export function logLikelihoodRatio(curve: LikelihoodCurve, distance: number): number {
  const first = curve.findIndex((point) => point.distance >= distance);
  const end = first === -1 ? curve.length - 1 : Math.max(1, first);
  const from = curve[end - 1]!;
  const to = curve[end]!;
  const share = (distance - from.distance) / (to.distance - from.distance);
  const value = from.logRatio + share * (to.logRatio - from.logRatio);
  return Math.max(-MOST_CERTAIN, Math.min(MOST_CERTAIN, value));
}

/**
 * Probability that the nearest of `comparisons` faces is the same person's, when half of those who are looked at are
 * enrolled: each comparison is another chance for a stranger to come as near (Bayes' rule with the strangers' density
 * multiplied). For two pictures comparisons is 1.
 */
export function probabilityOfSame(curve: LikelihoodCurve, distance: number, comparisons: number): number {
  return 1 / (1 + Math.max(1, comparisons) * Math.exp(-logLikelihoodRatio(curve, distance)));
}
