/** Equally wide bins; the last one also takes what lies beyond it. */
export interface Bins {
  readonly from: number;
  readonly binWidth: number;
  readonly bins: number;
}

/** How many values fall into each bin. requires  no value below `from`, binWidth > 0, bins >= 1 */
export function binCounts(values: Iterable<number>, { from, binWidth, bins }: Bins): readonly number[] {
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) counts[Math.min(bins - 1, Math.floor((value - from) / binWidth))]!++;
  return counts;
}
