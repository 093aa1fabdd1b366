import { requireFields } from './arguments.ts';

/** A point in pixels: see the conventions in image.ts. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A box in pixels: left and top inclusive, right and bottom exclusive. It may reach outside the picture. */
export interface Rect {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** throws  TypeError, RangeError unless it has four numbers */
export function requireRect(name: string, rect: Rect): void {
  requireFields(name, rect, { left: 'number', top: 'number', right: 'number', bottom: 'number' });
  const { left, top, right, bottom } = rect;
  requireFinite(name, [left, top, right, bottom]);
}

/** throws  TypeError, RangeError unless it has two numbers */
export function requirePoint(name: string, point: Point): void {
  requireFields(name, point, { x: 'number', y: 'number' });
  requireFinite(name, [point.x, point.y]);
}

function requireFinite(name: string, values: readonly number[]): void {
  if (values.every(Number.isFinite)) return;
  throw new RangeError(`Expected finite numbers for ${name} but received ${values.join(', ')}`);
}

/** The box whose corner pixels are those of `rect`, each mapped and rounded to whole pixels. */
export function mapRect(rect: Rect, map: (point: Point) => Point): Rect {
  const topLeft = map({ x: rect.left, y: rect.top });
  const bottomRight = map({ x: rect.right - 1, y: rect.bottom - 1 });
  return {
    left: Math.round(topLeft.x),
    top: Math.round(topLeft.y),
    right: Math.round(bottomRight.x) + 1,
    bottom: Math.round(bottomRight.y) + 1,
  };
}

export function rectWidth(rect: Rect): number {
  return rect.right - rect.left;
}

export function rectHeight(rect: Rect): number {
  return rect.bottom - rect.top;
}

export function rectArea(rect: Rect): number {
  return Math.max(0, rectWidth(rect)) * Math.max(0, rectHeight(rect));
}

export function rectCentre(rect: Rect): Point {
  return { x: (rect.left + rect.right - 1) / 2, y: (rect.top + rect.bottom - 1) / 2 };
}

/** Whether the point lies in the box; its right and bottom edges do not belong to it. */
export function isInside(rect: Rect, { x, y }: Point): boolean {
  return x >= rect.left && x < rect.right && y >= rect.top && y < rect.bottom;
}

export function intersectionArea(a: Rect, b: Rect): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return width > 0 && height > 0 ? width * height : 0;
}

/** Intersection over union, 0 (apart) to 1 (the same box). */
export function intersectionOverUnion(a: Rect, b: Rect): number {
  const shared = intersectionArea(a, b);
  return shared === 0 ? 0 : shared / (rectArea(a) + rectArea(b) - shared);
}

/** The part of `rect` that lies inside a picture of this size; may be empty (right <= left). */
export function clampRect(rect: Rect, width: number, height: number): Rect {
  return {
    left: Math.max(0, rect.left),
    top: Math.max(0, rect.top),
    right: Math.min(width, rect.right),
    bottom: Math.min(height, rect.bottom),
  };
}

/**
 * When two boxes count as one object: dlib's `test_box_overlap` (box_overlap_testing.h). Its first figure is called
 * IoU there, but its denominator is the area of the smallest box around both, not of their union.
 */
export interface OverlapRule {
  /** The same object when intersection / area of the box around both exceeds this. */
  readonly iou: number;
  /** The same object when intersection / area of either box exceeds this. 1 switches the test off. */
  readonly covered: number;
}

export function overlaps(a: Rect, b: Rect, rule: OverlapRule): boolean {
  const shared = intersectionArea(a, b);
  if (shared === 0) return false;
  return (
    shared / rectArea(enclosingRect(a, b)) > rule.iou ||
    shared / rectArea(a) > rule.covered ||
    shared / rectArea(b) > rule.covered
  );
}

/** The smallest box that holds both. */
export function enclosingRect(a: Rect, b: Rect): Rect {
  return {
    left: Math.min(a.left, b.left),
    top: Math.min(a.top, b.top),
    right: Math.max(a.right, b.right),
    bottom: Math.max(a.bottom, b.bottom),
  };
}

/**
 * Greedy non-maximum suppression: the best score first, every box that overlaps a kept one is dropped.
 * Returns a new array, best first; equal scores keep their order.
 */
export function suppressNonMaxima<T extends { readonly box: Rect; readonly score: number }>(
  candidates: readonly T[],
  rule: OverlapRule,
): T[] {
  const kept: T[] = [];
  for (const candidate of candidates.toSorted((a, b) => b.score - a.score)) {
    if (!kept.some((winner) => overlaps(winner.box, candidate.box, rule))) kept.push(candidate);
  }
  return kept;
}
