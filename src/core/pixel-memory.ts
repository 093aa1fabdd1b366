import { AcquaintError } from '../errors.ts';
import { type Point, type Rect, rectHeight, rectWidth } from './geometry.ts';
import { createImage, type RgbImage, requireSize, rgbByteLength } from './image.ts';
import { createPixelKernel } from './pixel-kernel.ts';
import { WASM_PAGE_BYTES } from './wasm.ts';

/** A picture, or a part of one, in a PixelMemory. */
export interface PlacedImage {
  readonly address: number;
  /** Bytes from one row to the next. */
  readonly stride: number;
  readonly width: number;
  readonly height: number;
}

/** A square by its corner and its two edges, from the centre of one corner's pixel to the next. */
export interface TurnedSquare {
  readonly corner: Point;
  readonly along: Point;
  readonly down: Point;
}

/** 'nearest' keeps the mean brightness, 'down' is what dlib does to 8-bit pixels. */
export type Rounding = 'down' | 'nearest';

const ALIGNMENT = 16;
/** The kernel reads ahead by less than this. */
const SLACK_BYTES = 64;
const MOST_BYTES = 2 ** 32 - WASM_PAGE_BYTES;
/** Of a large picture that is made smaller so much is in the memory at a time. */
const STRIP_BYTES = 2 ** 22;
/** A memory above this size is given back after use: it cannot shrink. */
const KEPT_BYTES = 2 ** 27;

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
  readonly #kernel = createPixelKernel();
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
    if (to.stride === row) this.#bytes.set(image.data, to.address);
    else this.#writeRows(image, 0, row, to);
    return to;
  }

  /** A rectangle of the picture, which has to lie inside it. */
  writePart(image: RgbImage, part: Rect): PlacedImage {
    const to = this.place(rectWidth(part), rectHeight(part));
    this.#writeRows(image, part.top * image.width * 3 + part.left * 3, image.width * 3, to);
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
   * `downscale` of preprocess.ts: the picture passes through the memory in strips.
   * requires  `to` no larger than the picture
   */
  shrink(image: RgbImage, to: PlacedImage): void {
    const ratio = image.height / to.height;
    const rows = Math.max(1, Math.floor(STRIP_BYTES / (image.width * 3 * ratio)));
    const given = Math.ceil(rows * ratio) + 2;
    const free = this.#free;
    const strip = this.place(image.width, Math.min(given, image.height));
    const scratch = this.#scratch(this.#kernel.shrinkBytes(image.width, to.width));
    for (let first = 0; first < to.height; first += rows) {
      const last = Math.min(to.height, first + rows);
      const top = Math.floor(first * ratio);
      const bottom = Math.min(image.height, Math.ceil(last * ratio) + 1, top + strip.height);
      this.#writeRows(image, top * strip.stride, strip.stride, { ...strip, height: bottom - top });
      this.#kernel.shrink(
        strip.address,
        strip.stride,
        top,
        image.width,
        image.height,
        to.address,
        to.stride,
        to.width,
        to.height,
        first,
        last,
        scratch,
      );
    }
    this.#free = free;
  }

  /** `halved` of pyramid.ts. requires  `to` of the size that `halvedSide` says */
  halve(from: PlacedImage, to: PlacedImage): void {
    const scratch = this.#scratch(this.#kernel.halveBytes(from.width));
    this.#kernel.halve(
      from.address,
      from.stride,
      from.width,
      to.address,
      to.stride,
      to.width,
      to.height,
      scratch,
    );
  }

  /** A turned square as an upright picture of size x size pixels; what lies outside is black. */
  sampleSquare(
    { address, stride, width, height }: PlacedImage,
    square: TurnedSquare,
    size: number,
  ): PlacedImage {
    const to = this.place(size, size);
    const { corner, along, down } = square;
    this.#kernel.sampleSquare(
      address,
      stride,
      width,
      height,
      to.address,
      size,
      corner.x,
      corner.y,
      along.x,
      along.y,
      down.x,
      down.y,
    );
    return to;
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

  #writeRows({ data }: RgbImage, start: number, stride: number, to: PlacedImage): void {
    for (let y = 0; y < to.height; y++) {
      const from = start + y * stride;
      this.#bytes.set(data.subarray(from, from + to.width * 3), to.address + y * to.stride);
    }
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
