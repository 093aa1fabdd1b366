/**
 * Regression trees of a cascade; shape-predictor.ts of core says what they do. All in one memory:
 *
 * splits    of each tree `splitsPerTree` times: the two feature pixels as uint16, the threshold as float32
 * leaves    of each tree `splitsPerTree` + 1 times: what is added to a shape, float32, padded with zeros to whole vectors
 * features  of each face the pixels' intensities, float32
 * shapes    of each face the shape, float32, padded to whole vectors
 */
const SPLIT_BYTES: u32 = 8;

/** Adds to each face's shape the leaf that each tree ends in. Bytes: of a leaf and a shape, of a face's features. */
export function addLeaves(
  splits: usize,
  leaves: usize,
  trees: u32,
  splitsPerTree: u32,
  shapeBytes: u32,
  features: usize,
  featureBytes: u32,
  shapes: usize,
  faces: u32,
): void {
  for (let tree: u32 = 0; tree < trees; tree++) {
    for (let face: u32 = 0; face < faces; face++) {
      const pixels = features + face * featureBytes;
      let node: u32 = 0;
      while (node < splitsPerTree) {
        const split = splits + node * SPLIT_BYTES;
        const a = load<f32>(pixels + ((<usize>load<u16>(split)) << 2));
        const b = load<f32>(pixels + ((<usize>load<u16>(split, 2)) << 2));
        node = 2 * node + 2 - u32(a - b > load<f32>(split, 4));
      }
      addVectors(shapes + face * shapeBytes, leaves + (node - splitsPerTree) * shapeBytes, shapeBytes);
    }
    splits += splitsPerTree * SPLIT_BYTES;
    leaves += (splitsPerTree + 1) * shapeBytes;
  }
}

function addVectors(to: usize, from: usize, bytes: u32): void {
  for (let i: u32 = 0; i < bytes; i += 16) {
    v128.store(to + i, f32x4.add(v128.load(to + i), v128.load(from + i)));
  }
}
