import fc from 'fast-check';
import { expect, test } from 'vitest';
import { intersectionArea, type Rect } from '../../src/core/geometry.ts';
import { placeLabels } from '../../src/imaging/label-layout.ts';

const picture = { width: 400, height: 300 };
const at = (left: number, top: number, side = 60): Rect => ({
  left,
  top,
  right: left + side,
  bottom: top + side,
});

test('a label stands centred below its box', () => {
  expect(placeLabels([{ box: at(100, 100), width: 80, height: 20 }], picture, 4)).toEqual([
    { left: 90, top: 164, right: 170, bottom: 184 },
  ]);
});

test('at the bottom of the picture it moves above', () => {
  const [place] = placeLabels([{ box: at(100, 230), width: 80, height: 20 }], picture, 4);
  expect(place!.bottom).toBe(226);
});

test('it keeps off the face below and off labels that are placed', () => {
  const boxes = [at(100, 60), at(100, 125), at(170, 60)];
  const places = placeLabels(
    boxes.map((box) => ({ box, width: 90, height: 20 })),
    picture,
    4,
  );
  for (const place of places) {
    for (const box of boxes) expect(intersectionArea(place, box)).toBe(0);
    for (const other of places) if (other !== place) expect(intersectionArea(place, other)).toBe(0);
  }
});

test('a face that fills the picture carries its label inside', () => {
  const [place] = placeLabels(
    [{ box: { left: -5, top: -5, right: 405, bottom: 305 }, width: 80, height: 20 }],
    picture,
    4,
  );
  expect(place!.bottom).toBeLessThanOrEqual(300);
});

test('every label lies inside the picture, at whole pixels, wherever the boxes are', () => {
  const box = fc.record({
    left: fc.integer({ min: -300, max: 500 }),
    top: fc.integer({ min: -300, max: 500 }),
    side: fc.integer({ min: 1, max: 400 }),
  });
  const label = fc.record({
    width: fc.integer({ min: 1, max: 400 }),
    height: fc.integer({ min: 1, max: 300 }),
  });
  fc.assert(
    fc.property(fc.array(fc.tuple(box, label), { maxLength: 12 }), (slots) => {
      const places = placeLabels(
        slots.map(([{ left, top, side }, size]) => ({ box: at(left, top, side), ...size })),
        picture,
        3,
      );
      return places.every(
        ({ left, top, right, bottom }, i) =>
          left >= 0 &&
          top >= 0 &&
          right <= 400 &&
          bottom <= 300 &&
          Number.isInteger(left) &&
          Number.isInteger(top) &&
          right - left === slots[i]![1].width &&
          bottom - top === slots[i]![1].height,
      );
    }),
  );
});
