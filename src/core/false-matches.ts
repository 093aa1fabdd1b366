/**
 * How often two different people are at most so far apart: points of the curve, from the rarest rate to the most
 * frequent, both values rising.
 */
export type FalseMatchCurve = readonly { readonly rate: number; readonly distance: number }[];

/**
 * The distance at which that share of the pairs of different people match. Between two points the distance is
 * linear in the rate's logarithm, beyond the ends it goes on as between the last two: an extrapolation.
 * requires  0 < rate < 1
 */
export function distanceForRate(curve: FalseMatchCurve, rate: number): number {
  const wanted = Math.log(rate);
  const [from, to] = segment(curve, (point) => Math.log(point.rate) >= wanted);
  const share = (wanted - Math.log(from.rate)) / (Math.log(to.rate) - Math.log(from.rate));
  return Math.max(0, from.distance + share * (to.distance - from.distance));
}

/** The inverse: the share of the pairs of different people that are at most so far apart; at most 1. */
export function rateForDistance(curve: FalseMatchCurve, distance: number): number {
  const [from, to] = segment(curve, (point) => point.distance >= distance);
  const share = (distance - from.distance) / (to.distance - from.distance);
  const logarithm = Math.log(from.rate) + share * (Math.log(to.rate) - Math.log(from.rate));
  return Math.min(1, Math.exp(logarithm));
}

type CurvePoint = FalseMatchCurve[number];

function segment(curve: FalseMatchCurve, isBeyond: (point: CurvePoint) => boolean): [CurvePoint, CurvePoint] {
  const first = curve.findIndex(isBeyond);
  const end = first === -1 ? curve.length - 1 : Math.max(1, first);
  return [curve[end - 1]!, curve[end]!];
}

/**
 * As how many single comparisons a gallery counts. Each person is a chance to be taken for somebody, and a person with
 * several photos is more: they resemble each other, so that `k` of them count as k^0.6, and their mean as 1.7 more
 * (measured for each recipe with 2 to 12 photos: bench/accuracy/comparisons.js). Where some have more photos than
 * others this is the most it can be: as many people as possible have two or more.
 */
export function effectiveComparisons(people: number, faces: number): number {
  const photos = Math.max(faces, people);
  const several = Math.min(people, photos - people);
  if (several === 0) return people;
  const photosOfEach = (photos - (people - several)) / several;
  return people - several + several * (photosOfEach ** PHOTOS_POWER + MEAN_COUNTS_AS);
}

const PHOTOS_POWER = 0.6;
const MEAN_COUNTS_AS = 1.7;

/** The rate of single comparisons at which so many of them together err with that rate, as if independent. */
export function rateOfEach(rate: number, comparisons: number): number {
  return -Math.expm1(Math.log1p(-rate) / Math.max(1, comparisons));
}

/** The inverse: how often at least one of so many comparisons errs. An upper bound where they depend on each other. */
export function rateOfAny(rate: number, comparisons: number): number {
  return rate >= 1 ? 1 : -Math.expm1(Math.log1p(-rate) * Math.max(1, comparisons));
}
