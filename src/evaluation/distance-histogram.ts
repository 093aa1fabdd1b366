/** Equally wide bins of distances. */
export interface DistanceHistogram {
  readonly from: number;
  readonly binWidth: number;
  readonly same: readonly number[];
  readonly different: readonly number[];
}

const HISTOGRAM_BINS = 60;

/** Both sorted. */
export function histogramOf(same: Float64Array, different: Float64Array): DistanceHistogram {
  const from = Math.min(same[0] ?? 0, different[0] ?? 0);
  const to = Math.max(same.at(-1) ?? 1, different.at(-1) ?? 1);
  const binWidth = (to - from) / HISTOGRAM_BINS || 1;
  const counts = (distances: Float64Array): number[] => {
    const bins = new Array<number>(HISTOGRAM_BINS).fill(0);
    for (const distance of distances) {
      bins[Math.min(HISTOGRAM_BINS - 1, Math.floor((distance - from) / binWidth))]!++;
    }
    return bins;
  };
  return { from, binWidth, same: counts(same), different: counts(different) };
}
