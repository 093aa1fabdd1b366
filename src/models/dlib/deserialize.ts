import { AcquaintError } from '../../errors.ts';

/** Powers of two from 2^-1100 to 2^1023: every exponent of a serialised float or double. */
const lowestExponent = -1100;
const highestExponent = 1023;
const powersOfTwo = Float64Array.from(
  { length: highestExponent - lowestExponent + 1 },
  (_, i) => 2 ** (i + lowestExponent),
);

/** Longer strings do not occur in a model; a longer one means that the reader is lost. */
const maxStringLength = 256;

/** Four dimensions, outermost first: samples, channels, rows, columns. */
export type TensorDims = readonly [number, number, number, number];

export interface FloatTensor {
  readonly dims: TensorDims;
  readonly data: Float32Array;
}

/**
 * Reads the primitives of dlib's serialization (serialize.h, float_details.h) from `bytes`, front to back.
 * Every read is checked against the end of the bytes.
 * throws  AcquaintError('model_corrupt') from every method, naming `name` and the byte offset
 */
export class DlibReader {
  readonly #bytes: Uint8Array;
  readonly #name: string;
  #offset = 0;

  constructor(bytes: Uint8Array, name: string) {
    this.#bytes = bytes;
    this.#name = name;
  }

  get offset(): number {
    return this.#offset;
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  /** A failure at this place of the file: `what` completes "Expected ...". */
  corrupt(what: string): AcquaintError {
    return new AcquaintError(
      'model_corrupt',
      `The model ${this.#name} cannot be read: expected ${what} at byte ${this.#offset} of ${this.#bytes.length}.`,
    );
  }

  /** A whole number: a byte (bit 7: negative, low bits: byte count), then the magnitude, little-endian. */
  int(): number {
    const control = this.#byte();
    const size = control & 0x0f;
    if (size === 0 || size > 8 || (control & 0x70) !== 0) throw this.corrupt('a whole number');
    if (this.remaining < size) throw this.corrupt(`${size} more bytes`);
    let magnitude = 0;
    for (let i = size - 1; i >= 0; i--) magnitude = magnitude * 256 + this.#at(i);
    this.#offset += size;
    return (control & 0x80) === 0 ? magnitude : -magnitude;
  }

  /** A whole number within [min, max]; `what` names it in the error. */
  intWithin(min: number, max: number, what: string): number {
    const start = this.#offset;
    const value = this.int();
    if (value >= min && value <= max) return value;
    this.#offset = start;
    throw this.corrupt(`${what} from ${min} to ${max} (found ${value})`);
  }

  /** How many elements follow; each takes at least `minBytes`, so a nonsensical count is refused before allocating. */
  count(minBytes: number, what: string): number {
    return this.intWithin(0, Math.floor(this.remaining / minBytes), `a number of ${what}`);
  }

  /** A float or double: mantissa, exponent; value = mantissa * 2^exponent. Infinity and NaN are refused. */
  float(): number {
    const mantissa = this.int();
    const exponent = this.intWithin(lowestExponent, highestExponent, 'an exponent');
    return mantissa * (powersOfTwo[exponent - lowestExponent] ?? Number.NaN);
  }

  /** Reads `count` floats into `target` from `start`: the hot loop of a 99 MB file. */
  floatsInto(target: Float32Array, start: number, count: number): void {
    const bytes = this.#bytes;
    let offset = this.#offset;
    for (let i = start; i < start + count; i++) {
      const control = bytes[offset] ?? 0;
      const size = control & 0x7f;
      const exponentControl = bytes[offset + size + 1] ?? 0;
      // A float has 3 bytes of mantissa and 1 of exponent at most; all else, and the end, is for the careful path.
      if (size === 0 || size > 3 || (exponentControl & 0x7f) !== 1 || offset + size + 3 > bytes.length) {
        this.#offset = offset;
        target[i] = this.float();
        offset = this.#offset;
        continue;
      }
      let mantissa = bytes[offset + 1] ?? 0;
      if (size > 1) mantissa |= (bytes[offset + 2] ?? 0) << 8;
      if (size > 2) mantissa |= (bytes[offset + 3] ?? 0) << 16;
      const exponent = bytes[offset + size + 2] ?? 0;
      const scale = powersOfTwo[(exponentControl > 0x7f ? -exponent : exponent) - lowestExponent] ?? 0;
      target[i] = control > 0x7f ? -mantissa * scale : mantissa * scale;
      offset += size + 3;
    }
    this.#offset = offset;
  }

  bool(): boolean {
    const character = this.#byte();
    if (character !== 0x30 && character !== 0x31) throw this.corrupt("a truth value ('0' or '1')");
    return character === 0x31;
  }

  string(): string {
    const length = this.intWithin(0, Math.min(maxStringLength, this.remaining), 'a string length');
    const bytes = this.#bytes.subarray(this.#offset, this.#offset + length);
    if (bytes.length < length) throw this.corrupt(`${length} more bytes`);
    this.#offset += length;
    return String.fromCharCode(...bytes);
  }

  /** A whole number that says which layout follows; only those in `supported` can be read. */
  version(what: string, ...supported: readonly number[]): number {
    const start = this.#offset;
    const version = this.int();
    if (supported.includes(version)) return version;
    this.#offset = start;
    throw this.corrupt(`version ${supported.join(' or ')} of ${what} (found ${version})`);
  }

  /** A matrix: rows and columns, negated, then the floats row by row. */
  matrix(): { readonly rows: number; readonly columns: number; readonly data: Float32Array } {
    const { rows, columns } = this.matrixSize();
    const data = new Float32Array(rows * columns);
    this.floatsInto(data, 0, data.length);
    return { rows, columns, data };
  }

  /** The size that precedes a matrix's floats. */
  matrixSize(): { readonly rows: number; readonly columns: number } {
    const rows = -this.int();
    const columns = -this.int();
    // A float takes at least four bytes: two for the mantissa, two for the exponent.
    if (!(rows >= 0 && columns >= 0 && rows * columns * 4 <= this.remaining)) {
      throw this.corrupt('the size of a matrix');
    }
    return { rows, columns };
  }

  /** A tensor (version 2): four dimensions, then IEEE floats of four bytes, little-endian. */
  tensor(): FloatTensor {
    this.version('a tensor', 2);
    const dims = this.#dims();
    const length = dims[0] * dims[1] * dims[2] * dims[3];
    if (length * 4 > this.remaining) throw this.corrupt(`${length * 4} bytes of a tensor`);
    const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset + this.#offset, length * 4);
    const data = new Float32Array(length);
    for (let i = 0; i < length; i++) data[i] = view.getFloat32(i * 4, true);
    this.#offset += length * 4;
    return { dims, data };
  }

  /** An alias tensor (version 1): only the four dimensions. */
  aliasDims(): TensorDims {
    this.version('an alias tensor', 1);
    return this.#dims();
  }

  /** throws unless every byte has been read. */
  end(): void {
    if (this.remaining !== 0) throw this.corrupt(`the end of the file (${this.remaining} bytes follow)`);
  }

  #dims(): TensorDims {
    const side = () => this.intWithin(0, 0x7fffffff, 'a tensor dimension');
    return [side(), side(), side(), side()];
  }

  #byte(): number {
    if (this.remaining < 1) throw this.corrupt('one more byte');
    const value = this.#at(0);
    this.#offset += 1;
    return value;
  }

  #at(ahead: number): number {
    return this.#bytes[this.#offset + ahead] ?? 0;
  }
}
