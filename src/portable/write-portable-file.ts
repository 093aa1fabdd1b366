import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGzip } from 'node:zlib';
import { AcquaintError, requireNotAborted } from '../errors.ts';
import { CollectionRules } from './collection-rules.ts';
import { isSystemError } from './import-error.ts';
import {
  GZIP_EXTENSION,
  MAX_LINE_BYTES,
  type PortableHeader,
  type PortableRecord,
  type PortableSummary,
} from './portable-format.ts';
import { headerFrom, headerToJson, recordFrom, recordToJson } from './portable-json.ts';
import { replaceFile } from './replace-file.ts';
import { ValueProblem } from './value-problem.ts';

export type PortableRecords = AsyncIterable<PortableRecord> | Iterable<PortableRecord>;

/**
 * Writes a portable file (docs/portable.md) of a whole collection or of one person; compressed by gzip when `path` ends
 * in .gz. For its owner's eyes only, and in full or not at all: a file that was there is replaced in one step at the end.
 * requires  a person before their faces; ids and names only once
 * ensures   what is written can be read again. Memory is that of a record, and of at most 100 bytes for each of them
 * throws    RangeError for a header or record that may not be in such a file; AcquaintError('output_failed'), 'aborted';
 *           what `records` throws
 */
export async function writePortableFile(
  path: string,
  header: PortableHeader,
  records: PortableRecords,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<PortableSummary> {
  const lines = new PortableLines(header);
  let failure: { readonly reason: unknown } | undefined;
  const batches = async function* (): AsyncGenerator<string> {
    try {
      yield* batchesOf(lines, records, signal);
    } catch (reason) {
      failure = { reason };
      throw reason;
    }
  };
  const compress = path.toLowerCase().endsWith(GZIP_EXTENSION);
  try {
    await replaceFile(path, (file) => writeFile(file, compress ? gzip(batches()) : batches()));
    return lines.summary;
  } catch (cause) {
    if (failure) throw failure.reason;
    throw isSystemError(cause) ? cannotWrite(path, cause) : cause;
  }
}

/**
 * The lines of a portable file, each with its line feed, for another way out than a file.
 * throws  RangeError for a header or record that may not be in such a file; what `records` throws
 */
export async function* portableLines(
  header: PortableHeader,
  records: PortableRecords,
): AsyncGenerator<string> {
  const lines = new PortableLines(header);
  yield lines.first;
  for await (const record of records) yield lines.next(record);
  yield lines.last();
}

/** Makes the lines of one file in their order. */
class PortableLines {
  readonly first: string;
  readonly #header: PortableHeader;
  readonly #hash = createHash('sha256');
  readonly #rules = new CollectionRules();
  #summary: PortableSummary | null = null;

  /** throws  RangeError */
  constructor(header: PortableHeader) {
    const json = headerToJson(header);
    this.#header = refuseAsRange(() => headerFrom(json));
    this.first = this.#hashed(json);
  }

  /** throws  RangeError */
  next(record: PortableRecord): string {
    const json = recordToJson(record);
    return refuseAsRange(() => {
      this.#rules.add(recordFrom(json, this.#header.embeddingLength));
      return this.#hashed(json);
    });
  }

  last(): string {
    const { people, faces } = this.#rules;
    const sha256 = this.#hash.digest('hex');
    this.#summary = { header: this.#header, people, faces, sha256 };
    return `${JSON.stringify({ end: { people, faces, sha256 } })}\n`;
  }

  /** requires  the last line was made */
  get summary(): PortableSummary {
    if (this.#summary === null)
      throw new TypeError('Expected a finished file but received one without its end');
    return this.#summary;
  }

  #hashed(json: object): string {
    const line = `${JSON.stringify(json)}\n`;
    if (Buffer.byteLength(line) > MAX_LINE_BYTES) {
      throw new ValueProblem(`a record of at most ${MAX_LINE_BYTES} bytes`, 'a longer one');
    }
    this.#hash.update(line);
    return line;
  }
}

/** What a reader would find wrong in a file is, before it is written, the caller's mistake. */
function refuseAsRange<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof ValueProblem ? new RangeError(error.message) : error;
  }
}

const BATCH_CHARACTERS = 256 * 1024;

/** Many lines a write: a system call for each would take longer than making it. */
async function* batchesOf(
  lines: PortableLines,
  records: PortableRecords,
  signal: AbortSignal | undefined,
): AsyncGenerator<string> {
  let batch = lines.first;
  for await (const record of records) {
    requireNotAborted(signal);
    batch += lines.next(record);
    if (batch.length < BATCH_CHARACTERS) continue;
    yield batch;
    batch = '';
  }
  requireNotAborted(signal);
  yield batch + lines.last();
}

function gzip(batches: AsyncIterable<string>): AsyncIterable<Uint8Array> {
  // An error of either side ends the loop over the result; the callback has nothing to add.
  return pipeline(batches, createGzip(), () => {});
}

function cannotWrite(path: string, cause: NodeJS.ErrnoException): AcquaintError {
  return new AcquaintError('output_failed', `${path} cannot be written: ${reason(cause.code)}`, { cause });
}

function reason(code: string | undefined): string {
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'its folder does not exist';
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return 'permission denied';
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'the disk is full';
  if (code === 'EISDIR' || code === 'EEXIST') return 'a folder or device of that name is in the way';
  return code ?? 'unknown error';
}
