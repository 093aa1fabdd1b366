import type { ChipRegion } from '../core/chip.ts';
import type { Point } from '../core/geometry.ts';
import type { RgbImage } from '../core/image.ts';

export interface Embedder {
  /** The net's name, the first part of every recipe: `dlib-resnet-v1`. */
  readonly model: string;
  /** Numbers in an embedding. */
  readonly length: number;
  /** Side of the square chip it takes, in pixels. */
  readonly chipSize: number;
  /** The part of a picture that becomes the chip it was trained on. landmarks: dlib's five points. */
  chipRegion(landmarks: readonly Point[]): ChipRegion;
  /**
   * Aligned chips -> embeddings, in the same order.
   * requires  every chip chipSize x chipSize, RGB, 0-255
   * ensures   each embedding has `length` numbers, not normalised: compare by Euclidean distance; chips unchanged
   * throws    AcquaintError('inference_failed')
   */
  embed(chips: readonly RgbImage[]): Promise<readonly Float32Array[]>;
  close(): Promise<void>;
}
