import type { RgbImage } from '../core/image.ts';
import type { LivenessView } from '../core/liveness-decision.ts';

/** Tells a face before the camera from a picture of a face, by one picture. */
export interface LivenessNet {
  /** The model's name, told with every answer. */
  readonly model: string;
  /** What it is shown of a face: `livenessRegion` of core/liveness-decision.ts. */
  readonly view: LivenessView;
  /**
   * Squares around faces -> how much each looks like a face before the camera, in the same order.
   * requires  every crop view.side x view.side, RGB, 0-255
   * ensures   scores from 0 to 1: no probabilities, compare them with the model's own thresholds; crops unchanged
   * throws    RangeError for a crop of another size; AcquaintError('inference_failed' | 'model_corrupt')
   */
  score(crops: readonly RgbImage[]): Promise<readonly number[]>;
  close(): Promise<void>;
}
