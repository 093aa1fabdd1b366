import type { Point, Rect } from '../core/geometry.ts';
import type { RgbImage } from '../core/image.ts';

/** One face found. `box` may reach over the border of the picture when the face is cut by it. */
export interface Detection {
  /** Whole pixels of the picture that was given to the detector. */
  readonly box: Rect;
  /** Signed distance from the detector's own threshold: 0 is the trained threshold, larger is surer. */
  readonly score: number;
  /** The detector's own points, in the order of the layout `yunet5` (core/liveness/head-model.ts); not every one has them. */
  readonly yunet5?: readonly Point[];
}

export interface DetectionOptions {
  /** The smallest face to look for, its box's side in pixels of the picture. Decides the analysis resolution. */
  readonly minFacePx: number;
  /** Only detections with `score` of at least this; 0 is the trained threshold, lower finds more and errs more. */
  readonly scoreThreshold: number;
  /** At most this many, the surest first. */
  readonly maxFaces: number;
}

export interface Detector {
  /**
   * requires  minFacePx >= 1, maxFaces >= 1
   * ensures   detections sorted by score, best first, without duplicates of one face; image unchanged
   * throws    AcquaintError('inference_failed')
   */
  detect(image: RgbImage, options: DetectionOptions): Promise<readonly Detection[]>;
  close(): Promise<void>;
}
