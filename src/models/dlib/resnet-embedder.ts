import { DLIB_CHIP_SIZE, dlibChipRegion } from '../../core/chip.ts';
import type { RgbImage } from '../../core/image.ts';
import type { Embedder } from '../../ports/embedder.ts';
import type { Runtime, Session } from '../../ports/runtime.ts';
import { requireChip } from '../chip-side.ts';
import { weightsEntry } from '../manifest.ts';
import { encodeModel } from '../onnx/encode.ts';
import { nothingPrepared } from '../prepared-files.ts';
import { type ModelSource, readWeights } from '../weights.ts';
import { parseNetwork } from './network.ts';
import { buildNetworkGraph } from './network-graph.ts';

export const DLIB_RESNET_MODEL = 'dlib-resnet-v1';
/** Numbers in an embedding of dlib's ResNet-29. */
export const DLIB_EMBEDDING_LENGTH = 128;
/** Larger batches are no faster (bench/README.md) and need more memory. */
const BATCH_SIZE = 16;
const CHIP_BYTES = DLIB_CHIP_SIZE * DLIB_CHIP_SIZE * 3;

/** dlib's ResNet-29 of 2017. throws  AcquaintError('model_missing' | 'model_corrupt') */
export async function createResnetEmbedder(
  runtime: Runtime,
  { weightsFolder, prepared = nothingPrepared }: ModelSource = {},
): Promise<Embedder> {
  const weights = weightsEntry('dlib-resnet-v1');
  const graph = await prepared.get(weights, 'graph', async () =>
    encodeModel(
      buildNetworkGraph(parseNetwork(await readWeights(weights, weightsFolder), DLIB_RESNET_MODEL)),
    ),
  );
  const session = await runtime.load(graph, { reuseMemory: true });
  return {
    model: DLIB_RESNET_MODEL,
    length: DLIB_EMBEDDING_LENGTH,
    chipSize: DLIB_CHIP_SIZE,
    chipRegion: (landmarks) => dlibChipRegion(landmarks),
    async embed(chips) {
      const embeddings: Float32Array[] = [];
      for (let start = 0; start < chips.length; start += BATCH_SIZE) {
        embeddings.push(...(await embedBatch(session, chips.slice(start, start + BATCH_SIZE))));
      }
      return embeddings;
    },
    close: () => session.close(),
  };
}

async function embedBatch(session: Session, chips: readonly RgbImage[]): Promise<Float32Array[]> {
  const data = new Uint8Array(chips.length * CHIP_BYTES);
  chips.forEach((chip, i) => {
    requireChip(chip, DLIB_CHIP_SIZE);
    data.set(chip.data, i * CHIP_BYTES);
  });
  const dims = [chips.length, DLIB_CHIP_SIZE, DLIB_CHIP_SIZE, 3];
  const { result } = await session.run({ pixels: { type: 'uint8', data, dims } });
  const numbers = Float32Array.from(result?.data ?? []);
  return chips.map((_, i) => numbers.slice(i * DLIB_EMBEDDING_LENGTH, (i + 1) * DLIB_EMBEDDING_LENGTH));
}
