import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extractFhog } from '../../src/core/fhog.ts';
import type { RgbImage } from '../../src/core/image.ts';
import { placedPart, withPixelMemory, withPixelMemorySync } from '../../src/core/pixel-memory.ts';
import { downscale } from '../../src/core/preprocess.ts';
import { resizeBilinear } from '../../src/core/resize.ts';
import { AcquaintError } from '../../src/errors.ts';
import { plainFhog } from './plain-fhog.ts';

/** Noise and areas of one colour: strong gradients, weak ones and none. */
const pictures = (most: number) =>
  fc
    .tuple(fc.integer({ min: 1, max: most }), fc.integer({ min: 1, max: most }))
    .chain(([width, height]) =>
      fc
        .uint8Array({ minLength: width * height * 3, maxLength: width * height * 3 })
        .map((data): RgbImage => ({ data, width, height })),
    );

describe('resizing', () => {
  it('gives every pixel the blend of the four it lies between, rounded', () => {
    const sizes = fc.integer({ min: 1, max: 60 });
    const roundings = fc.constantFrom('down' as const, 'nearest' as const);
    fc.assert(
      fc.property(pictures(40), sizes, sizes, roundings, (image, width, height, rounding) => {
        const resized = resizeBilinear(image, width, height, rounding);
        let least = 0;
        let most = 0;
        for (let i = 0; i < resized.data.length; i++) {
          const x = along(image.width, width, Math.floor(i / 3) % width);
          const y = along(image.height, height, Math.floor(i / (3 * width)));
          const error = resized.data[i]! - blend(image, x, y, i % 3);
          least = Math.min(least, error);
          most = Math.max(most, error);
        }
        expect(least).toBeGreaterThanOrEqual((rounding === 'down' ? -1 : -0.5) - 1e-3);
        expect(most).toBeLessThanOrEqual((rounding === 'down' ? 0 : 0.5) + 1e-3);
      }),
      { numRuns: 200 },
    );
  });

  it('writes nothing beside a part of a picture', () => {
    withPixelMemorySync((memory) => {
      const plane = memory.place(50, 40);
      memory.fill(plane, [1, 2, 3]);
      const noise = { data: new Uint8Array(30 * 20 * 3).fill(200), width: 30, height: 20 };
      memory.resize(
        memory.write(noise),
        placedPart(plane, { left: 7, top: 5, right: 20, bottom: 16 }),
        'nearest',
      );
      const { data } = memory.read(plane);
      for (let i = 0; i < data.length; i++) {
        const x = Math.floor(i / 3) % 50;
        const y = Math.floor(i / 150);
        const inside = x >= 7 && x < 20 && y >= 5 && y < 16;
        expect(data[i]).toBe(inside ? 200 : (i % 3) + 1);
      }
    });
  });
});

function along(from: number, to: number, position: number): number {
  return Math.min((position * (from - 1)) / Math.max(to - 1, 1), from - 1);
}

function blend({ data, width, height }: RgbImage, x: number, y: number, channel: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const value = (column: number, row: number) =>
    data[(Math.min(row, height - 1) * width + Math.min(column, width - 1)) * 3 + channel]!;
  const upper = value(left, top) + (x - left) * (value(left + 1, top) - value(left, top));
  const lower = value(left, top + 1) + (x - left) * (value(left + 1, top + 1) - value(left, top + 1));
  return upper + (y - top) * (lower - upper);
}

describe('making smaller', () => {
  it('gives every pixel the mean of the area it covers', () => {
    const factors = fc.double({ min: 0.02, max: 1, noNaN: true });
    fc.assert(
      fc.property(pictures(50), factors, (image, factor) => {
        const shrunk = downscale(image, factor);
        expect(shrunk.width).toBe(Math.max(1, Math.round(image.width * factor)));
        expect(shrunk.height).toBe(Math.max(1, Math.round(image.height * factor)));
        let most = 0;
        for (let i = 0; i < shrunk.data.length; i++) {
          const x = Math.floor(i / 3) % shrunk.width;
          const y = Math.floor(i / (3 * shrunk.width));
          most = Math.max(most, Math.abs(shrunk.data[i]! - areaMean(image, shrunk, x, y, i % 3)));
        }
        expect(most).toBeLessThanOrEqual(0.5 + 1e-3);
      }),
      { numRuns: 200 },
    );
  });

  it('is the same for a picture that passes in several strips', () => {
    const [width, height] = [2000, 1500];
    const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 7919) % 251);
    const image = { data, width, height };
    const shrunk = downscale(image, 0.37);
    for (const y of [0, 173, 174, 175, 260, 349, 350, 400, shrunk.height - 1]) {
      const at = (y * shrunk.width + 300) * 3;
      expect(Math.abs(shrunk.data[at]! - areaMean(image, shrunk, 300, y, 0))).toBeLessThanOrEqual(0.5 + 1e-3);
    }
  });
});

function areaMean(image: RgbImage, shrunk: RgbImage, x: number, y: number, channel: number): number {
  const [ratioX, ratioY] = [image.width / shrunk.width, image.height / shrunk.height];
  const overlap = (cell: number, from: number, to: number) =>
    Math.max(0, Math.min(to, cell + 1) - Math.max(from, cell));
  let sum = 0;
  for (let row = Math.floor(y * ratioY); row < Math.min(image.height, (y + 1) * ratioY); row++) {
    for (let column = Math.floor(x * ratioX); column < Math.min(image.width, (x + 1) * ratioX); column++) {
      const share =
        overlap(row, y * ratioY, (y + 1) * ratioY) * overlap(column, x * ratioX, (x + 1) * ratioX);
      sum += share * image.data[(row * image.width + column) * 3 + channel]!;
    }
  }
  return sum / (ratioX * ratioY);
}

describe('HOG features', () => {
  it('are those of the definition, for pictures of every size', () => {
    fc.assert(
      fc.property(pictures(70), fc.integer({ min: 1, max: 10 }), (image, padding) => {
        const { data, rows, columns } = withPixelMemorySync((memory) =>
          extractFhog(memory, memory.write(image), padding),
        );
        if (Math.round(image.height / 8) < 3 || Math.round(image.width / 8) < 3) {
          expect([data.length, rows, columns]).toEqual([0, 0, 0]);
          return;
        }
        const expected = plainFhog(image);
        const offset = Math.floor((padding - 1) / 2);
        let sum = 0;
        expected.forEach((plane, p) => {
          plane.forEach((row, y) => {
            row.forEach((feature, x) => {
              const at = (p * rows + y + offset) * columns + x + offset;
              expect(Math.abs(data[at]! - feature)).toBeLessThan(2e-6);
              sum += data[at]!;
            });
          });
        });
        // Nothing but zeros in the border.
        expect(data.reduce((total, feature) => total + feature, 0)).toBeCloseTo(sum, 2);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a pixel memory', () => {
  it('belongs to one piece of work at a time', async () => {
    const work = (value: number) =>
      withPixelMemory(async (memory) => {
        const image = memory.place(20, 20);
        memory.fill(image, [value, value, value]);
        await new Promise((resolve) => setTimeout(resolve, 5));
        return memory.read(image).data.every((byte) => byte === value);
      });
    expect(await Promise.all([work(1), work(2), work(3)])).toEqual([true, true, true]);
  });

  it('refuses what does not fit into 4 GB, and goes on', () => {
    const place = (side: number) => withPixelMemorySync((memory) => memory.place(side, side).width);
    expect(() => place(40_000)).toThrow(AcquaintError);
    expect(place(10)).toBe(10);
  });
});
