import { meanEmbedding } from './distance.ts';

/**
 * What several photos of a person have in common: their mean, as long as they are on average, because a mean is
 * shorter and short embeddings are near to everybody's. null for a single photo, which is its own mean.
 * Searched beside the photos it finds people better than the nearest photo alone (bench/accuracy/nearest-or-mean.js).
 */
export function personMean(photos: readonly Float32Array[]): Float32Array | null {
  if (photos.length < 2) return null;
  const mean = meanEmbedding(photos);
  const length = norm(mean);
  // Photos that cancel each other out have nothing in common.
  if (length === 0) return null;
  const usual = photos.reduce((sum, photo) => sum + norm(photo), 0) / photos.length;
  return mean.map((value) => (value * usual) / length);
}

function norm(embedding: Float32Array): number {
  return Math.sqrt(embedding.reduce((sum, value) => sum + value * value, 0));
}
