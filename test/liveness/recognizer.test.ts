import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDecoder, openRecognizer, type Recognizer, type RgbImage } from 'acquaint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rotated } from '../../src/core/rotate.ts';
import { pulledModel } from '../models/pulled-model.ts';
import { closePhoto, cutPhoto, otherWebcamPhoto, webcamPhoto, writePrintedPhoto } from './photos.ts';

const modelsFolder = await pulledModel('faceplugin-liveness');
/** A print made by a program is none before a camera: the net gives it about 0.36. */
const livenessThresholds = { spoofBelow: 0.6, liveFrom: 0.9 };
const options = { modelsFolder, detector: 'hog', effort: 'fast', livenessThresholds } as const;

let folder: string;
let print: string;
let recognizer: Recognizer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'acquaint-liveness-'));
  print = join(folder, 'print.jpg');
  await writePrintedPhoto(print);
  recognizer = await openRecognizer(options);
  await recognizer.enroll('Franck', [otherWebcamPhoto]);
});
afterAll(async () => {
  await recognizer.close();
  await rm(folder, { recursive: true, force: true });
});

describe('recognizer.liveness', () => {
  it('tells a man before his webcam from a printed photo of him', async () => {
    const live = await recognizer.liveness(webcamPhoto);
    expect(live.faces).toMatchObject([
      { liveness: { decision: 'live', reason: 'looks_live', model: 'faceplugin-liveness' } },
    ]);
    expect(live.faces[0]!.liveness.thresholds).toEqual(livenessThresholds);
    expect(live.faces[0]!.landmarks).toHaveLength(5);
    const spoof = await recognizer.liveness(print);
    expect(spoof.faces).toMatchObject([{ liveness: { decision: 'spoof', reason: 'looks_like_a_picture' } }]);
  });

  it.each([
    ['too_close', closePhoto],
    ['cut', cutPhoto],
  ])('guesses nothing of a face that is %s', async (reason, photo) => {
    const { faces } = await recognizer.liveness(photo);
    expect(faces).toMatchObject([{ liveness: { decision: 'unsure', score: null, reason } }]);
  });

  it('guesses nothing of a face that is small', async () => {
    const { image } = await createDecoder().decode(webcamPhoto);
    const faces = [{ box: { left: 300, top: 200, right: 340, bottom: 240 }, score: 1 }];
    expect((await recognizer.liveness(image, { faces })).faces).toMatchObject([
      { liveness: { decision: 'unsure', reason: 'small' } },
    ]);
  });

  it('looks at the pixels as they came: in whichever way they are changed for detection, the score stays', async () => {
    const [plain] = (await recognizer.liveness(webcamPhoto)).faces;
    const other = await openRecognizer({ ...options, preprocess: { downscale: 0.5, equalize: true } });
    const faces = [{ box: plain!.box, score: 1 }];
    const [changed] = (await other.liveness(webcamPhoto, { faces })).faces;
    await other.close();
    // A box in whole pixels of the smaller picture.
    const odds = (score: number | null) => Math.log(score! / (1 - score!));
    expect(Math.abs(odds(changed!.liveness.score) - odds(plain!.liveness.score))).toBeLessThan(0.7);
  });

  it('turns the picture as its face stands upright', async () => {
    const { image } = await createDecoder().decode(webcamPhoto);
    const turning = await openRecognizer({ ...options, tryRotations: true });
    const turned: RgbImage = rotated(image, 1);
    const { faces } = await turning.liveness(turned);
    await turning.close();
    expect(faces).toMatchObject([{ liveness: { decision: 'live' } }]);
    const [upright] = (await recognizer.liveness(image)).faces;
    expect(faces[0]!.liveness.score).toBeCloseTo(upright!.liveness.score!, 2);
  });

  it('finds no face without an error', async () => {
    const image = { data: new Uint8Array(300 * 300 * 3), width: 300, height: 300 };
    expect((await recognizer.liveness(image)).faces).toEqual([]);
  });

  it('says which commands bring a net where none is', async () => {
    const without = await openRecognizer({ ...options, modelsFolder: join(folder, 'none') });
    const missing = {
      code: 'model_missing',
      message: expect.stringMatching(/models pull faceplugin-liveness .*models pull minifasnet-v2 /),
    };
    await expect(without.liveness(webcamPhoto)).rejects.toMatchObject(missing);
    await expect(without.identify(webcamPhoto, { requireLive: true })).rejects.toMatchObject(missing);
    expect((await without.identify(webcamPhoto)).faces).toHaveLength(1);
    await without.close();
    const wanted = await openRecognizer({ ...options, livenessModel: 'minifasnet-v2' });
    await expect(wanted.liveness(webcamPhoto)).rejects.toMatchObject({ code: 'model_missing' });
    await wanted.close();
  });

  it('refuses thresholds and models that are none', async () => {
    const wrong = { livenessThresholds: { spoofBelow: 0.9, liveFrom: 0.1 } };
    await expect(openRecognizer(wrong)).rejects.toThrow(RangeError);
    await expect(openRecognizer({ livenessModel: 'other' as 'minifasnet-v2' })).rejects.toThrow(
      "Expected 'faceplugin-liveness' or 'minifasnet-v2' for livenessModel but received other",
    );
  });
});

describe('identify with requireLive', () => {
  it('names a man before his webcam', async () => {
    const { faces } = await recognizer.identify(webcamPhoto, { requireLive: true });
    expect(faces).toMatchObject([
      { decision: 'match', person: { name: 'Franck' }, liveness: { decision: 'live' } },
    ]);
  });

  it('names no printed photo of him, and tells nothing of who it may be', async () => {
    expect((await recognizer.identify(print)).faces).toMatchObject([
      { decision: 'match', person: { name: 'Franck' }, liveness: null },
    ]);
    const { faces } = await recognizer.identify(print, { requireLive: true });
    expect(faces).toMatchObject([
      {
        decision: 'not_live',
        person: null,
        distance: null,
        confidence: null,
        runnerUp: null,
        liveness: { decision: 'spoof' },
      },
    ]);
  });

  it('names nobody it is unsure of', async () => {
    const { faces } = await recognizer.identify(closePhoto, { requireLive: true });
    expect(faces).toMatchObject([{ decision: 'not_live', person: null, liveness: { decision: 'unsure' } }]);
  });

  it('leaves the name to the live face beside a photo of it', async () => {
    const decoder = createDecoder();
    const [live, printed] = [(await decoder.decode(webcamPhoto)).image, (await decoder.decode(print)).image];
    const { faces } = await recognizer.identify(beside(live, printed), { requireLive: true });
    expect(faces.map(({ decision, person }) => [decision, person?.name]).toSorted()).toEqual([
      ['match', 'Franck'],
      ['not_live', undefined],
    ]);
  });
});

/** Two pictures in one, side by side, on black. */
function beside(a: RgbImage, b: RgbImage): RgbImage {
  const width = a.width + b.width;
  const height = Math.max(a.height, b.height);
  const data = new Uint8Array(width * height * 3);
  for (const [image, left] of [
    [a, 0],
    [b, a.width],
  ] as const) {
    for (let y = 0; y < image.height; y++) {
      const row = image.data.subarray(y * image.width * 3, (y + 1) * image.width * 3);
      data.set(row, (y * width + left) * 3);
    }
  }
  return { data, width, height };
}
