import { AcquaintError } from '../errors.ts';
import type { Session } from '../ports/runtime.ts';

/** Larger batches are no faster and need more memory. */
const BATCH_SIZE = 16;

/**
 * The one input of a net for square chips, and how many it takes at once: graphs exported for a single one say so.
 * throws  AcquaintError('model_corrupt') for a net that takes something else
 */
export function chipInput(
  { inputs }: Session,
  model: string,
  chipSize: number,
): { readonly name: string; readonly batchSize: number } {
  const [input] = inputs;
  const [batch, channels, height, width] = input?.dims ?? [];
  const isChip = channels === 3 && [height, width].every((side) => side === null || side === chipSize);
  if (!input || inputs.length !== 1 || input.dims.length !== 4 || !isChip) {
    throw new AcquaintError(
      'model_corrupt',
      `Expected a net for chips of 3 x ${chipSize} x ${chipSize} in ${model} but received one for ` +
        inputs.map(({ dims }) => dims.map((size) => size ?? '?').join(' x ')).join(' and '),
    );
  }
  return { name: input.name, batchSize: batch ?? BATCH_SIZE };
}
