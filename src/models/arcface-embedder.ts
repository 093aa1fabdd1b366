import { templateChipRegion } from '../core/chip.ts';
import type { Point } from '../core/geometry.ts';
import type { RgbImage } from '../core/image.ts';
import { AcquaintError } from '../errors.ts';
import type { Embedder } from '../ports/embedder.ts';
import type { Runtime, Session } from '../ports/runtime.ts';
import { chipInput } from './chip-input.ts';
import { requireChip } from './chip-side.ts';
import { loadNet } from './load-net.ts';
import { type PixelInput, pixelTensor } from './pixel-tensor.ts';

/** What is known of a net that embeds chips as InsightFace's ArcFace does. */
export interface ArcFaceNet {
  /** Its name, the first part of every recipe. */
  readonly model: string;
  readonly chipSize: number;
  readonly pixels: PixelInput;
  /** Numbers in an embedding. */
  readonly length: number;
}

/** Side of the chips that ARCFACE_LANDMARKS are given for. */
const TEMPLATE_SIDE = 112;

/**
 * Embedders with a chip of 112x112 pixels: ArcFace, MobileFaceNet, SFace. Their own template is for the eyes' centres,
 * the tip of the nose and the corners of the mouth; dlib's five points are put where they lie on average in chips that
 * were made by it.
 * throws  AcquaintError('model_corrupt') for a graph that takes or gives something else
 */
export async function createArcFaceEmbedder(
  runtime: Runtime,
  graph: Uint8Array,
  net: ArcFaceNet,
): Promise<Embedder> {
  const { session, declared: input } = await loadNet(runtime, graph, (loaded) =>
    chipInput(loaded, net.model, net.chipSize),
  );
  const scale = net.chipSize / TEMPLATE_SIDE;
  const template = ARCFACE_LANDMARKS.map(({ x, y }) => ({ x: x * scale, y: y * scale }));
  return {
    model: net.model,
    length: net.length,
    chipSize: net.chipSize,
    chipRegion: (landmarks) => templateChipRegion(landmarks, template, net.chipSize),
    async embed(chips) {
      const embeddings: Float32Array[] = [];
      for (let start = 0; start < chips.length; start += input.batchSize) {
        const batch = chips.slice(start, start + input.batchSize);
        embeddings.push(...(await embedBatch(session, input.name, net, batch)));
      }
      return embeddings;
    },
    close: () => session.close(),
  };
}

async function embedBatch(
  session: Session,
  inputName: string,
  { model, chipSize, pixels, length }: ArcFaceNet,
  chips: readonly RgbImage[],
): Promise<readonly Float32Array[]> {
  for (const chip of chips) requireChip(chip, chipSize);
  const [output] = Object.values(await session.run({ [inputName]: pixelTensor(chips, pixels) }));
  const numbers = output?.data;
  if (!(numbers instanceof Float32Array) || numbers.length !== chips.length * length) {
    throw new AcquaintError(
      'model_corrupt',
      `Expected ${chips.length * length} numbers from ${model} but received ${numbers?.length ?? 'none'}`,
    );
  }
  return chips.map((_, i) => numbers.slice(i * length, (i + 1) * length));
}

/** In dlib's order; means over pictures of LFW (bench/accuracy/arcface-template.js). */
const ARCFACE_LANDMARKS: readonly Point[] = [
  { x: 79.43, y: 52.71 },
  { x: 65.82, y: 53.26 },
  { x: 31.12, y: 53.14 },
  { x: 44.89, y: 53.45 },
  { x: 55.65, y: 79.52 },
];
