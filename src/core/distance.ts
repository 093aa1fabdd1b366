import { requireNumbers } from './arguments.ts';

/**
 * Euclidean distance of two embeddings: 0 for equal ones; dlib's net was trained to keep one person within 0.6.
 * throws  TypeError unless both are numbers; RangeError when their lengths differ
 */
export function euclideanDistance(a: Float32Array, b: Float32Array): number {
  if (a?.length === undefined || a.length !== b?.length) refuse(a, b);
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = a[i]! - b[i]!;
    sum += difference * difference;
  }
  return Math.sqrt(sum);
}

/** Says what is wrong: not looked for before, because pairs are compared by the million. */
function refuse(a: Float32Array, b: Float32Array): never {
  requireNumbers('an embedding', a);
  requireNumbers('an embedding', b);
  throw new RangeError(`Expected embeddings of one length but received ${a.length} and ${b.length} numbers`);
}

/** The mean of embeddings, number by number. requires  at least one, all of one length */
export function meanEmbedding(embeddings: readonly Float32Array[]): Float32Array {
  const mean = new Float32Array(embeddings[0]!.length);
  for (const embedding of embeddings) {
    for (let i = 0; i < mean.length; i++) mean[i]! += embedding[i]!;
  }
  return mean.map((sum) => sum / embeddings.length);
}

/**
 * The embedding divided by a power of its norm: 0 leaves it alone, 1 makes it a unit vector. The norm of an embedding
 * falls with the quality of its picture, and short embeddings are near to everybody's: taking part of the norm out
 * keeps blurred strangers from being taken for somebody (bench/accuracy).
 */
export function scaleByNorm(embedding: Float32Array, power: number): Float32Array {
  if (power === 0) return embedding;
  const norm = Math.sqrt(embedding.reduce((sum, value) => sum + value * value, 0));
  // All zeros: no net gives that, and dividing would make numbers that are none.
  return norm === 0 ? embedding : embedding.map((value) => value / norm ** power);
}

export function scaled(embedding: Float32Array, factor: number): Float32Array {
  return factor === 1 ? embedding : embedding.map((value) => value * factor);
}

/** The numbers of several embeddings one after the other: squares of distances add up. requires  at least one */
export function joined(embeddings: readonly Float32Array[]): Float32Array {
  if (embeddings.length === 1) return embeddings[0]!;
  const whole = new Float32Array(embeddings.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const embedding of embeddings) {
    whole.set(embedding, at);
    at += embedding.length;
  }
  return whole;
}
