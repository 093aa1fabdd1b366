/** As nearly every machine is. */
const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
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
  // A million of them are read when a large gallery is opened; a copy may lie at any place, numbers may not.
  if (IS_LITTLE_ENDIAN) return new Float32Array(new Uint8Array(bytes).buffer);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const embedding = new Float32Array(bytes.length / BYTES);
  for (let i = 0; i < embedding.length; i++) embedding[i] = view.getFloat32(i * BYTES, true);
  return embedding;
}
