import type { Point, Rect } from '../core/geometry.ts';
import type { RgbImage } from '../core/image.ts';
import type { SteadyShape } from '../core/shape-predictor.ts';

export interface LandmarkPredictor {
  /** Points in a shape, in dlib's order. */
  readonly pointCount: 5 | 68;
  /**
   * Where the landmarks of the face in `box` are, in whole pixels of the picture; they may lie outside it.
   * ensures  image unchanged
   */
  predict(image: RgbImage, box: Rect): readonly Point[];
  /** The mean of predictions from several boxes about `box`, and how far they differ: about 15 times the work. */
  predictSteady(image: RgbImage, box: Rect): SteadyShape;
}
