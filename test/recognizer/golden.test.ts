import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createDecoder, euclideanDistance, openRecognizer, type Recognizer, type Rect } from 'acquaint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

interface GoldenFace {
  readonly rect: [number, number, number, number];
  readonly landmarks5: [number, number][];
  readonly landmarks68: [number, number][];
  readonly chip: { readonly png: string };
  readonly embedding: number[];
}

const golden = fileURLToPath(new URL('../golden/', import.meta.url));
const pictures: { file: string; faces: GoldenFace[] }[] = JSON.parse(
  readFileSync(`${golden}samples.json`, 'utf8'),
);
const require = createRequire(import.meta.url);
const groups = join(dirname(require.resolve('@vladmandic/face-api/package.json')), 'demo');

describe("dlib's own figures, through the public API", () => {
  let recognizer: Recognizer;
  beforeAll(async () => {
    recognizer = await openRecognizer({ minFacePx: 80, effort: 'fast' });
  });
  afterAll(() => recognizer.close());

  it('cover 22 faces', () => {
    expect(pictures.flatMap(({ faces }) => faces)).toHaveLength(22);
  });

  it.each(pictures)('landmarks, chips and embeddings of $file', async ({ file, faces }) => {
    const decoder = createDecoder();
    const { image } = await decoder.decode(join(groups, file));
    for (const face of faces) {
      const [five] = await recognizer.landmarks(image, [boxOf(face)], 5);
      const [many] = await recognizer.landmarks(image, [boxOf(face)], 68);
      expect(farthest(five!, face.landmarks5)).toBeLessThanOrEqual(1);
      expect(farthest(many!, face.landmarks68)).toBeLessThanOrEqual(1);
      const [chip] = await recognizer.align(image, [five!]);
      const { image: reference } = await decoder.decode(join(golden, 'chips', face.chip.png));
      const difference = reference.data.reduce((sum, value, i) => sum + Math.abs(value - chip!.data[i]!), 0);
      expect(difference / reference.data.length).toBeLessThanOrEqual(2);
      const [embedding] = await recognizer.embedChips([reference]);
      const worst = Math.max(...face.embedding.map((value, i) => Math.abs(value - embedding![i]!)));
      expect(worst).toBeLessThanOrEqual(1e-4);
    }
  });

  it('the whole way from picture to embedding ends within 0.02 of dlib at the median, 0.06 at most', async () => {
    const distances: number[] = [];
    for (const { file, faces } of pictures) {
      const found = await recognizer.embed(join(groups, file));
      for (const face of faces) {
        const wanted = Float32Array.from(face.embedding);
        distances.push(Math.min(...found.faces.map(({ embedding }) => euclideanDistance(embedding, wanted))));
      }
    }
    distances.sort((a, b) => a - b);
    expect(distances[Math.floor(distances.length / 2)]).toBeLessThanOrEqual(0.02);
    expect(distances.at(-1)).toBeLessThanOrEqual(0.06);
  });
});

function boxOf({ rect: [left, top, right, bottom] }: GoldenFace): Rect {
  return { left, top, right: right + 1, bottom: bottom + 1 };
}

function farthest(points: readonly { x: number; y: number }[], wanted: [number, number][]): number {
  return Math.max(...points.map(({ x, y }, i) => Math.hypot(x - wanted[i]![0], y - wanted[i]![1])));
}
