import { intersectionArea, type Rect, rectHeight, rectWidth } from '../core/geometry.ts';

/** A label to be placed: its size in whole pixels and the box it belongs to. */
export interface LabelSlot {
  readonly box: Rect;
  readonly width: number;
  readonly height: number;
}

/** What it costs to cover a whole label's area of … A taken place is avoided before a face, a neighbour before one's own. */
const cost = { label: 8, otherFace: 6, ownFace: 2 };
/** Each later choice of place costs this: between places as good as each other the earlier one wins. */
const orderCost = 0.02;

/**
 * Finds a place for each label next to its box: below it first, where bodies are and seldom faces; else above, at the sides, at
 * last inside.
 * requires  every label fits into the picture; `otherFaces` are the boxes without a label
 * ensures   one place each, in order, wholly inside the picture, at whole pixels; labels and faces are covered only
 *           where no tried place is free
 */
export function placeLabels(
  slots: readonly LabelSlot[],
  picture: { width: number; height: number },
  gap: number,
  otherFaces: readonly Rect[] = [],
): Rect[] {
  const placed: Rect[] = [];
  const faces = [...slots.map(({ box }) => box), ...otherFaces];
  for (const slot of slots) {
    const places = candidates(slot, gap).map((place) => moveInside(place, picture));
    const costs = places.map((place, order) => placeCost(place, slot, faces, placed) + order * orderCost);
    placed.push(places[costs.indexOf(Math.min(...costs))]!);
  }
  return placed;
}

function candidates({ box, width, height }: LabelSlot, gap: number): Rect[] {
  const centre = (box.left + box.right - width) / 2;
  const below = box.bottom + gap;
  const above = box.top - gap - height;
  const middle = (box.top + box.bottom - height) / 2;
  const [flushLeft, flushRight] = [box.left, box.right - width];
  const corners: [number, number][] = [
    [centre, below],
    [centre, above],
    [flushLeft, below],
    [flushRight, below],
    [flushLeft, above],
    [flushRight, above],
    [centre, below + height + gap],
    [centre, above - height - gap],
    [box.right + gap, middle],
    [box.left - gap - width, middle],
    [centre, box.bottom - gap - height],
    [centre, box.top + gap],
  ];
  return corners.map(([x, y]) => {
    const [left, top] = [Math.round(x), Math.round(y)];
    return { left, top, right: left + width, bottom: top + height };
  });
}

function moveInside(place: Rect, picture: { width: number; height: number }): Rect {
  const [width, height] = [rectWidth(place), rectHeight(place)];
  const left = Math.max(0, Math.min(place.left, picture.width - width));
  const top = Math.max(0, Math.min(place.top, picture.height - height));
  return { left, top, right: left + width, bottom: top + height };
}

function placeCost(place: Rect, slot: LabelSlot, boxes: readonly Rect[], placed: readonly Rect[]): number {
  let covered = 0;
  for (const box of boxes) {
    covered += intersectionArea(place, box) * (box === slot.box ? cost.ownFace : cost.otherFace);
  }
  for (const label of placed) covered += intersectionArea(place, label) * cost.label;
  return covered / (slot.width * slot.height);
}
