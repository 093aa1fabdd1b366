import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chipCoverage,
  dlibChipRegion,
  extractChip,
  mirrored,
  templateChipRegion,
} from '../../src/core/chip.ts';
import { createImage, type RgbImage } from '../../src/core/image.ts';

/** A smooth picture in which every place has a colour of its own. */
function smooth(width: number, height: number): RgbImage {
  const image = createImage(width, height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      image.data.set([(x * 255) / width, (y * 255) / height, 128], (y * width + x) * 3);
    }
  }
  return image;
}

const template = [
  { x: 38, y: 52 },
  { x: 74, y: 52 },
  { x: 56, y: 72 },
  { x: 42, y: 92 },
  { x: 71, y: 92 },
];

describe('a chip', () => {
  it('has the landmarks where the template has them', () => {
    const image = smooth(400, 300);
    const landmarks = template.map(({ x, y }) => ({ x: 100 + 1.5 * x, y: 50 + 1.5 * y }));
    const chip = extractChip(image, templateChipRegion(landmarks, template, 112), 112);
    for (const [i, { x, y }] of template.entries()) {
      const at = (Math.round(y) * 112 + Math.round(x)) * 3;
      const there = (Math.round(landmarks[i]!.y) * 400 + Math.round(landmarks[i]!.x)) * 3;
      expect(Math.abs(chip.data[at]! - image.data[there]!)).toBeLessThanOrEqual(2);
      expect(Math.abs(chip.data[at + 1]! - image.data[there + 1]!)).toBeLessThanOrEqual(2);
    }
  });

  it('is black where the picture ends, and black throughout for a face outside it', () => {
    const outside = extractChip(smooth(50, 50), { centre: { x: 500, y: 500 }, side: 40, angle: 0.3 }, 150);
    expect(outside.data.every((value) => value === 0)).toBe(true);
    const corner = extractChip(smooth(50, 50), { centre: { x: 0, y: 0 }, side: 40, angle: 0 }, 150);
    expect(corner.data[2]).toBe(0);
    expect(corner.data.at(-1)).toBeGreaterThan(100);
  });

  it('is covered by the picture where it is not black, also from a picture that was halved before', () => {
    const sides = fc.integer({ min: 1, max: 700 });
    const region = fc.record({
      centre: fc.record({ x: fc.integer({ min: -50, max: 750 }), y: fc.integer({ min: -50, max: 750 }) }),
      side: fc.integer({ min: 20, max: 1000 }),
      angle: fc.double({ min: -3, max: 3, noNaN: true }),
    });
    fc.assert(
      fc.property(sides, sides, region, (width, height, square) => {
        const image = createImage(width, height);
        image.data.fill(255);
        const { data } = extractChip(image, square, 60);
        const lit = chipCoverage(image, square, 60).map((_, i) => (data[3 * i]! > 0 ? 1 : 0));
        expect(chipCoverage({ width, height }, square, 60)).toEqual(lit);
      }),
      { numRuns: 60 },
    );
  });

  it('can be taken from a picture of one pixel and from a region of thousands', () => {
    expect(extractChip(smooth(1, 1), { centre: { x: 0, y: 0 }, side: 30, angle: 1 }, 150).width).toBe(150);
    const huge = extractChip(smooth(60, 60), { centre: { x: 30, y: 30 }, side: 5000, angle: 0 }, 150);
    expect(huge.data).toHaveLength(150 * 150 * 3);
  });

  it('needs five landmarks', () => {
    expect(() => dlibChipRegion([{ x: 1, y: 1 }])).toThrow('Expected 5 landmarks for a chip but received 1');
  });

  it('mirrored twice is itself', () => {
    const image = smooth(7, 5);
    expect(mirrored(mirrored(image)).data).toEqual(image.data);
    expect([...mirrored(image).data.slice(0, 3)]).toEqual([...image.data.slice(18, 21)]);
  });
});
