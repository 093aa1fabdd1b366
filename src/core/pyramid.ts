import { mapRect, type Point, type Rect } from './geometry.ts';
import type { PixelMemory, PlacedImage } from './pixel-memory.ts';

/**
 * dlib's `pyramid_down<6>` (image_pyramid.h): the step of both detectors. Each level is 5/6 of the one before, made
 * from that one (not from the picture), by bilinear sampling of 8-bit pixels.
 */
const LEVEL_RATIO = 5 / 6;
/** dlib shifts points by this much for each level (image_pyramid.h, pyramid_down::point_up). */
const LEVEL_OFFSET = 0.3;

/** Of the next level of the pyramid: each side 5/6, rounded down from n * 5 / 6 in whole numbers; 0 after 1. */
export function nextPyramidSize({ width, height }: { readonly width: number; readonly height: number }) {
  return { width: Math.floor((5 * width) / 6), height: Math.floor((5 * height) / 6) };
}

/** A point of level `levels` in pixels of level 0. */
export function pyramidPointUp(point: Point, levels: number): Point {
  let { x, y } = point;
  for (let level = 0; level < levels; level++) {
    x = x / LEVEL_RATIO + LEVEL_OFFSET;
    y = y / LEVEL_RATIO + LEVEL_OFFSET;
  }
  return { x, y };
}

/** A box of level `levels` in whole pixels of level 0: both corner pixels are mapped and rounded, as dlib does. */
export function pyramidRectUp(rect: Rect, levels: number): Rect {
  return mapRect(rect, (point) => pyramidPointUp(point, levels));
}

/**
 * Size of a picture enlarged to twice its size: dlib's `pyramid_up` with `pyramid_down<2>`, whose point mapping
 * (p + (1.25, 0.75)) * 2 fixes it.
 */
export function doubledSize({ width, height }: { readonly width: number; readonly height: number }) {
  return { width: Math.round((width - 1 + 1.25) * 2) + 1, height: Math.round((height - 1 + 0.75) * 2) + 1 };
}

/** Sides up to this give no half: dlib's `pyramid_down<2>` returns an empty picture. */
export const MIN_HALVED_SIDE = 9;

/** Pixels of a side after `halved`. */
export function halvedSide(side: number): number {
  return Math.floor((side - 3) / 2);
}

/**
 * The picture at half its size after a 5x5 binomial (1 4 6 4 1) blur: dlib's `pyramid_down<2>`. Pixel (x, y) of the
 * result lies on pixel (2x + 2, 2y + 2); the border that the blur cannot reach is dropped.
 * requires  both sides at least MIN_HALVED_SIDE
 */
export function halved(memory: PixelMemory, image: PlacedImage): PlacedImage {
  const half = memory.place(halvedSide(image.width), halvedSide(image.height));
  memory.halve(image, half);
  return half;
}

/** A point of the picture in pixels of its half, or of the doubled picture in the picture's (pyramid_down<2>::point_down). */
export function halvedPointDown(point: Point): Point {
  return { x: point.x / 2 - 1.25, y: point.y / 2 - 0.75 };
}
