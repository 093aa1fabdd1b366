/**
 * Distances of dlib-resnet-v1 embeddings below which two faces count as one person.
 * Evidence: bench/thresholds on LFW's 7,701 pictures; docs/thresholds.md.
 */

/** For two pictures: dlib's own; 0.5 % of all pairs of strangers among LFW's pictures are nearer. */
export const DEFAULT_VERIFY_THRESHOLD = 0.6;

/** A match must be nearer than the next person by this much; below it, who it is cannot be told. */
export const DEFAULT_MARGIN = 0.02;

/**
 * The greatest distance of a match among so many people. At these distances at most about one stranger in a hundred is
 * named: 60,000 strangers against random galleries of LFW's people, one photo each (docs/thresholds.md).
 */
const IDENTIFY_THRESHOLDS: readonly { readonly people: number; readonly distance: number }[] = [
  { people: 1, distance: 0.6 },
  { people: 3, distance: 0.58 },
  { people: 10, distance: 0.545 },
  { people: 30, distance: 0.515 },
  { people: 100, distance: 0.48 },
  { people: 300, distance: 0.455 },
  { people: 1000, distance: 0.43 },
  { people: 3000, distance: 0.41 },
  { people: 10_000, distance: 0.39 },
];

/**
 * The greatest distance of a match among that many enrolled people. A stranger meets each of them, so what is allowed
 * for a pair is divided among them: the threshold falls as people are added, between the table's rows in the
 * logarithm of their number.
 * throws  RangeError unless people is a whole number of at least 0
 */
export function identifyThreshold(people: number): number {
  if (!Number.isInteger(people) || people < 0) {
    throw new RangeError(`Expected a whole number of at least 0 for people but received ${people}`);
  }
  const upper = IDENTIFY_THRESHOLDS.findIndex((row) => row.people >= people);
  if (upper === 0) return IDENTIFY_THRESHOLDS[0]!.distance;
  if (upper === -1) return IDENTIFY_THRESHOLDS.at(-1)!.distance;
  const from = IDENTIFY_THRESHOLDS[upper - 1]!;
  const to = IDENTIFY_THRESHOLDS[upper]!;
  const share = Math.log(people / from.people) / Math.log(to.people / from.people);
  return from.distance + share * (to.distance - from.distance);
}
