import { AcquaintError } from '../errors.ts';
import { wasm } from './generated/pixel-kernel.ts';
import { type Rect, rectHeight, rectWidth } from './geometry.ts';
import { createImage, type RgbImage, requireSize, rgbByteLength } from './image.ts';
import { WASM_PAGE_BYTES, type WasmMemory, wasmFactory } from './wasm.ts';

/** What kernel/index.ts exports. Addresses and strides in bytes; `scratch` holds what the function's `...Bytes` asks for. */
interface PixelKernel {
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
}

/** A picture, or a part of one, in a PixelMemory. */
export interface PlacedImage {
  readonly address: number;
  /** Bytes from one row to the next. */
  readonly stride: number;
  readonly width: number;
  readonly height: number;
}

/** 'nearest' keeps the mean brightness, 'down' is what dlib does to 8-bit pixels. */
export type Rounding = 'down' | 'nearest';

const ALIGNMENT = 16;
/** The kernel reads ahead by less than this. */
const SLACK_BYTES = 64;
const MOST_BYTES = 2 ** 32 - WASM_PAGE_BYTES;
/** A memory above this size is given back after use: it cannot shrink. */
const KEPT_BYTES = 2 ** 27;

const instantiate = wasmFactory<PixelKernel>(wasm);
const idle: PixelMemory[] = [];

/**
 * Runs `work` with a memory of its own, empty at first; nothing in it may be used afterwards.
 * throws  AcquaintError('image_too_large') when more than 4 GB are needed
 */
export async function withPixelMemory<T>(work: (memory: PixelMemory) => Promise<T>): Promise<T> {
  const memory = takeIdle();
  try {
    return await work(memory);
  } finally {
    giveBack(memory);
  }
}

/** The same for work that does not wait. */
export function withPixelMemorySync<T>(work: (memory: PixelMemory) => T): T {
  const memory = takeIdle();
  try {
    return work(memory);
  } finally {
    giveBack(memory);
  }
}

function takeIdle(): PixelMemory {
  return idle.pop() ?? new PixelMemory();
}

function giveBack(memory: PixelMemory): void {
  memory.clear();
  if (memory.bytes <= KEPT_BYTES && idle.length === 0) idle.push(memory);
}

/** Pictures in one WebAssembly memory, where the loops over pixels run. What is placed stays until `clear`. */
export class PixelMemory {
  readonly #kernel = instantiate();
  #bytes = new Uint8Array(this.#kernel.memory.buffer);
  #free = 0;

  constructor() {
    this.clear();
  }

  /** Used or not. */
  get bytes(): number {
    return this.#bytes.length;
  }

  clear(): void {
    this.#free = aligned(this.#kernel.FREE.value);
  }

  /**
   * Not black: whatever was there before.
   * throws  RangeError unless both sides are whole numbers of at least 1
   */
  place(width: number, height: number): PlacedImage {
    requireSize(width, height);
    return { address: this.#take(rgbByteLength(width, height)), stride: width * 3, width, height };
  }

  write(image: RgbImage, to: PlacedImage = this.place(image.width, image.height)): PlacedImage {
    const row = image.width * 3;
    if (to.stride === row) {
      this.#bytes.set(image.data, to.address);
    } else {
      for (let y = 0; y < image.height; y++) {
        this.#bytes.set(image.data.subarray(y * row, (y + 1) * row), to.address + y * to.stride);
      }
    }
    return to;
  }

  /**
   * The pixels themselves, good until something is placed.
   * requires  whole rows: stride = 3 * width
   */
  view({ address, stride, width, height }: PlacedImage): RgbImage {
    if (stride !== width * 3)
      throw new RangeError(`Expected rows without gaps but received ${stride} bytes a row`);
    return { data: this.#bytes.subarray(address, address + stride * height), width, height };
  }

  /** A copy. */
  read(image: PlacedImage): RgbImage {
    const { address, stride, width, height } = image;
    const row = width * 3;
    const copy = createImage(width, height);
    for (let y = 0; y < height; y++) {
      const start = address + y * stride;
      copy.data.set(this.#bytes.subarray(start, start + row), y * row);
    }
    return copy;
  }

  fill(
    { address, stride, width, height }: PlacedImage,
    [red, green, blue]: readonly [number, number, number],
  ): void {
    this.#kernel.fill(address, stride, width, height, red, green, blue);
  }

  /** `resizeBilinear` of resize.ts. */
  resize(from: PlacedImage, to: PlacedImage, rounding: Rounding): void {
    const scratch = this.#scratch(this.#kernel.resizeBytes(from.width, to.width));
    this.#kernel.resize(
      from.address,
      from.stride,
      from.width,
      from.height,
      to.address,
      to.stride,
      to.width,
      to.height,
      rounding === 'nearest' ? 0.5 : 0,
      scratch,
    );
  }

  /**
   * Planes of rows x columns features of a picture with cellRows x cellColumns cells, see `extractFhog` of fhog.ts;
   * `offset`: the row and column of the first cell that has four neighbours.
   */
  fhog(
    image: PlacedImage,
    planes: number,
    cells: { readonly rows: number; readonly columns: number },
    { rows, columns, offset }: { readonly rows: number; readonly columns: number; readonly offset: number },
  ): Float32Array {
    const { address, stride, width, height } = image;
    const bytes = planes * rows * columns * Float32Array.BYTES_PER_ELEMENT;
    const scratchBytes = this.#kernel.fhogBytes(width, cells.rows, cells.columns);
    const to = this.#scratch(aligned(bytes) + scratchBytes);
    const scratch = to + aligned(bytes);
    this.#kernel.fhog(
      address,
      stride,
      width,
      height,
      cells.rows,
      cells.columns,
      to,
      planes,
      rows,
      columns,
      offset,
      scratch,
    );
    return new Float32Array(this.#kernel.memory.buffer.slice(to, to + bytes));
  }

  #take(bytes: number): number {
    const address = this.#scratch(bytes);
    this.#free = address + aligned(bytes);
    return address;
  }

  /** Memory until the next call. */
  #scratch(bytes: number): number {
    const needed = this.#free + aligned(bytes) + SLACK_BYTES;
    if (needed > this.#bytes.length) this.#grow(needed);
    return this.#free;
  }

  #grow(bytes: number): void {
    const pages = Math.ceil((bytes - this.#bytes.length) / WASM_PAGE_BYTES);
    try {
      if (bytes > MOST_BYTES)
        throw new RangeError(`Expected at most ${MOST_BYTES} bytes but received ${bytes}`);
      this.#kernel.memory.grow(pages);
    } catch (cause) {
      throw new AcquaintError(
        'image_too_large',
        `Expected a picture to be looked at with at most 4 GB but ${Math.ceil(bytes / 2 ** 20)} MB are needed: make it smaller or look for larger faces (minFacePx).`,
        { cause },
      );
    }
    this.#bytes = new Uint8Array(this.#kernel.memory.buffer);
  }
}

/** A rectangle of a picture, which has to lie inside it. */
export function placedPart(image: PlacedImage, part: Rect): PlacedImage {
  return {
    address: image.address + part.top * image.stride + part.left * 3,
    stride: image.stride,
    width: rectWidth(part),
    height: rectHeight(part),
  };
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
