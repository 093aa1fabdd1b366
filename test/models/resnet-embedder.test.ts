import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createImage, type RgbImage } from '../../src/core/image.ts';
import { createResnetEmbedder } from '../../src/models/dlib/resnet-embedder.ts';
import type { Embedder } from '../../src/ports/embedder.ts';
import { createOnnxRuntime } from '../../src/runtime/onnx-runtime.ts';
import { chipPath, decode, samples } from './golden.ts';

const faces = samples.flatMap((picture) => picture.faces);
let embedder: Embedder;
let chips: readonly RgbImage[];

beforeAll(async () => {
  embedder = await createResnetEmbedder(createOnnxRuntime({ threads: 2 }));
  chips = await Promise.all(faces.map(({ chip }) => decode(chipPath(chip.png))));
});

afterAll(() => embedder.close());

describe("dlib's embedding net on ONNX Runtime", () => {
  it('gives the 128 numbers of dlib, each within 1e-5, for all 22 faces', async () => {
    const embeddings = await embedder.embed(chips);
    expect(embeddings).toHaveLength(22);
    for (const [i, embedding] of embeddings.entries()) {
      expect(embedding).toHaveLength(embedder.length);
      expect(largestDifference(embedding, faces[i]?.embedding ?? [])).toBeLessThan(1e-5);
    }
  });

  it('gives a face the same numbers alone as in a batch', async () => {
    const together = await embedder.embed(chips);
    for (const [i, chip] of chips.entries()) {
      const [alone] = await embedder.embed([chip]);
      expect(largestDifference(alone ?? [], [...(together[i] ?? [])])).toBeLessThan(1e-6);
    }
  });

  it('does not change the chips', async () => {
    const [chip] = chips;
    if (chip === undefined) throw new TypeError('Expected a chip');
    const before = chip.data.slice();
    await embedder.embed([chip]);
    expect(chip.data).toEqual(before);
  });

  it('answers no chips with no embeddings', async () => {
    expect(await embedder.embed([])).toEqual([]);
  });

  it('refuses a chip of another size', async () => {
    await expect(embedder.embed([createImage(112, 112)])).rejects.toThrow(RangeError);
  });

  it('fails with inference_failed once it has been closed, and may be closed twice', async () => {
    const closed = await createResnetEmbedder(createOnnxRuntime({ threads: 1 }));
    await closed.close();
    await closed.close();
    await expect(closed.embed(chips.slice(0, 1))).rejects.toMatchObject({ code: 'inference_failed' });
  });
});

function largestDifference(a: ArrayLike<number>, b: readonly number[]): number {
  return b.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (a[i] ?? Number.NaN))), 0);
}
