import { type Point, type Rect, rectHeight, rectWidth } from './geometry.ts';
import { createImage, type RgbImage } from './image.ts';
import { resizeBilinear } from './resize.ts';

/**
 * All levels of a pyramid laid out on one plane, as dlib's input_rgb_image_pyramid does
 * (image_pyramid.h, compute_tiled_image_pyramid_details). A net scores whole windows, so what lies beside a level
 * decides how faces cut by its border score: the layout is part of the model.
 */
export interface TiledPyramid {
  readonly width: number;
  readonly height: number;
  readonly tiles: readonly PyramidTile[];
}

export interface PyramidTile {
  readonly level: RgbImage;
  /** Where the level lies on the plane. */
  readonly place: Rect;
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

/** Builds the levels, each from the one before, and places them. */
export function tiledPyramid(image: RgbImage, spacing: TileSpacing): TiledPyramid {
  const { width, height, places } = placeTiles(image.width, image.height, spacing);
  const tiles: PyramidTile[] = [];
  let level = image;
  for (const place of places) {
    level = resizeBilinear(level, rectWidth(place), rectHeight(place), 'nearest');
    tiles.push({ level, place });
  }
  return { width, height, tiles };
}

/** Rows [first, last) of the plane; of one colour (red, green, blue) where there is no level. */
export function planeRows(
  plane: TiledPyramid,
  first: number,
  last: number,
  background: readonly [number, number, number],
): RgbImage {
  const rows = createImage(plane.width, last - first);
  for (let i = 0; i < rows.data.length; i += 3) rows.data.set(background, i);
  for (const { level, place } of plane.tiles) {
    const stride = level.width * 3;
    const bottom = Math.min(last, place.bottom);
    for (let y = Math.max(first, place.top); y < bottom; y++) {
      const source = (y - place.top) * stride;
      rows.data.set(
        level.data.subarray(source, source + stride),
        ((y - first) * plane.width + place.left) * 3,
      );
    }
  }
  return rows;
}

/** Index of the tile that holds the point or, between tiles, is nearest to it. */
export function nearestTile(plane: TiledPyramid, point: Point): number {
  let nearest = 0;
  let least = Number.POSITIVE_INFINITY;
  plane.tiles.forEach(({ place }, i) => {
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
