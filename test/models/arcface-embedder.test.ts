import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { extractChip } from '../../src/core/chip.ts';
import { euclideanDistance, scaleByNorm } from '../../src/core/distance.ts';
import type { Point } from '../../src/core/geometry.ts';
import { createImage, type RgbImage } from '../../src/core/image.ts';
import { type ArcFaceNet, createArcFaceEmbedder } from '../../src/models/arcface-embedder.ts';
import { createHogDetector } from '../../src/models/dlib/hog-detector.ts';
import { createLandmarkPredictor } from '../../src/models/dlib/landmarks.ts';
import { encodeModel } from '../../src/models/onnx/encode.ts';
import { GraphBuilder } from '../../src/models/onnx/graph.ts';
import { findPack } from '../../src/packs/catalog.ts';
import { readPack } from '../../src/packs/store.ts';
import type { Embedder } from '../../src/ports/embedder.ts';
import { createOnnxRuntime } from '../../src/runtime/onnx-runtime.ts';
import { clmtrackrPath, decode } from './golden.ts';
import { runtimeWithSessions } from './opened-sessions.ts';
import { pulledModel } from './pulled-model.ts';

const runtime = createOnnxRuntime({ threads: 1 });
const models = await pulledModel();

describe('a MobileFaceNet on ONNX Runtime', () => {
  /** Two photos of each person. */
  const photos = [
    ['cage.jpg', 'cage2_crop.jpg'],
    ['bieber_small.jpg', 'Justin-Bieber2_crop.jpg'],
    ['franck_01829.jpg', 'franck_04117.jpg'],
  ] as const;
  let embedder: Embedder;
  let faces: { readonly person: number; readonly landmarks: readonly Point[]; readonly chip: RgbImage }[];

  beforeAll(async () => {
    const pack = findPack('mobilefacenet-512')!;
    embedder = await createArcFaceEmbedder(runtime, await readPack(pack, models), {
      model: pack.id,
      chipSize: 112,
      pixels: pack.input,
      length: 512,
    });
    const detector = await createHogDetector(runtime);
    const predictor = await createLandmarkPredictor(5);
    const faceIn = async (file: string, person: number) => {
      const image = await decode(clmtrackrPath(file));
      const [face] = await detector.detect(image, { minFacePx: 60, scoreThreshold: 0, maxFaces: 1 });
      const landmarks = predictor.predict(image, face!.box);
      return { person, landmarks, chip: extractChip(image, embedder.chipRegion(landmarks), 112) };
    };
    faces = await Promise.all(photos.flatMap((files, person) => files.map((file) => faceIn(file, person))));
    await detector.close();
  });
  afterAll(() => embedder.close());

  it('gives 512 numbers, nearer each other in two photos of one person than in any of two people', async () => {
    const embeddings = await embedder.embed(faces.map(({ chip }) => chip));
    for (const embedding of embeddings) expect(embedding).toHaveLength(512);
    const pairs = faces.flatMap(({ person }, i) =>
      faces.slice(i + 1).map((other, j) => ({
        isSame: other.person === person,
        distance: euclideanDistance(scaleByNorm(embeddings[i]!, 1), scaleByNorm(embeddings[i + 1 + j]!, 1)),
      })),
    );
    const distances = (isSame: boolean) =>
      pairs.filter((pair) => pair.isSame === isSame).map(({ distance }) => distance);
    expect([distances(true).length, distances(false).length]).toEqual([3, 12]);
    expect(Math.max(...distances(true))).toBeLessThan(Math.min(...distances(false)) - 0.1);
  });

  it('gives a face the same numbers alone as among more than one batch of others, and leaves the chips', async () => {
    const chips = Array.from({ length: 18 }, (_, i) => faces[i % faces.length]!.chip);
    const before = chips[5]!.data.slice();
    const together = await embedder.embed(chips);
    expect(together).toHaveLength(18);
    for (const [i, { chip }] of faces.entries()) {
      const [alone] = await embedder.embed([chip]);
      for (const one of [together[i]!, together[i + 12]!]) {
        expect(euclideanDistance(one, alone!)).toBeLessThan(1e-4 * Math.hypot(...alone!));
      }
    }
    expect(chips[5]!.data).toEqual(before);
    expect(await embedder.embed([])).toEqual([]);
  });

  it("is given chips with the eyes where ArcFace's own chips have them", () => {
    // arcface_dst of InsightFace: the middle of the eye on the right side of the picture, then of the left one.
    const eyes = [
      { x: 73.5318, y: 51.5014 },
      { x: 38.2946, y: 51.6963 },
    ];
    for (const { landmarks } of faces) {
      const onChip = landmarks.map(toChip(embedder.chipRegion(landmarks), 112));
      const middles = [middle(onChip[0]!, onChip[1]!), middle(onChip[2]!, onChip[3]!)];
      middles.forEach(({ x, y }, i) => {
        expect(Math.hypot(x - eyes[i]!.x, y - eyes[i]!.y)).toBeLessThan(4);
      });
    }
  });

  it('turns and scales its chip with the face', () => {
    const { landmarks } = faces[0]!;
    const region = embedder.chipRegion(landmarks);
    const angle = Math.PI / 6;
    const turned = landmarks.map(({ x, y }) => ({
      x: 2 * (Math.cos(angle) * x - Math.sin(angle) * y) + 7,
      y: 2 * (Math.sin(angle) * x + Math.cos(angle) * y) - 3,
    }));
    const other = embedder.chipRegion(turned);
    expect(other.angle - region.angle).toBeCloseTo(angle, 9);
    expect((other.side - 1) / (region.side - 1)).toBeCloseTo(2, 9);
    landmarks.map(toChip(region, 112)).forEach((point, i) => {
      const again = toChip(other, 112)(turned[i]!);
      expect([again.x, again.y]).toEqual([expect.closeTo(point.x, 6), expect.closeTo(point.y, 6)]);
    });
  });

  it('refuses a chip of another size', async () => {
    const chips = [faces[0]!.chip, createImage(150, 150)];
    await expect(embedder.embed(chips)).rejects.toThrow(
      new RangeError('Expected a chip of 112x112 pixels but received 150x150'),
    );
  });
});

describe('an embedder for ArcFace chips', () => {
  /** A graph that gives the mean of each channel; `batch` is what it says of its first dimension. */
  function meansGraph(dims: readonly (number | string)[]): Uint8Array {
    const builder = new GraphBuilder('means');
    const means = builder.node('ReduceMean', ['chips'], { axes: [2, 3], keepdims: 0 });
    const output = { name: 'means', type: 'float32', dims: [dims[0]!, 3] } as const;
    return encodeModel(builder.build({ name: 'chips', type: 'float32', dims }, means, output));
  }
  const net: ArcFaceNet = {
    model: 'means',
    chipSize: 8,
    pixels: { channels: 'bgr', mean: 127.5, deviation: 128 },
    length: 3,
  };
  /** Of one colour. */
  function chipOf(red: number, green: number, blue: number): RgbImage {
    const chip = createImage(8, 8);
    for (let i = 0; i < chip.data.length; i += 3) chip.data.set([red, green, blue], i);
    return chip;
  }

  it.each([1, 'count'])('hands the net every channel in its order and range (batch: %s)', async (batch) => {
    const embedder = await createArcFaceEmbedder(runtime, meansGraph([batch, 3, 8, 8]), net);
    const embeddings = await embedder.embed([chipOf(255, 128, 0), chipOf(0, 0, 255)]);
    await embedder.close();
    const inNet = (value: number) => expect.closeTo((value - 127.5) / 128, 5);
    expect(embeddings.map((embedding) => [...embedding])).toEqual([
      [inNet(0), inNet(128), inNet(255)],
      [inNet(255), inNet(0), inNet(0)],
    ]);
  });

  it('refuses a net for other chips, and closes it', async () => {
    const { runtime, sessions } = runtimeWithSessions();
    for (const dims of [
      [1, 3, 112, 112],
      ['count', 1, 8, 8],
    ]) {
      await expect(createArcFaceEmbedder(runtime, meansGraph(dims), net)).rejects.toMatchObject({
        code: 'model_corrupt',
        message: expect.stringMatching(/^Expected a net for chips of 3 x 8 x 8 in means but received/),
      });
    }
    expect(sessions).toHaveLength(2);
    for (const session of sessions) await expect(session.run({})).rejects.toThrow('has been closed');
  });

  it('refuses a net that gives another count of numbers', async () => {
    const wrong = { ...net, length: 512 };
    const embedder = await createArcFaceEmbedder(runtime, meansGraph(['count', 3, 8, 8]), wrong);
    await expect(embedder.embed([chipOf(1, 2, 3)])).rejects.toMatchObject({
      code: 'model_corrupt',
      message: 'Expected 512 numbers from means but received 3',
    });
    await embedder.close();
  });
});

/** From the picture to the chip's pixels. */
function toChip({ centre, side, angle }: ReturnType<Embedder['chipRegion']>, size: number) {
  const scale = (size - 1) / (side - 1);
  return ({ x, y }: Point): Point => {
    const [dx, dy] = [x - centre.x, y - centre.y];
    return {
      x: (size - 1) / 2 + scale * (Math.cos(angle) * dx + Math.sin(angle) * dy),
      y: (size - 1) / 2 + scale * (Math.cos(angle) * dy - Math.sin(angle) * dx),
    };
  };
}

function middle(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}
