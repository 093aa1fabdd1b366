import type { Point, Rect } from './geometry.ts';
import { type PixelMemory, type PlacedImage, placedPart } from './pixel-memory.ts';

/**
 * All levels of a pyramid laid out on one plane, as dlib's input_rgb_image_pyramid does
 * (image_pyramid.h, compute_tiled_image_pyramid_details). A net scores whole windows, so what lies beside a level
 * decides how faces cut by its border score: the layout is part of the model.
 */
export interface TiledPyramid {
  readonly plane: PlacedImage;
  /** Where each level lies on the plane. */
  readonly places: readonly Rect[];
}

export interface TileSpacing {
  /** Empty pixels between levels. */
  readonly paddingPx: number;
  /** Empty pixels around the plane. */
  readonly outerPaddingPx: number;
}

/** Each level has 5/6 of the side of the one before, rounded down. */
const LEVEL_RATIO = 5 / 6;
/** dlib ends the pyramid below this many rows. */
const MIN_LEVEL_ROWS = 5;

/** A picture that can be written into a memory. */
export interface PaintedPicture {
  readonly width: number;
  readonly height: number;
  paint(memory: PixelMemory, to: PlacedImage): void;
}

/** Builds the levels on a plane of one colour, each from the one before. */
export function tiledPyramid(
  memory: PixelMemory,
  picture: PaintedPicture,
  spacing: TileSpacing,
  background: readonly [number, number, number],
): TiledPyramid {
  const { width, height, places } = placeTiles(picture.width, picture.height, spacing);
  const plane = memory.place(width, height);
  memory.fill(plane, background);
  let last: PlacedImage | null = null;
  for (const place of places) {
    const level = placedPart(plane, place);
    if (last === null) picture.paint(memory, level);
    else memory.resize(last, level, 'nearest');
    last = level;
  }
  return { plane, places };
}

/** Index of the place that holds the point or, between places, is nearest to it. */
export function nearestTile(places: readonly Rect[], point: Point): number {
  let nearest = 0;
  let least = Number.POSITIVE_INFINITY;
  places.forEach((place, i) => {
    const dx = Math.max(place.left - point.x, 0, point.x - (place.right - 1));
    const dy = Math.max(place.top - point.y, 0, point.y - (place.bottom - 1));
    const distance = dx * dx + dy * dy;
    if (distance < least) {
      least = distance;
      nearest = i;
    }
  });
  return nearest;
}

interface Layout {
  readonly width: number;
  readonly height: number;
  readonly places: readonly Rect[];
}

/** Levels run down the left side until half of the rest fits beside them, then back up on the right side. */
function placeTiles(width: number, height: number, { paddingPx, outerPaddingPx }: TileSpacing): Layout {
  const sizes = levelSizes(width, height);
  const columnHeight = leftColumnHeight(sizes, paddingPx);
  const places: Rect[] = [];
  let y = outerPaddingPx;
  for (const size of sizes) {
    if (y >= columnHeight + outerPaddingPx) break;
    places.push(placed(outerPaddingPx, y, size));
    y += size.height + paddingPx;
  }
  y -= paddingPx;
  for (const size of sizes.slice(places.length)) {
    const place = placed(outerPaddingPx + width - size.width, y - size.height, size);
    // The right side ends where it would meet the largest level.
    if (place.top < places[0]!.bottom) break;
    places.push(place);
    y -= size.height + paddingPx;
  }
  return { width: width + 2 * outerPaddingPx, height: columnHeight + 2 * outerPaddingPx, places };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function placed(left: number, top: number, { width, height }: Size): Rect {
  return { left, top, right: left + width, bottom: top + height };
}

function levelSizes(width: number, height: number): readonly Size[] {
  const sizes: Size[] = [{ width, height }];
  for (;;) {
    const { width: w, height: h } = sizes.at(-1)!;
    const next = { width: Math.floor(LEVEL_RATIO * w), height: Math.floor(LEVEL_RATIO * h) };
    if (next.width === 0 || next.height < MIN_LEVEL_ROWS) return sizes;
    sizes.push(next);
  }
}

function leftColumnHeight(sizes: readonly Size[], paddingPx: number): number {
  const first = sizes[0]!;
  const total = sizes.reduce((sum, size) => sum + size.height + paddingPx, 0) - 2 * paddingPx;
  let height = 0;
  let previousWidth = 0;
  for (const size of sizes) {
    const fitsBeside = size.width <= first.width - previousWidth - paddingPx;
    if (fitsBeside && (height - first.height) * 2 >= total - first.height) break;
    height += size.height + paddingPx;
    previousWidth = size.width;
  }
  return height - paddingPx;
}
