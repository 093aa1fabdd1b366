import { describe, expect, it } from 'vitest';
import { intersectionOverUnion, type Point, type Rect } from '../../src/core/geometry.ts';
import { createImage, type RgbImage } from '../../src/core/image.ts';
import { createDecoder } from '../../src/imaging/decode.ts';
import { createLandmarkPredictor } from '../../src/models/dlib/landmarks.ts';
import { encodeModel } from '../../src/models/onnx/encode.ts';
import { GraphBuilder } from '../../src/models/onnx/graph.ts';
import { createYunetDetector } from '../../src/models/yunet-detector.ts';
import { findPack } from '../../src/packs/catalog.ts';
import { readPack } from '../../src/packs/store.ts';
import type { DetectionOptions, Detector } from '../../src/ports/detector.ts';
import type { Runtime, Session, Tensor } from '../../src/ports/runtime.ts';
import { createOnnxRuntime } from '../../src/runtime/onnx-runtime.ts';
import { webcamPhoto } from '../liveness/photos.ts';
import { runtimeWithSessions } from './opened-sessions.ts';

// The net itself cannot be had on every machine: bench/detection measures it, and the last test runs where it was
// fetched. Here a runtime answers in its place, in the
// form of the net, with faces that the test put there.

const net = await readPack(findPack('yunet-n')!, undefined).catch(() => null);

interface Answer {
  /** Box of the net's picture, from the hair line to the chin. */
  readonly box: Rect;
  /** Which of the three scales says so. */
  readonly stride: 8 | 16 | 32;
  readonly isFace: number;
  readonly isObject: number;
  /** Of the net's picture. */
  readonly points?: readonly Point[];
}

type Outputs = Record<string, Tensor>;

/** What the net would say of a picture of that size with those faces. */
function outputsFor(width: number, height: number, answers: readonly Answer[]): Outputs {
  const outputs: Outputs = {};
  for (const stride of [8, 16, 32]) {
    const cells = (width / stride) * (height / stride);
    const [cls, obj] = [new Float32Array(cells), new Float32Array(cells)];
    const [bbox, kps] = [new Float32Array(4 * cells), new Float32Array(10 * cells)];
    for (const { box, isFace, isObject, points = [] } of answers.filter(
      (answer) => answer.stride === stride,
    )) {
      const [x, y] = [(box.left + box.right) / 2 / stride, (box.top + box.bottom) / 2 / stride];
      const [column, row] = [Math.floor(x), Math.floor(y)];
      const cell = row * (width / stride) + column;
      cls[cell] = isFace;
      obj[cell] = isObject;
      const size = [box.right - box.left, box.bottom - box.top].map((side) => Math.log(side / stride));
      bbox.set([x - column, y - row, ...size], 4 * cell);
      kps.set(
        points.flatMap((point) => [point.x / stride - column, point.y / stride - row]),
        10 * cell,
      );
    }
    for (const [name, data] of Object.entries({ cls, obj, bbox, kps })) {
      outputs[`${name}_${stride}`] = {
        type: 'float32',
        data,
        dims: [1, cells, data.length / cells],
      };
    }
  }
  return outputs;
}

/** The net's pictures that were looked at, and a detector whose net answers `outputs`. */
async function detectorThat(outputs: (picture: Tensor) => Outputs) {
  const pictures: Tensor[] = [];
  const session: Session = {
    inputs: [{ name: 'input', dims: [null, 3, null, null] }],
    async run({ input }) {
      pictures.push(input!);
      return outputs(input!);
    },
    async close() {},
  };
  const runtime: Runtime = { load: async () => session };
  return { pictures, detector: await createYunetDetector(runtime, new Uint8Array()) };
}

const sizeOf = ({ dims }: Tensor) => [dims[3]!, dims[2]!] as const;

/** A net that sees whatever is bright, if it is no larger than what YuNet sees at once. */
function seesWhatIsBright(picture: Tensor): Outputs {
  const [width, height] = sizeOf(picture);
  const box = { left: width, top: height, right: 0, bottom: 0 };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (picture.data[y * width + x]! < 128) continue;
      box.left = Math.min(box.left, x);
      box.top = Math.min(box.top, y);
      box.right = Math.max(box.right, x + 1);
      box.bottom = Math.max(box.bottom, y + 1);
    }
  }
  const isSeen = box.right > box.left && box.right - box.left <= 600;
  const answer = { box, stride: 16, isFace: 0.9, isObject: 0.9 } as const;
  return outputsFor(width, height, isSeen ? [answer] : []);
}

/** Black, with a white face. */
function pictureWith(width: number, height: number, face: Rect): RgbImage {
  const image = createImage(width, height);
  for (let y = face.top; y < face.bottom; y++) {
    image.data.fill(255, (y * width + face.left) * 3, (y * width + face.right) * 3);
  }
  return image;
}

/** At this smallest face the picture is looked at as it is. */
const options: DetectionOptions = { minFacePx: 20, scoreThreshold: 0, maxFaces: 10 };
const one = { stride: 8, isFace: 0.9, isObject: 0.9 } as const;
/** Inside a picture of 128x96. */
const face = { left: 40, top: 20, right: 72, bottom: 60 };
const small = createImage(128, 96);
const points: readonly Point[] = [
  { x: 48, y: 34 },
  { x: 64, y: 34.5 },
  { x: 56, y: 42 },
  { x: 50, y: 50 },
  { x: 62, y: 50.5 },
];

async function detectAnswers(answers: readonly Answer[], changes: Partial<DetectionOptions> = {}) {
  const { detector } = await detectorThat((picture) => outputsFor(...sizeOf(picture), answers));
  return detector.detect(small, { ...options, ...changes });
}

describe("YuNet's answers", () => {
  it.each([8, 16, 32] as const)(
    'of stride %d become the square of dlib about brows and chin',
    async (stride) => {
      const [found, ...others] = await detectAnswers([{ ...one, box: face, stride }]);
      expect(others).toEqual([]);
      expectAbout(found!.box, face, 1);
      expect(found!.score).toBeCloseTo(0.3, 6);
    },
  );

  it.each([8, 16, 32] as const)(
    'of stride %d come with the eyes, the tip of the nose and the corners of the mouth',
    async (stride) => {
      const [found] = await detectAnswers([{ ...one, box: face, stride, points }]);
      expect(found!.yunet5).toEqual(
        points.map(({ x, y }) => ({ x: expect.closeTo(x, 3), y: expect.closeTo(y, 3) })),
      );
    },
  );

  it('have their points in pixels of the picture, whatever its copy measures', async () => {
    const { detector } = await detectorThat((picture) =>
      outputsFor(...sizeOf(picture), [{ ...one, box: face, points }]),
    );
    const large = createImage(256, 192);
    const [found] = await detector.detect(large, { ...options, minFacePx: 40 });
    expect(found!.yunet5).toEqual(
      points.map(({ x, y }) => ({ x: expect.closeTo(2 * x + 0.5, 3), y: expect.closeTo(2 * y + 0.5, 3) })),
    );
  });

  it('count from a score of 0.6 on, the geometric mean of both shares, and the surest come first', async () => {
    const at = (left: number, isFace: number, isObject: number): Answer => ({
      ...one,
      box: { left, top: 20, right: left + 16, bottom: 40 },
      isFace,
      isObject,
    });
    const answers = [at(0, 0.5, 0.7), at(32, 0.9, 0.5), at(64, 1.3, 1), at(96, -0.1, 0.9)];
    const scores = (found: readonly { score: number }[]) => found.map(({ score }) => score);
    expect(scores(await detectAnswers(answers))).toEqual([
      expect.closeTo(0.4, 6),
      expect.closeTo(Math.sqrt(0.45) - 0.6, 6),
    ]);
    expect(await detectAnswers(answers, { scoreThreshold: 0.2 })).toHaveLength(1);
    expect(scores(await detectAnswers(answers, { scoreThreshold: -0.1 }))).toEqual([
      expect.closeTo(0.4, 6),
      expect.closeTo(Math.sqrt(0.45) - 0.6, 6),
      expect.closeTo(Math.sqrt(0.35) - 0.6, 6),
    ]);
    expect(scores(await detectAnswers(answers, { maxFaces: 1 }))).toEqual([expect.closeTo(0.4, 6)]);
  });

  it('are one face where two scales found it, also as a small box in a large one; neighbours are two', async () => {
    const moved = { left: 43, top: 22, right: 75, bottom: 62 };
    const inner = { left: 48, top: 32, right: 64, bottom: 52 };
    const beside = { left: 76, top: 20, right: 108, bottom: 60 };
    const found = await detectAnswers([
      { ...one, box: face, isFace: 0.95 },
      { ...one, box: moved, stride: 16 },
      { ...one, box: inner, stride: 32 },
      { ...one, box: beside },
    ]);
    expect(found).toHaveLength(2);
    expect(intersectionOverUnion(found[0]!.box, face)).toBeGreaterThan(0.7);
    expect(intersectionOverUnion(found[1]!.box, beside)).toBeGreaterThan(0.7);
  });

  it('are left out where they are much smaller than the smallest face that was asked for', async () => {
    const answers = [12, 24].map((side, i): Answer => {
      const left = 10 + 60 * i;
      return { ...one, box: { left, top: 20, right: left + side, bottom: 20 + side } };
    });
    const [found, ...others] = await detectAnswers(answers, { minFacePx: 20 });
    expect(others).toEqual([]);
    expectAbout(found!.box, answers[1]!.box, 2);
  });

  it.each([
    ['lack one', ({ cls_16: _, ...rest }: Outputs) => rest],
    ['lack the points', ({ kps_16: _, ...rest }: Outputs) => rest],
    ['are of another size', (outputs: Outputs) => ({ ...outputs, cls_16: outputs.cls_32! })],
    [
      'are no floats',
      (outputs: Outputs) => ({
        ...outputs,
        cls_16: { type: 'uint8' as const, data: new Uint8Array(48), dims: [1, 48, 1] },
      }),
    ],
  ])('mean a wrong net when they %s', async (_, spoil) => {
    const { detector } = await detectorThat((picture) => spoil(outputsFor(...sizeOf(picture), [])));
    await expect(detector.detect(small, options)).rejects.toMatchObject({
      code: 'model_corrupt',
      message: expect.stringMatching(/48 numbers in cls_16|480 numbers in kps_16/),
    });
  });
});

describe('the pictures YuNet looks at', () => {
  const inPicture = { left: 300, top: 120, right: 380, bottom: 220 };
  const picture = pictureWith(600, 500, inPicture);

  it.each([
    [20, [[608, 512]]],
    [40, [[320, 256]]],
    // 400 x 333.3, still on whole cells of the coarsest scale.
    [30, [[416, 352]]],
    [
      10,
      [
        [1216, 1024],
        [320, 288],
      ],
    ],
    // Four times is the most.
    [
      1,
      [
        [2400, 2016],
        [320, 288],
      ],
    ],
  ] as const)(
    'show faces from %d pixels on at 20, and the box comes back in pixels of the picture',
    async (minFacePx, sizes) => {
      const { pictures, detector } = await detectorThat(seesWhatIsBright);
      const found = await detector.detect(picture, { ...options, minFacePx });
      expect(pictures.map(sizeOf)).toEqual(sizes);
      expect(found).toHaveLength(1);
      expectAbout(found[0]!.box, inPicture, 5);
    },
  );

  it('are two of a large picture: faces that fill it are seen in the small one', async () => {
    const large = { left: 300, top: 40, right: 1100, bottom: 1040 };
    const { pictures, detector } = await detectorThat(seesWhatIsBright);
    const found = await detector.detect(pictureWith(1600, 1080, large), options);
    expect(pictures.map(sizeOf)).toEqual([
      [1600, 1088],
      [320, 224],
    ]);
    expect(found).toHaveLength(1);
    expectAbout(found[0]!.box, large, 8);
  });

  it('hold the pixels as they are, blue first, with black on the right and below', async () => {
    const orange = createImage(100, 70);
    for (let i = 0; i < orange.data.length; i += 3) orange.data.set([250, 120, 10], i);
    const before = orange.data.slice();
    const { pictures, detector } = await detectorThat((input) => outputsFor(...sizeOf(input), []));
    expect(await detector.detect(orange, options)).toEqual([]);
    const [{ data, dims }] = pictures as [Tensor];
    expect(dims).toEqual([1, 3, 96, 128]);
    [10, 120, 250].forEach((value, channel) => {
      const at = (x: number, y: number) => data[channel * 96 * 128 + y * 128 + x];
      expect([at(0, 0), at(99, 69), at(100, 69), at(99, 70)]).toEqual([value, value, 0, 0]);
    });
    expect(orange.data).toEqual(before);
  });
});

describe('a net that is no YuNet', () => {
  function graph(...dims: (number | string)[]): Uint8Array {
    const builder = new GraphBuilder('other');
    const value = { type: 'float32', dims } as const;
    return encodeModel(builder.build({ ...value, name: 'input' }, 'input', { ...value, name: 'output' }));
  }

  it('is refused, and closed, when it takes something else, and when it answers something else', async () => {
    const { runtime, sessions } = runtimeWithSessions();
    for (const other of [graph(1, 512), graph(1, 1, 'h', 'w')]) {
      await expect(createYunetDetector(runtime, other)).rejects.toMatchObject({ code: 'model_corrupt' });
    }
    expect(sessions).toHaveLength(2);
    for (const session of sessions) await expect(session.run({})).rejects.toThrow('has been closed');
    const detector: Detector = await createYunetDetector(runtime, graph(1, 3, 'h', 'w'));
    await expect(detector.detect(small, options)).rejects.toMatchObject({
      code: 'model_corrupt',
      message: expect.stringContaining('received none'),
    });
    await detector.close();
  });
});

describe.runIf(net !== null)('YuNet itself, where it was fetched', () => {
  it("finds a man's eyes, nose and mouth where dlib's 68 points have them", async () => {
    const { image } = await createDecoder().decode(webcamPhoto);
    const detector = await createYunetDetector(createOnnxRuntime({ threads: 1 }), net!);
    const [found, ...others] = await detector.detect(image, { ...options, minFacePx: 40 });
    await detector.close();
    expect(others).toEqual([]);
    const dlib = (await createLandmarkPredictor(68)).predict(image, found!.box);
    const middle = (a: number, b: number): Point => ({
      x: (dlib[a]!.x + dlib[b]!.x) / 2,
      y: (dlib[a]!.y + dlib[b]!.y) / 2,
    });
    const expected = [middle(36, 39), middle(42, 45), dlib[30]!, dlib[48]!, dlib[54]!];
    const eyePx = expected[1]!.x - expected[0]!.x;
    found!.yunet5!.forEach(({ x, y }, i) => {
      const { x: dlibX, y: dlibY } = expected[i]!;
      expect(Math.hypot(x - dlibX, y - dlibY) / eyePx, `point ${i}`).toBeLessThan(0.3);
    });
  });
});

/** dlib's square for that face, 0.909 of its side and its middle a little higher: each edge within so many pixels. */
function expectAbout(box: Rect, face: Rect, tolerancePx: number): void {
  const side = Math.sqrt((face.right - face.left) * (face.bottom - face.top));
  const x = (face.left + face.right) / 2;
  const y = (face.top + face.bottom) / 2 - 0.017 * side;
  const reach = (0.909 * side) / 2;
  const expected: Rect = { left: x - reach, top: y - reach, right: x + reach, bottom: y + reach };
  for (const edge of ['left', 'top', 'right', 'bottom'] as const) {
    expect(Math.abs(box[edge] - expected[edge]), edge).toBeLessThanOrEqual(tolerancePx);
  }
}
