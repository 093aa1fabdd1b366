import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { extractChip } from '../../src/core/chip.ts';
import { createImage, type RgbImage } from '../../src/core/image.ts';
import { livenessRegion } from '../../src/core/liveness-decision.ts';
import { createLivenessNet } from '../../src/models/liveness-net.ts';
import { encodeModel } from '../../src/models/onnx/encode.ts';
import { GraphBuilder } from '../../src/models/onnx/graph.ts';
import { findPack } from '../../src/packs/catalog.ts';
import { readPack } from '../../src/packs/store.ts';
import type { LivenessNet } from '../../src/ports/liveness-net.ts';
import { livenessNetSpec } from '../../src/recognizer/liveness-models.ts';
import { createOnnxRuntime } from '../../src/runtime/onnx-runtime.ts';
import { otherWebcamPhoto, webcamPhoto } from '../liveness/photos.ts';
import { decode } from './golden.ts';
import { runtimeWithSessions } from './opened-sessions.ts';
import { pulledModel } from './pulled-model.ts';

const runtime = createOnnxRuntime({ threads: 1 });
const models = await pulledModel('faceplugin-liveness');

describe('the net of faceplugin-liveness', () => {
  const boxes = [
    [webcamPhoto, { left: 260, top: 171, right: 528, bottom: 439 }],
    [otherWebcamPhoto, { left: 230, top: 171, right: 499, bottom: 440 }],
  ] as const;
  let net: LivenessNet;
  let crops: readonly RgbImage[];

  beforeAll(async () => {
    const graph = await readPack(findPack('faceplugin-liveness')!, models);
    net = await createLivenessNet(runtime, graph, livenessNetSpec('faceplugin-liveness'));
    crops = await Promise.all(
      boxes.map(async ([path, box]) => {
        const image = await decode(path);
        const region = livenessRegion(box, image, net.view);
        if (typeof region === 'string') throw new Error(region);
        return extractChip(image, region, net.view.side);
      }),
    );
  });
  afterAll(() => net.close());

  it('takes a man before his webcam for live', async () => {
    for (const score of await net.score(crops)) expect(score).toBeGreaterThan(0.99);
  });

  it('wants blue, green and red in that order: with red and blue exchanged it is less sure', async () => {
    const exchanged = crops.map((crop) => ({
      ...crop,
      data: crop.data.map((_, i, data) => data[i + 2 - 2 * (i % 3)]!),
    }));
    const [right, wrong] = [await net.score(crops), await net.score(exchanged)];
    const odds = (score: number) => Math.log(score / (1 - score));
    wrong.forEach((score, i) => {
      expect(odds(score)).toBeLessThan(odds(right[i]!) - 1);
    });
  });

  it('gives a face the same score alone and among others, and leaves the crops', async () => {
    const before = crops[0]!.data.slice();
    const together = await net.score([...crops, ...crops]);
    expect(together).toHaveLength(4);
    expect(together[2]).toBeCloseTo(together[0]!, 6);
    expect((await net.score([crops[1]!]))[0]).toBeCloseTo(together[1]!, 6);
    expect(crops[0]!.data).toEqual(before);
    expect(await net.score([])).toEqual([]);
  });

  it('refuses a crop of another size', async () => {
    await expect(net.score([createImage(80, 80)])).rejects.toThrow(
      new RangeError('Expected a chip of 128x128 pixels but received 80x80'),
    );
  });
});

describe('a net of the shape of MiniFASNetV2', () => {
  const spec = livenessNetSpec('minifasnet-v2');

  /** Three classes from the mean of each channel as it reaches the net: of each a hundredth. */
  function meansGraph(batch: number | string, side: number, classes = 3): Uint8Array {
    const builder = new GraphBuilder('means');
    const weights = new Float32Array(3 * classes);
    for (let i = 0; i < Math.min(3, classes); i++) weights[i * classes + i] = 0.01;
    const means = builder.node('ReduceMean', ['input'], { axes: [2, 3], keepdims: 0 });
    const result = builder.node('MatMul', [means, builder.floats([3, classes], weights)]);
    const input = { name: 'input', type: 'float32', dims: [batch, 3, side, side] } as const;
    return encodeModel(
      builder.build(input, result, { name: 'output', type: 'float32', dims: [batch, classes] }),
    );
  }

  /** Of one colour. */
  function cropOf(red: number, green: number, blue: number): RgbImage {
    const crop = createImage(80, 80);
    for (let i = 0; i < crop.data.length; i += 3) crop.data.set([red, green, blue], i);
    return crop;
  }

  it.each([1, 'count'])(
    'is given blue, green, red from 0 to 255; class 1 is live (batch: %s)',
    async (batch) => {
      const net = await createLivenessNet(runtime, meansGraph(batch, 80), spec);
      const scores = await net.score([cropOf(0, 200, 0), cropOf(100, 50, 255), cropOf(90, 90, 90)]);
      await net.close();
      const softmax = (live: number, ...others: readonly number[]) =>
        Math.exp(live) / [live, ...others].reduce((sum, each) => sum + Math.exp(each), 0);
      expect(scores).toEqual([
        expect.closeTo(softmax(2, 0, 0), 5),
        expect.closeTo(softmax(0.5, 2.55, 1), 5),
        expect.closeTo(1 / 3, 5),
      ]);
    },
  );

  it('has a crop of 80 pixels, 2.7 times the face', () => {
    expect(spec.view).toEqual({ side: 80, scale: 2.7 });
  });

  it('refuses a graph for other crops and closes it, and one that gives other classes', async () => {
    const { runtime: watched, sessions } = runtimeWithSessions();
    await expect(createLivenessNet(watched, meansGraph(1, 128), spec)).rejects.toMatchObject({
      code: 'model_corrupt',
      message: expect.stringContaining('in minifasnet-v2 but received one for 1 x 3 x 128 x 128'),
    });
    expect(sessions).toHaveLength(1);
    const net = await createLivenessNet(runtime, meansGraph(1, 80, 2), spec);
    await expect(net.score([cropOf(1, 2, 3)])).rejects.toMatchObject({ code: 'model_corrupt' });
    await net.close();
  });
});
