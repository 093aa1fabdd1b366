import type { Point, Rect } from '../core/geometry.ts';
import type { RgbImage } from '../core/image.ts';

export interface LandmarkPredictor {
  /** How many points it finds, in dlib's order: docs/landmarks.md draws both orders. */
  readonly pointCount: 5 | 68;
  /**
   * requires  box as a detector gives it; it may reach outside the picture
   * ensures   `pointCount` points in pixels of the picture, in order; they may lie outside it
   */
  predict(image: RgbImage, box: Rect): readonly Point[];
}
