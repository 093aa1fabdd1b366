import { createPixelKernel } from './pixel-kernel.ts';
import type { ShapeCascade } from './shape-predictor-model.ts';
import { WASM_PAGE_BYTES } from './wasm.ts';

const FLOAT_BYTES = Float32Array.BYTES_PER_ELEMENT;
const VECTOR_BYTES = 16;
/** Two uint16 and a float32: kernel/trees.ts. */
const SPLIT_BYTES = 8;

/** Where a cascade's trees lie in the memory. */
interface PlacedCascade {
  readonly treeCount: number;
  readonly splitsPerTree: number;
  readonly splits: number;
  readonly leaves: number;
}

/** The trees of a shape predictor in a WebAssembly memory, and the shapes of the faces that go through them. */
export class TreeForest {
  readonly #kernel = createPixelKernel();
  readonly #cascades: readonly PlacedCascade[];
  readonly #shapeLength: number;
  readonly #shapeBytes: number;
  readonly #featureBytes: number;
  readonly #faces: number;
  #floats = new Float32Array(0);
  #faceCount = 0;

  /** requires  cascades of one shape of `shapeLength` numbers */
  constructor(cascades: readonly ShapeCascade[], shapeLength: number) {
    this.#shapeLength = shapeLength;
    this.#shapeBytes = wholeVectors(shapeLength * FLOAT_BYTES);
    this.#featureBytes = Math.max(...cascades.map(({ anchorIndex }) => anchorIndex.length)) * FLOAT_BYTES;
    let free = wholeVectors(this.#kernel.FREE.value);
    this.#cascades = cascades.map(({ treeCount, splitsPerTree, leavesPerTree }) => {
      const splits = free;
      const leaves = splits + wholeVectors(treeCount * splitsPerTree * SPLIT_BYTES);
      free = leaves + treeCount * leavesPerTree * this.#shapeBytes;
      return { treeCount, splitsPerTree, splits, leaves };
    });
    this.#faces = free;
    this.#reserve(free);
    cascades.forEach((cascade, i) => {
      this.#write(cascade, this.#cascades[i]!);
    });
  }

  /** Begins with so many faces of that shape. */
  begin(shape: Float32Array, faces: number): void {
    this.#faceCount = faces;
    this.#reserve(this.#faces + faces * (this.#shapeBytes + this.#featureBytes));
    for (let face = 0; face < faces; face++) this.shape(face).set(shape);
  }

  /** A view: the face's shape so far. */
  shape(face: number): Float32Array {
    const start = (this.#faces + face * this.#shapeBytes) / FLOAT_BYTES;
    return this.#floats.subarray(start, start + this.#shapeLength);
  }

  /** A view: where the intensities of the face's feature pixels belong. */
  features(face: number): Float32Array {
    const start = (this.#features + face * this.#featureBytes) / FLOAT_BYTES;
    return this.#floats.subarray(start, start + this.#featureBytes / FLOAT_BYTES);
  }

  /** Adds to every face's shape the leaves that its features lead to in the trees of a cascade. */
  addLeaves(cascade: number): void {
    const { treeCount, splitsPerTree, splits, leaves } = this.#cascades[cascade]!;
    this.#kernel.addLeaves(
      splits,
      leaves,
      treeCount,
      splitsPerTree,
      this.#shapeBytes,
      this.#features,
      this.#featureBytes,
      this.#faces,
      this.#faceCount,
    );
  }

  get #features(): number {
    return this.#faces + this.#faceCount * this.#shapeBytes;
  }

  #write(cascade: ShapeCascade, { splits, leaves }: PlacedCascade): void {
    const { splitA, splitB, splitThreshold } = cascade;
    const view = new DataView(this.#kernel.memory.buffer);
    for (let i = 0; i < splitA.length; i++) {
      view.setUint16(splits + i * SPLIT_BYTES, splitA[i]!, true);
      view.setUint16(splits + i * SPLIT_BYTES + 2, splitB[i]!, true);
      view.setFloat32(splits + i * SPLIT_BYTES + 4, splitThreshold[i]!, true);
    }
    const length = this.#shapeLength;
    for (let leaf = 0; leaf * length < cascade.leaves.length; leaf++) {
      const values = cascade.leaves.subarray(leaf * length, (leaf + 1) * length);
      this.#floats.set(values, (leaves + leaf * this.#shapeBytes) / FLOAT_BYTES);
    }
  }

  #reserve(bytes: number): void {
    const { memory } = this.#kernel;
    const missing = bytes - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / WASM_PAGE_BYTES));
    if (this.#floats.buffer !== memory.buffer) this.#floats = new Float32Array(memory.buffer);
  }
}

function wholeVectors(bytes: number): number {
  return Math.ceil(bytes / VECTOR_BYTES) * VECTOR_BYTES;
}
