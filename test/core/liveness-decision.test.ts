import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rectArea } from '../../src/core/geometry.ts';
import { decideLiveness, LIVENESS_REASON_TEXTS, livenessRegion } from '../../src/core/liveness-decision.ts';

const share = fc.double({ min: 0, max: 1, noNaN: true });

describe('the decision about a score', () => {
  it('is live from the upper threshold on, spoof below the lower one, unsure between them', () => {
    const thresholds = { spoofBelow: 0.1, liveFrom: 0.9 };
    const decisions = [0, 0.099, 0.1, 0.5, 0.899, 0.9, 1].map(
      (score) => decideLiveness(score, thresholds).decision,
    );
    expect(decisions).toEqual(['spoof', 'spoof', 'unsure', 'unsure', 'unsure', 'live', 'live']);
  });

  it('never becomes worse for a higher score, whatever the thresholds, and has a reason with a text', () => {
    const order = ['spoof', 'unsure', 'live'];
    fc.assert(
      fc.property(share, share, share, share, (a, b, c, d) => {
        const [spoofBelow, liveFrom] = [Math.min(a, b), Math.max(a, b)];
        const answers = [Math.min(c, d), Math.max(c, d)].map((score) =>
          decideLiveness(score, { spoofBelow, liveFrom }),
        );
        const [low, high] = answers.map(({ decision }) => order.indexOf(decision));
        expect(low).toBeLessThanOrEqual(high!);
        for (const { reason } of answers) expect(LIVENESS_REASON_TEXTS[reason]).not.toBe('');
      }),
    );
  });

  it('has no unsure band where both thresholds are one', () => {
    fc.assert(
      fc.property(share, share, (score, threshold) => {
        const { decision } = decideLiveness(score, { spoofBelow: threshold, liveFrom: threshold });
        expect(decision).toBe(score >= threshold ? 'live' : 'spoof');
      }),
    );
  });

  it.each([
    [0.9, 0.1],
    [-0.1, 0.5],
    [0.5, 1.1],
    [Number.NaN, 0.5],
  ])('refuses thresholds %s and %s', (spoofBelow, liveFrom) => {
    expect(() => decideLiveness(0.5, { spoofBelow, liveFrom })).toThrow(RangeError);
  });
});

describe('what a net is shown of a face', () => {
  const view = { side: 128, scale: 2.7 };
  const boxOf = (left: number, top: number, side: number) => ({
    left,
    top,
    right: left + side,
    bottom: top + side,
  });

  it('is 2.7 sides of the box about its middle', () => {
    const region = livenessRegion(boxOf(300, 200, 100), { width: 800, height: 600 }, view);
    expect(region).toEqual({ centre: { x: 349.5, y: 249.5 }, side: expect.closeTo(270), angle: 0 });
  });

  it('lies inside the picture and covers the face, or there is a reason', () => {
    const size = fc.integer({ min: 1, max: 2000 });
    const place = fc.integer({ min: -300, max: 2000 });
    fc.assert(
      fc.property(size, size, place, place, size, (width, height, left, top, side) => {
        const box = boxOf(left, top, side);
        const region = livenessRegion(box, { width, height }, view);
        if (typeof region === 'string') {
          expect(['cut', 'small', 'too_close']).toContain(region);
          return;
        }
        const reach = (region.side - 1) / 2;
        const { x, y } = region.centre;
        expect(Math.min(x, y) - reach).toBeGreaterThan(-1e-6);
        expect(x + reach).toBeLessThan(width - 1 + 1e-6);
        expect(y + reach).toBeLessThan(height - 1 + 1e-6);
        // Up to the share beyond the edge that is no matter.
        expect(x - reach).toBeLessThan(left + 0.02 * side + 1);
        expect(x + reach).toBeGreaterThan(left + 0.98 * side - 2);
        expect(region.side ** 2).toBeGreaterThan(rectArea(box));
      }),
      { numRuns: 500 },
    );
  });

  it('moves into the picture where a face is near its edge', () => {
    const region = livenessRegion(boxOf(0, 500, 100), { width: 800, height: 600 }, view);
    expect(region).toMatchObject({ centre: { x: expect.closeTo(134.5), y: expect.closeTo(464.5) } });
  });

  it.each([
    ['cut', boxOf(-10, 200, 100)],
    ['cut', boxOf(300, 550, 100)],
    ['small', boxOf(300, 200, 47)],
    ['too_close', boxOf(150, 100, 375)],
  ])('is nothing for a face that is %s', (reason, box) => {
    expect(livenessRegion(box, { width: 800, height: 600 }, view)).toBe(reason);
  });
});
