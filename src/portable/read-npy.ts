import type { FileHandle } from 'node:fs/promises';
import { inFile } from './import-error.ts';
import { type NpyHeader, parseNpyHeader } from './npy-header.ts';
import { type OpenFile, openFile, withFile } from './open-file.ts';
import { ValueProblem } from './value-problem.ts';

/** The embeddings of a NumPy file. */
export interface NpyEmbeddings {
  readonly count: number;
  readonly embeddingLength: number;
  /** Row by row, read from the file as they are asked for: no more than some thousand are in memory. May be read several times. */
  readonly embeddings: AsyncIterable<Float32Array>;
}

/**
 * Opens what `numpy.save` wrote (.npy of version 1 to 3): an array of two dimensions in C order, one row an embedding,
 * of float32 or float64, little- or big-endian. float64 becomes float32, in which embeddings were made.
 * ensures  the file is as long as its header says, to the byte
 * throws   AcquaintError('bad_import'), also while `embeddings` is read: for a number that is not finite as float32,
 *          naming its row, and for a file that was changed meanwhile
 */
export async function readEmbeddingsNpy(path: string): Promise<NpyEmbeddings> {
  const layout = await withFile(path, readLayout);
  return {
    count: layout.rows,
    embeddingLength: layout.columns,
    embeddings: { [Symbol.asyncIterator]: () => readRows(path, layout) },
  };
}

interface Layout extends NpyHeader {
  /** Where the first row begins. */
  readonly start: number;
}

const MAGIC = '\x93NUMPY';
const ZIP_MAGIC = 'PK';
/** NumPy itself refuses longer ones; real headers have 118 bytes. */
const MAX_HEADER_BYTES = 10_000;

/** throws  ValueProblem */
async function readLayout({ handle, byteLength }: OpenFile): Promise<Layout> {
  const head = await readAt(handle, 0, 12);
  if (head.toString('latin1', 0, MAGIC.length) !== MAGIC) {
    const isZip = head.toString('latin1', 0, 2) === ZIP_MAGIC;
    throw new ValueProblem(
      'a NumPy array (.npy)',
      isZip ? 'an archive (.npz); save one array by numpy.save' : 'another file',
    );
  }
  const version = head[6] ?? 0;
  if (version < 1 || version > 3) throw new ValueProblem('version 1, 2 or 3 of .npy', `version ${version}`);
  if (head.length < 12) throw new ValueProblem('a whole file', 'one that is cut short');
  const headerStart = version === 1 ? 10 : 12;
  const headerBytes = version === 1 ? head.readUInt16LE(8) : head.readUInt32LE(8);
  if (headerBytes > MAX_HEADER_BYTES) {
    throw new ValueProblem(`a header of at most ${MAX_HEADER_BYTES} bytes`, String(headerBytes));
  }
  const header = await readAt(handle, headerStart, headerBytes);
  if (header.length < headerBytes) throw new ValueProblem('a whole file', 'one that is cut short');
  const layout = { ...parseNpyHeader(header.toString('latin1')), start: headerStart + headerBytes };
  requireByteLength(layout, byteLength);
  return layout;
}

/** Whatever else the header says, nothing of another size is read, nor memory taken for it. */
function requireByteLength({ start, rows, columns, bytesPerNumber }: Layout, byteLength: number): void {
  const expected = start + rows * columns * bytesPerNumber;
  if (expected === byteLength) return;
  throw new ValueProblem(
    `${expected} bytes, as the header's ${rows} rows of ${columns} numbers want,`,
    String(byteLength),
  );
}

/** At the given place, or what is left of the file. */
async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  for (let filled = 0; filled < length; ) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, position + filled);
    if (bytesRead === 0) return bytes.subarray(0, filled);
    filled += bytesRead;
  }
  return bytes;
}

const CHUNK_BYTES = 1024 * 1024;

async function* readRows(path: string, layout: Layout): AsyncGenerator<Float32Array> {
  const { start, rows, columns, bytesPerNumber } = layout;
  const rowBytes = columns * bytesPerNumber;
  const rowsAtOnce = Math.max(1, Math.floor(CHUNK_BYTES / rowBytes));
  const { handle, byteLength } = await openFile(path);
  try {
    requireByteLength(layout, byteLength);
    for (let row = 0; row < rows; row += rowsAtOnce) {
      const count = Math.min(rowsAtOnce, rows - row);
      const bytes = await readAt(handle, start + row * rowBytes, count * rowBytes);
      if (bytes.length < count * rowBytes) throw new ValueProblem('a whole file', 'one that is cut short');
      for (let i = 0; i < count; i++) {
        yield decodeRow(bytes.subarray(i * rowBytes, (i + 1) * rowBytes), layout, row + i);
      }
    }
  } catch (error) {
    throw inFile(path, error);
  } finally {
    await handle.close();
  }
}

function decodeRow(
  bytes: Buffer,
  { columns, bytesPerNumber, littleEndian }: Layout,
  row: number,
): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const embedding = new Float32Array(columns);
  for (let i = 0; i < columns; i++) {
    embedding[i] =
      bytesPerNumber === 4 ? view.getFloat32(i * 4, littleEndian) : view.getFloat64(i * 8, littleEndian);
  }
  if (embedding.every(Number.isFinite)) return embedding;
  throw new ValueProblem(`finite numbers of float32 for row [${row}]`, 'one that is not');
}
