import { type Rect, rectHeight, rectWidth } from './geometry.ts';
import type { RgbImage } from './image.ts';
import { lumaPlane } from './preprocess.ts';

/** Facts about a face in its picture that tell how well it can be recognised. */
export interface FaceQuality {
  /** Shorter side of the box, pixels of the picture. */
  readonly sizePx: number;
  /** Variance of the Laplacian of the aligned chip's luma: low for blurred faces. */
  readonly sharpness: number;
  /** Mean luma of the aligned chip, 0 (black) to 255 (white). */
  readonly brightness: number;
}

/** requires  chip: the face in `box`, aligned, at least 3x3 pixels. */
export function measureQuality(box: Rect, chip: RgbImage): FaceQuality {
  const luma = lumaPlane(chip);
  return {
    sizePx: Math.min(rectWidth(box), rectHeight(box)),
    sharpness: laplacianVariance(luma, chip.width, chip.height),
    brightness: luma.reduce((sum, value) => sum + value, 0) / luma.length,
  };
}

/** The usual measure of focus (Pech-Pacheco et al., ICPR 2000), with the 4-neighbour Laplacian. */
function laplacianVariance(luma: Uint8Array, width: number, height: number): number {
  let sum = 0;
  let squares = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      const response = luma[at - 1]! + luma[at + 1]! + luma[at - width]! + luma[at + width]! - 4 * luma[at]!;
      sum += response;
      squares += response * response;
    }
  }
  const count = (width - 2) * (height - 2);
  return squares / count - (sum / count) ** 2;
}
