import { binCounts } from '../core/histogram.ts';

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
  const counts = (distances: Float64Array) => binCounts(distances, { from, binWidth, bins: HISTOGRAM_BINS });
  return { from, binWidth, same: counts(same), different: counts(different) };
}
