import { joined, meanEmbedding } from './distance.ts';

/**
 * What several photos of a person have in common: their mean, as long as they are on average, because a mean is
 * shorter and short embeddings are near to everybody's. Each net's part of an embedding (`partLengths` numbers each)
 * keeps its own length: photos agree less in one part than in another, and the parts must weigh in the mean what they
 * weigh in a photo. null for a single photo, which is its own mean.
 * Searched beside the photos it finds people better than the nearest photo alone (bench/accuracy/nearest-or-mean.js).
 * requires  embeddings of as many numbers as the parts together
 */
export function personMean(
  photos: readonly Float32Array[],
  partLengths: readonly number[],
): Float32Array | null {
  if (photos.length < 2) return null;
  let end = 0;
  const means = partLengths.map((length) => {
    const start = end;
    end += length;
    return meanOfPart(photos.map((photo) => photo.subarray(start, end)));
  });
  // Photos that cancel each other out have nothing in common.
  return means.every((mean) => mean !== null) ? joined(means) : null;
}

function meanOfPart(photos: readonly Float32Array[]): Float32Array | null {
  const mean = meanEmbedding(photos);
  const length = norm(mean);
  if (length === 0) return null;
  const usual = photos.reduce((sum, photo) => sum + norm(photo), 0) / photos.length;
  return mean.map((value) => (value * usual) / length);
}

function norm(embedding: Float32Array): number {
  let sum = 0;
  for (const value of embedding) sum += value * value;
  return Math.sqrt(sum);
}
