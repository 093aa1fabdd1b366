import type { FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { MAX_LINE_BYTES } from './portable-format.ts';
import { ValueProblem } from './value-problem.ts';

const CHUNK_BYTES = 256 * 1024;
const LINE_FEED = 0x0a;
const GZIP = [0x1f, 0x8b] as const;

/**
 * The lines of a file, each with its line feed, as many at a time as were read together. A file that begins as gzip
 * does is decompressed, whatever its name says. No more than a line and a chunk of the file is kept.
 * `onRead` is told how many bytes of the file were read since it was last called.
 * throws  ValueProblem for a line that is too long or without its line feed, and for damaged gzip; system errors
 */
export async function* readLines(
  handle: FileHandle,
  onRead: (bytes: number) => void = () => {},
): AsyncGenerator<readonly Buffer[]> {
  const splitter = new LineSplitter();
  for await (const chunk of await contentOf(handle, onRead)) yield splitter.split(chunk);
  if (splitter.restBytes > 0) throw new ValueProblem('a whole line', 'one that is cut short');
}

/** Puts lines together that begin in one chunk and end in another. */
class LineSplitter {
  /** Of the last line so far. */
  restBytes = 0;
  #rest: Buffer[] = [];

  split(chunk: Buffer): readonly Buffer[] {
    const lines: Buffer[] = [];
    let start = 0;
    for (let feed = chunk.indexOf(LINE_FEED); feed !== -1; feed = chunk.indexOf(LINE_FEED, start)) {
      this.#keep(chunk.subarray(start, feed + 1));
      lines.push(this.#rest.length === 1 ? this.#rest[0]! : Buffer.concat(this.#rest));
      this.#rest = [];
      this.restBytes = 0;
      start = feed + 1;
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
    return lines;
  }

  #keep(piece: Buffer): void {
    this.#rest.push(piece);
    this.restBytes += piece.length;
    if (this.restBytes <= MAX_LINE_BYTES) return;
    throw new ValueProblem(`a line of at most ${MAX_LINE_BYTES} bytes`, 'a longer one');
  }
}

async function contentOf(
  handle: FileHandle,
  onRead: (bytes: number) => void,
): Promise<AsyncIterable<Buffer>> {
  const { buffer } = await handle.read(Buffer.alloc(GZIP.length), 0, GZIP.length, 0);
  const chunks = chunksOf(handle, onRead);
  return GZIP.every((byte, i) => buffer[i] === byte) ? unzip(chunks) : chunks;
}

async function* chunksOf(handle: FileHandle, onRead: (bytes: number) => void): AsyncGenerator<Buffer> {
  for (let position = 0; ; ) {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    onRead(bytesRead);
    yield buffer.subarray(0, bytesRead);
  }
}

async function* unzip(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    // An error of either side ends the loop; the callback has nothing to add.
    yield* pipeline(chunks, createGunzip({ chunkSize: CHUNK_BYTES }), () => {});
  } catch (error) {
    if (!isZlibError(error)) throw error;
    throw new ValueProblem(
      'whole gzip data',
      error.code === 'Z_BUF_ERROR' ? 'such that are cut short' : 'damaged ones',
    );
  }
}

function isZlibError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
}
