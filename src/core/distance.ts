/**
 * Euclidean distance of two embeddings: 0 for equal ones; dlib's net was trained to keep one person within 0.6.
 * throws  RangeError when their lengths differ
 */
export function euclideanDistance(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) {
    throw new RangeError(
      `Expected embeddings of one length but received ${a.length} and ${b.length} numbers`,
    );
  }
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = a[i]! - b[i]!;
    sum += difference * difference;
  }
  return Math.sqrt(sum);
}

/** The mean of two embeddings, number by number. */
export function meanEmbedding(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((value, i) => (value + b[i]!) / 2);
}
