import { euclideanDistance } from '../distance.ts';

/**
 * How many of the looks at a face fit the one in their middle, and how many do not. The middle is the look with the
 * least sum of distances, so that one poor look, the first too, does not make strangers of all the others.
 * requires  embeddings of one recipe
 */
export function sameFaceLooks(
  looks: readonly Float32Array[],
  samePersonDistance: number,
): { readonly same: number; readonly others: number } {
  const distances = looks.map((a) => looks.map((b) => euclideanDistance(a, b)));
  const sum = (row: readonly number[]): number => row.reduce((total, distance) => total + distance, 0);
  const middle = distances.toSorted((a, b) => sum(a) - sum(b))[0] ?? [];
  const others = middle.filter((distance) => distance > samePersonDistance).length;
  return { same: middle.length - others, others };
}
