import { createDecoder } from 'acquaint';
import { beforeAll, describe, expect, it } from 'vitest';
import { HOLDS, seenPrint } from '../../../bench/liveness/held-print.js';
import type { RgbImage } from '../../../src/core/image.ts';
import { flatness } from '../../../src/core/liveness/flatness.ts';
import { greyFace } from '../../../src/core/liveness/grey-face.ts';
import { planeFit } from '../../../src/core/liveness/plane-fit.ts';
import { webcamPhoto } from '../../liveness/photos.ts';

/** Of the man's face. */
const box = { left: 271, top: 139, right: 457, bottom: 325 };
let photo: RgbImage;

beforeAll(async () => {
  photo = (await createDecoder().decode(webcamPhoto)).image;
});

describe('one flat thing', () => {
  it.each(['turned by 30 degrees', 'tilted by 30 degrees', 'rotated', 'close, turned'] as const)(
    'explains a photo of a face that is %s',
    (hold) => {
      const start = greyFace(seenPrint(photo, HOLDS[hold](0)), box);
      for (const seconds of [0.1, 0.25, 0.4]) {
        const turned = greyFace(seenPrint(photo, HOLDS[hold](seconds)), box);
        expect(planeFit(start, turned)).toBeGreaterThan(0.98);
      }
    },
  );

  it('explains a face whose box is a little off', () => {
    const off = { left: box.left + 30, top: box.top - 15, right: box.right + 30, bottom: box.bottom - 15 };
    expect(planeFit(greyFace(photo, box), greyFace(photo, off))).toBeGreaterThan(0.98);
  });

  it('is told by a quarter of the frames, and not from one alone', () => {
    const face = greyFace(photo, box);
    const other = greyFace(photo, { left: 20, top: 20, right: 200, bottom: 200 });
    expect(flatness([face])).toBeNull();
    expect(flatness([face, ...Array(10).fill(face), other])).toBeCloseTo(1, 5);
    expect(flatness([face, other, face, other, face, other, face, other])).toBeLessThan(0.9);
  });
});
