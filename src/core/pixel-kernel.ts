import { wasm } from './generated/pixel-kernel.ts';
import { type WasmMemory, wasmFactory } from './wasm.ts';

/** What kernel/index.ts exports. Addresses and strides in bytes; `scratch` holds what the function's `...Bytes` asks for. */
export interface PixelKernel {
  readonly memory: WasmMemory;
  readonly FREE: { readonly value: number };
  fill(
    to: number,
    stride: number,
    width: number,
    height: number,
    red: number,
    green: number,
    blue: number,
  ): void;
  resizeBytes(fromWidth: number, toWidth: number): number;
  resize(
    from: number,
    fromStride: number,
    fromWidth: number,
    fromHeight: number,
    to: number,
    toStride: number,
    toWidth: number,
    toHeight: number,
    half: number,
    scratch: number,
  ): void;
  shrinkBytes(fromWidth: number, toWidth: number): number;
  shrink(
    from: number,
    stride: number,
    firstGiven: number,
    fromWidth: number,
    fromHeight: number,
    to: number,
    toStride: number,
    toWidth: number,
    toHeight: number,
    firstRow: number,
    lastRow: number,
    scratch: number,
  ): void;
  halveBytes(width: number): number;
  halve(
    from: number,
    stride: number,
    width: number,
    to: number,
    toStride: number,
    toWidth: number,
    toHeight: number,
    scratch: number,
  ): void;
  sampleSquare(
    from: number,
    stride: number,
    width: number,
    height: number,
    to: number,
    size: number,
    cornerX: number,
    cornerY: number,
    alongX: number,
    alongY: number,
    downX: number,
    downY: number,
  ): void;
  fhogBytes(width: number, cellRows: number, cellColumns: number): number;
  fhog(
    from: number,
    stride: number,
    width: number,
    height: number,
    cellRows: number,
    cellColumns: number,
    to: number,
    planes: number,
    rows: number,
    columns: number,
    offset: number,
    scratch: number,
  ): void;
  /** kernel/trees.ts says where everything lies. */
  addLeaves(
    splits: number,
    leaves: number,
    trees: number,
    splitsPerTree: number,
    shapeBytes: number,
    features: number,
    featureBytes: number,
    shapes: number,
    faces: number,
  ): void;
}

/** A kernel with a memory of its own. */
export const createPixelKernel: () => PixelKernel = wasmFactory<PixelKernel>(wasm);
