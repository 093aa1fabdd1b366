import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { intersectionOverUnion, overlaps, type Rect, suppressNonMaxima } from '../../src/core/geometry.ts';
import {
  applySimilarity,
  estimateSimilarity,
  invertSimilarity,
  similarityAngle,
  similarityScale,
} from '../../src/core/similarity.ts';

const rect = fc
  .record({
    left: fc.integer({ min: -50, max: 50 }),
    top: fc.integer({ min: -50, max: 50 }),
    width: fc.integer({ min: 1, max: 60 }),
    height: fc.integer({ min: 1, max: 60 }),
  })
  .map(({ left, top, width, height }): Rect => ({ left, top, right: left + width, bottom: top + height }));
const number = fc.double({ min: -100, max: 100, noNaN: true });
const point = fc.record({ x: number, y: number });

describe('boxes', () => {
  it('have an IoU between 0 and 1, the same both ways, 1 only with themselves', () => {
    fc.assert(
      fc.property(rect, rect, (a, b) => {
        const iou = intersectionOverUnion(a, b);
        expect(iou).toBeGreaterThanOrEqual(0);
        expect(iou).toBeLessThanOrEqual(1);
        expect(iou).toBe(intersectionOverUnion(b, a));
        expect(intersectionOverUnion(a, a)).toBe(1);
      }),
    );
  });

  it('that survive suppression do not overlap, and every dropped one overlaps a better one', () => {
    const rule = { iou: 0.3, covered: 0.8 };
    const candidates = fc.array(fc.record({ box: rect, score: fc.double({ min: 0, max: 1, noNaN: true }) }));
    fc.assert(
      fc.property(candidates, (all) => {
        const kept = suppressNonMaxima(all, rule);
        for (const [i, a] of kept.entries()) {
          for (const b of kept.slice(i + 1)) expect(overlaps(a.box, b.box, rule)).toBe(false);
        }
        for (const candidate of all) {
          const winner = kept.some(
            (k) => k === candidate || (k.score >= candidate.score && overlaps(k.box, candidate.box, rule)),
          );
          expect(winner).toBe(true);
        }
      }),
    );
  });
});

describe('a similarity', () => {
  it('is found again from points it has moved, and undone by its inverse', () => {
    const points = fc.array(point, { minLength: 3, maxLength: 8 });
    const angle = fc.double({ min: -3, max: 3, noNaN: true });
    const scale = fc.double({ min: 0.1, max: 10, noNaN: true });
    fc.assert(
      fc.property(points, angle, scale, point, (from, turn, size, shift) => {
        fc.pre(from.some((p) => Math.hypot(p.x - from[0]!.x, p.y - from[0]!.y) > 1));
        const moved = { a: size * Math.cos(turn), b: size * Math.sin(turn), tx: shift.x, ty: shift.y };
        const found = estimateSimilarity(
          from,
          from.map((p) => applySimilarity(moved, p)),
        );
        expect(similarityScale(found)).toBeCloseTo(size, 5);
        expect(Math.cos(similarityAngle(found) - turn)).toBeCloseTo(1, 6);
        const back = applySimilarity(invertSimilarity(found), applySimilarity(found, from[0]!));
        expect(back.x).toBeCloseTo(from[0]!.x, 4);
        expect(back.y).toBeCloseTo(from[0]!.y, 4);
      }),
    );
  });

  it('needs points that differ', () => {
    const same = [
      { x: 1, y: 1 },
      { x: 1, y: 1 },
    ];
    expect(() => estimateSimilarity(same, same)).toThrow('Expected points that differ');
  });
});
