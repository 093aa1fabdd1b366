import type { Point, Rect } from './geometry.ts';
import { createImage, type RgbImage } from './image.ts';

/** Quarter turns, clockwise on the screen. */
export type QuarterTurns = 0 | 1 | 2 | 3;

export function rotated(image: RgbImage, turns: QuarterTurns): RgbImage {
  if (turns === 0) return image;
  const { width, height, data } = image;
  const target = turns === 2 ? createImage(width, height) : createImage(height, width);
  let from = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++, from += 3) {
      const to = rotatedPoint({ x, y }, image, turns);
      const at = (to.y * target.width + to.x) * 3;
      target.data[at] = data[from]!;
      target.data[at + 1] = data[from + 1]!;
      target.data[at + 2] = data[from + 2]!;
    }
  }
  return target;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Where a point of a picture of this size lies when the picture has been turned. */
export function rotatedPoint({ x, y }: Point, { width, height }: Size, turns: QuarterTurns): Point {
  if (turns === 1) return { x: height - 1 - y, y: x };
  if (turns === 2) return { x: width - 1 - x, y: height - 1 - y };
  return turns === 3 ? { x: y, y: width - 1 - x } : { x, y };
}

/** Where a point of the turned picture lies in the original, whose size is given. */
export function unrotatedPoint(point: Point, { width, height }: Size, turns: QuarterTurns): Point {
  const turnedSize = turns % 2 === 1 ? { width: height, height: width } : { width, height };
  return rotatedPoint(point, turnedSize, ((4 - turns) % 4) as QuarterTurns);
}

export function unrotatedRect(rect: Rect, size: Size, turns: QuarterTurns): Rect {
  const a = unrotatedPoint({ x: rect.left, y: rect.top }, size, turns);
  const b = unrotatedPoint({ x: rect.right - 1, y: rect.bottom - 1 }, size, turns);
  return {
    left: Math.min(a.x, b.x),
    top: Math.min(a.y, b.y),
    right: Math.max(a.x, b.x) + 1,
    bottom: Math.max(a.y, b.y) + 1,
  };
}
