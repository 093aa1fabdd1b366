const BYTES = Float32Array.BYTES_PER_ELEMENT;

/** Embedding -> float32, little-endian, on every machine. */
export function encodeEmbedding(embedding: Float32Array): Uint8Array {
  const bytes = new Uint8Array(embedding.length * BYTES);
  const view = new DataView(bytes.buffer);
  embedding.forEach((value, i) => {
    view.setFloat32(i * BYTES, value, true);
  });
  return bytes;
}

/** requires  bytes.length: a multiple of 4 */
export function decodeEmbedding(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const embedding = new Float32Array(bytes.length / BYTES);
  for (let i = 0; i < embedding.length; i++) embedding[i] = view.getFloat32(i * BYTES, true);
  return embedding;
}
