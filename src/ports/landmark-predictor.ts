import type { ShapePredictor } from '../core/shape-predictor.ts';

export interface LandmarkPredictor extends ShapePredictor {
  /** Points in a shape, in dlib's order. */
  readonly pointCount: 5 | 68;
}
