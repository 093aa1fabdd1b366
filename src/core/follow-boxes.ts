import { intersectionOverUnion, type Rect } from './geometry.ts';

/** Two boxes that share less than this of their union are not one face a moment later. */
const LEAST_OVERLAP = 0.3;

/**
 * Which of the boxes before each of the boxes now is: those that overlap most first, no box twice.
 * ensures  for each box of `now` an index into `before`, or null for one that was not there
 */
export function followBoxes(before: readonly Rect[], now: readonly Rect[]): readonly (number | null)[] {
  const pairs = now.flatMap((box, to) =>
    before.map((old, from) => ({ from, to, overlap: intersectionOverUnion(old, box) })),
  );
  const followed = new Array<number | null>(now.length).fill(null);
  const taken = new Set<number>();
  for (const { from, to, overlap } of pairs.toSorted((a, b) => b.overlap - a.overlap)) {
    if (overlap < LEAST_OVERLAP) break;
    if (followed[to] !== null || taken.has(from)) continue;
    followed[to] = from;
    taken.add(from);
  }
  return followed;
}
