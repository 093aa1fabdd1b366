import type { GalleryEvaluation } from '../../client/index.ts';

type Point = GalleryEvaluation['curve'][number];

/** The measured point nearest to a threshold; `curve` is sorted by it. */
export function pointAt(curve: readonly Point[], threshold: number): Point | null {
  let nearest: Point | null = null;
  for (const point of curve) {
    if (nearest && Math.abs(point.threshold - threshold) >= Math.abs(nearest.threshold - threshold)) break;
    nearest = point;
  }
  return nearest;
}
