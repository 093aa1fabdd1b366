import type { RgbImage } from '../core/image.ts';
import type { LivenessView } from '../core/liveness-decision.ts';
import { AcquaintError } from '../errors.ts';
import type { LivenessNet } from '../ports/liveness-net.ts';
import type { Runtime, Session } from '../ports/runtime.ts';
import { chipInput } from './chip-input.ts';
import { requireChip } from './chip-side.ts';
import { loadNet } from './load-net.ts';
import { type PixelInput, pixelTensor } from './pixel-tensor.ts';

/** What is known of a net that puts a face into one of several classes, one of which is live. */
export interface LivenessNetSpec {
  /** Its name. */
  readonly model: string;
  readonly view: LivenessView;
  readonly pixels: PixelInput;
  /** Numbers it gives for a face: one a class, before softmax. */
  readonly classes: number;
  /** Which of them is a live face, from 0 on. */
  readonly liveClass: number;
}

/**
 * A net of that kind: MiniFASNet and its relatives.
 * throws  AcquaintError('model_corrupt') for a graph that takes or gives something else
 */
export async function createLivenessNet(
  runtime: Runtime,
  graph: Uint8Array,
  spec: LivenessNetSpec,
): Promise<LivenessNet> {
  const { session, declared: input } = await loadNet(
    runtime,
    graph,
    (loaded) => chipInput(loaded, spec.model, spec.view.side),
    { reuseMemory: true },
  );
  return {
    model: spec.model,
    view: spec.view,
    async score(crops) {
      const scores: number[] = [];
      for (let start = 0; start < crops.length; start += input.batchSize) {
        const batch = crops.slice(start, start + input.batchSize);
        scores.push(...(await scoreBatch(session, input.name, spec, batch)));
      }
      return scores;
    },
    close: () => session.close(),
  };
}

async function scoreBatch(
  session: Session,
  inputName: string,
  { model, view, pixels, classes, liveClass }: LivenessNetSpec,
  crops: readonly RgbImage[],
): Promise<readonly number[]> {
  for (const crop of crops) requireChip(crop, view.side);
  const [output] = Object.values(await session.run({ [inputName]: pixelTensor(crops, pixels) }));
  const numbers = output?.data;
  if (!(numbers instanceof Float32Array) || numbers.length !== crops.length * classes) {
    throw new AcquaintError(
      'model_corrupt',
      `Expected ${crops.length * classes} numbers from ${model} but received ${numbers?.length ?? 'none'}`,
    );
  }
  return crops.map((_, i) => softmaxAt(numbers.subarray(i * classes, (i + 1) * classes), liveClass));
}

/** The share of one class: exp of its number by the sum of all. */
function softmaxAt(numbers: Float32Array, wanted: number): number {
  const highest = Math.max(...numbers);
  const sum = numbers.reduce((total, number) => total + Math.exp(number - highest), 0);
  return Math.exp(numbers[wanted]! - highest) / sum;
}
