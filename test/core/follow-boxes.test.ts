import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { followBoxes } from '../../src/core/follow-boxes.ts';

const box = (left: number, top: number, side = 100) => ({
  left,
  top,
  right: left + side,
  bottom: top + side,
});

describe('followBoxes', () => {
  it('finds boxes again that moved a little, whatever their order', () => {
    const before = [box(0, 0), box(300, 0), box(0, 300)];
    const now = [box(310, 5), box(5, 290), box(8, 4)];
    expect(followBoxes(before, now)).toEqual([1, 2, 0]);
  });

  it('gives a box to the one that overlaps it most, and none to what was not there', () => {
    expect(followBoxes([box(0, 0)], [box(30, 0), box(5, 0), box(500, 0)])).toEqual([null, 0, null]);
    expect(followBoxes([], [box(0, 0)])).toEqual([null]);
    expect(followBoxes([box(0, 0)], [])).toEqual([]);
  });

  it('never gives one box to two', () => {
    const boxes = fc.array(
      fc.record({
        x: fc.integer({ min: 0, max: 200 }),
        y: fc.integer({ min: 0, max: 200 }),
        side: fc.integer({ min: 1, max: 150 }),
      }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(boxes, boxes, (a, b) => {
        const rects = (list: typeof a) => list.map(({ x, y, side }) => box(x, y, side));
        const followed = followBoxes(rects(a), rects(b));
        const given = followed.filter((each) => each !== null);
        expect(followed).toHaveLength(b.length);
        expect(new Set(given).size).toBe(given.length);
        expect(given.every((each) => each >= 0 && each < a.length)).toBe(true);
      }),
    );
  });
});
