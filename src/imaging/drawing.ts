import type { Point, Rect } from '../core/geometry.ts';
import { clampRect, rectHeight, rectWidth } from '../core/geometry.ts';
import type { RgbImage } from '../core/image.ts';
import type { Colour } from './palette.ts';

// Coordinates here are edges, not pixel centres: a box from 0 to 2 covers the pixels 0 and 1 in full. Shapes are
// signed distances turned into coverage, so that edges are smooth. Everything is cut at the picture's border.

/** Ink laid over what is there: 0 (nothing) to 1 (covers it). */
export interface Ink {
  readonly colour: Colour;
  readonly opacity: number;
}

/** A rendered text: four bytes a pixel, alpha not multiplied into the colours. */
export interface Tile {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Along the straight edges of a frame; the corners are always drawn. */
export interface Dash {
  readonly on: number;
  readonly off: number;
}

export interface Frame {
  readonly box: Rect;
  readonly radius: number;
  readonly lineWidth: number;
  readonly dash: Dash | null;
}

/** Draws on `canvas`. */
export function fillRoundedRect(canvas: RgbImage, box: Rect, radius: number, ink: Ink): void {
  paint(canvas, grow(box, 1), ink, (x, y) => clamp01(0.5 - distanceToRoundedRect(x, y, box, radius)));
}

/** Draws on `canvas`. */
export function fillCircle(canvas: RgbImage, centre: Point, radius: number, ink: Ink): void {
  const { x: cx, y: cy } = centre;
  const box = { left: cx - radius, top: cy - radius, right: cx + radius, bottom: cy + radius };
  paint(canvas, grow(box, 1), ink, (x, y) => clamp01(0.5 + radius - Math.hypot(x - cx, y - cy)));
}

/** Draws the outline on `canvas`, the line's middle on the box's edge. */
export function strokeFrame(canvas: RgbImage, frame: Frame, ink: Ink): void {
  const { box, radius, dash } = frame;
  const half = frame.lineWidth / 2;
  const coverage = (x: number, y: number): number => {
    const line = clamp01(half + 0.5 - Math.abs(distanceToRoundedRect(x, y, box, radius)));
    return line === 0 || dash === null ? line : line * dashCoverage(x, y, box, radius, dash);
  };
  for (const strip of strips(box, radius + half + 1)) paint(canvas, strip, ink, coverage);
}

/** Lays a tile on `canvas` with its top left corner there. */
export function drawTile(canvas: RgbImage, tile: Tile, left: number, top: number): void {
  const box = { left, top, right: left + tile.width, bottom: top + tile.height };
  const visible = clampRect(box, canvas.width, canvas.height);
  for (let y = visible.top; y < visible.bottom; y++) {
    for (let x = visible.left; x < visible.right; x++) {
      const from = ((y - top) * tile.width + x - left) * 4;
      const alpha = tile.data[from + 3]! / 255;
      if (alpha > 0) blend(canvas, x, y, tile.data, from, alpha);
    }
  }
}

function paint(canvas: RgbImage, area: Rect, ink: Ink, coverage: (x: number, y: number) => number): void {
  const visible = clampRect(area, canvas.width, canvas.height);
  for (let y = Math.floor(visible.top); y < visible.bottom; y++) {
    for (let x = Math.floor(visible.left); x < visible.right; x++) {
      const alpha = coverage(x + 0.5, y + 0.5) * ink.opacity;
      if (alpha > 0) blend(canvas, x, y, ink.colour, 0, alpha);
    }
  }
}

function blend(
  canvas: RgbImage,
  x: number,
  y: number,
  colour: ArrayLike<number>,
  from: number,
  alpha: number,
): void {
  const to = (y * canvas.width + x) * 3;
  for (let channel = 0; channel < 3; channel++) {
    const below = canvas.data[to + channel]!;
    canvas.data[to + channel] = Math.round(below + (colour[from + channel]! - below) * alpha);
  }
}

/** Negative inside, 0 on the outline, positive outside, in pixels. Formula: Inigo Quilez, "2D distance functions". */
function distanceToRoundedRect(x: number, y: number, box: Rect, radius: number): number {
  const dx = Math.abs(x - (box.left + box.right) / 2) - rectWidth(box) / 2 + radius;
  const dy = Math.abs(y - (box.top + box.bottom) / 2) - rectHeight(box) / 2 + radius;
  return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - radius;
}

/** Whole dashes on every edge: it begins and ends with a gap, next to the drawn corners. */
function dashCoverage(x: number, y: number, box: Rect, radius: number, dash: Dash): number {
  const alongX = Math.min(y - box.top, box.bottom - y) < Math.min(x - box.left, box.right - x);
  const length = (alongX ? rectWidth(box) : rectHeight(box)) - 2 * (radius + dash.on / 2);
  const position = (alongX ? x - box.left : y - box.top) - (radius + dash.on / 2);
  if (position <= 0 || position >= length) return 1;
  const count = Math.max(1, Math.round((length - dash.off) / (dash.on + dash.off)));
  const period = (length + dash.on) / (count + 1);
  const gap = period - dash.on;
  const inPeriod = position % period;
  // Signed distance to the gap's nearer end: negative within the gap.
  return clamp01(0.5 + Math.max(-inPeriod, inPeriod - gap));
}

/** The frame's four sides as areas that do not overlap, so that no pixel is inked twice; one area when it is small. */
function strips(box: Rect, reach: number): Rect[] {
  const outer = grow(box, reach);
  const inner = grow(box, -reach);
  if (rectWidth(inner) <= 0 || rectHeight(inner) <= 0) return [outer];
  const [top, bottom] = [Math.floor(inner.top), Math.floor(inner.bottom)];
  const [left, right] = [Math.floor(inner.left), Math.floor(inner.right)];
  return [
    { ...outer, bottom: top },
    { ...outer, top: bottom },
    { ...outer, top, bottom, right: left },
    { ...outer, top, bottom, left: right },
  ];
}

function grow(box: Rect, by: number): Rect {
  return { left: box.left - by, top: box.top - by, right: box.right + by, bottom: box.bottom + by };
}

function clamp01(value: number): number {
  return Math.min(1, Math.max(0, value));
}
