import { describe, expect, it } from 'vitest';
import { createImage } from '../../src/core/image.ts';
import {
  type QuarterTurns,
  rotated,
  rotatedPoint,
  unrotatedPoint,
  unrotatedRect,
} from '../../src/core/rotate.ts';

const image = createImage(4, 3);
image.data.forEach((_, i) => {
  image.data[i] = i;
});
const pixel = ({ data, width }: typeof image, x: number, y: number): number[] => [
  ...data.slice((y * width + x) * 3, (y * width + x) * 3 + 3),
];

describe.each([1, 2, 3] as const)('%i quarter turns', (turns) => {
  it('bring every pixel to where rotatedPoint says', () => {
    const turned = rotated(image, turns);
    for (let y = 0; y < 3; y++) {
      for (let x = 0; x < 4; x++) {
        const to = rotatedPoint({ x, y }, image, turns);
        expect(pixel(turned, to.x, to.y)).toEqual(pixel(image, x, y));
        expect(unrotatedPoint(to, image, turns)).toEqual({ x, y });
      }
    }
  });

  it('and the turns that are left bring it back', () => {
    expect(rotated(rotated(image, turns), (4 - turns) as QuarterTurns)).toEqual(image);
  });

  it('bring boxes back, right and bottom exclusive', () => {
    const whole = turns === 2 ? { right: 4, bottom: 3 } : { right: 3, bottom: 4 };
    expect(unrotatedRect({ left: 0, top: 0, ...whole }, image, turns)).toEqual({
      left: 0,
      top: 0,
      right: 4,
      bottom: 3,
    });
  });
});

describe('rotated', () => {
  it('turns clockwise', () => {
    expect(pixel(rotated(image, 1), 2, 0)).toEqual(pixel(image, 0, 0));
    expect(rotated(image, 0)).toBe(image);
  });
});
