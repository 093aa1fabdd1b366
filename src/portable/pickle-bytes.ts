import { ValueProblem } from './value-problem.ts';

const LINE_FEED = 0x0a;

/** A pickle's bytes from the first to the last. Every method throws ValueProblem where they end too early. */
export class PickleBytes {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get at(): number {
    return this.#at;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  take(length: number): Buffer {
    if (length > this.left) throw new ValueProblem('a whole pickle', 'one that is cut short');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  byte(): number {
    return this.take(1)[0]!;
  }

  /** An unsigned number of so many bytes, little-endian. */
  number(bytes: 4 | 8): number {
    const taken = this.take(bytes);
    return bytes === 4 ? taken.readUInt32LE() : Number(taken.readBigUInt64LE());
  }

  /** What is left of the line, without the line feed, in Latin-1. */
  line(): string {
    const feed = this.#bytes.indexOf(LINE_FEED, this.#at);
    const length = feed === -1 ? this.left + 1 : feed + 1 - this.#at;
    return this.take(length).toString('latin1').slice(0, -1);
  }

  /** The next lines, as far as they are there and short; nothing is taken. */
  peekLines(count: number): readonly string[] {
    return this.#bytes.toString('latin1', this.#at, this.#at + 200).split('\n', count);
  }

  /** A line of decimal digits. throws  ValueProblem for another */
  decimal(): number {
    const line = this.line();
    if (/^\d{1,9}$/.test(line)) return Number(line);
    throw new ValueProblem('a number of up to 9 digits', 'another line');
  }
}
