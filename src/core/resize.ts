import type { RgbImage } from './image.ts';
import { type Rounding, withPixelMemorySync } from './pixel-memory.ts';

/**
 * Bilinear resize with the corners of both pictures on each other: dlib's `resize_image` (interpolation.h), which
 * rounds 8-bit pixels down; 'nearest' keeps the mean brightness, as dlib's resize of floating-point pixels does. It does
 * not smooth, so shrink by more than 2 with `downscale` of preprocess.ts.
 * In 32-bit floats, as the reference: an exact whole value may come out lower by 1.
 * requires  width, height whole numbers >= 1
 * throws    AcquaintError('image_too_large') when both pictures together exceed 4 GB
 */
export function resizeBilinear(
  image: RgbImage,
  width: number,
  height: number,
  rounding: Rounding = 'down',
): RgbImage {
  if (width === image.width && height === image.height) return image;
  return withPixelMemorySync((memory) => {
    const resized = memory.place(width, height);
    memory.resize(memory.write(image), resized, rounding);
    return memory.read(resized);
  });
}
