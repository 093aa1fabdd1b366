import type { RgbImage } from '../core/image.ts';

/** throws  RangeError unless the chip is a square of that side */
export function requireChip({ width, height }: RgbImage, side: number): void {
  if (width === side && height === side) return;
  throw new RangeError(`Expected a chip of ${side}x${side} pixels but received ${width}x${height}`);
}
