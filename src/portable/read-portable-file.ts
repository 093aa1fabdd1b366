import { createHash } from 'node:crypto';
import { requireNotAborted } from '../errors.ts';
import { CollectionRules } from './collection-rules.ts';
import { badImport, inFile } from './import-error.ts';
import { openFile } from './open-file.ts';
import type { PortableHeader, PortableRecord, PortableSummary } from './portable-format.ts';
import { headerFrom, lineFrom, type PortableEnd } from './portable-json.ts';
import { readLines } from './read-lines.ts';
import { ValueProblem } from './value-problem.ts';

export interface PortableReadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bytes of the file that were read, of how many it has. */
  readonly onProgress?: (readBytes: number, totalBytes: number) => void;
}

export interface PortableRecordOptions extends PortableReadOptions {
  /** What `checkPortableFile` has found: a file that was changed since is refused. */
  readonly checked?: PortableSummary | undefined;
}

/**
 * Reads a portable file from its first line to its last, and keeps nothing of it: to be done before anything is
 * imported, because only the last line tells whether the file is whole.
 * throws  AcquaintError('bad_import') naming the line, 'aborted'
 */
export async function checkPortableFile(
  path: string,
  options: PortableReadOptions = {},
): Promise<PortableSummary> {
  const records = readPortableFile(path, options);
  for (;;) {
    const next = await records.next();
    if (next.done) return next.value;
  }
}

/**
 * The people and faces of a portable file (docs/portable.md), in its order: a face comes after its person. Every field
 * was checked, and names are in the form in which a gallery keeps them. Memory is that of a line, and of at most 100
 * bytes for each person and face.
 * The records given before an error are right by themselves, but the file may be damaged or cut short: take them into a
 * transaction that an error undoes.
 * ensures  returns at its end what the whole held
 * throws   AcquaintError('bad_import') naming the line, 'aborted'; neither names nor embeddings are in its message
 */
export async function* readPortableFile(
  path: string,
  { signal, onProgress, checked }: PortableRecordOptions = {},
): AsyncGenerator<PortableRecord, PortableSummary> {
  requireNotAborted(signal);
  const { handle, byteLength } = await openFile(path);
  const parser = new PortableParser();
  let readBytes = 0;
  const onRead = (bytes: number): void => {
    readBytes += bytes;
    onProgress?.(readBytes, byteLength);
  };
  try {
    for await (const lines of readLines(handle, onRead)) {
      requireNotAborted(signal);
      for (const line of lines) {
        const record = parser.parse(line);
        if (record) yield record;
      }
    }
    return parser.finish(checked);
  } catch (error) {
    throw error instanceof ValueProblem ? parser.errorOf(error, path) : inFile(path, error);
  } finally {
    await handle.close();
  }
}

/** Takes the lines of one file in their order. */
class PortableParser {
  readonly #hash = createHash('sha256');
  readonly #rules = new CollectionRules();
  /** Lines taken. */
  #lines = 0;
  #isWholeRead = false;
  #header: PortableHeader | null = null;
  #end: PortableEnd | null = null;

  /** The line's record, or null for the header and the end. throws  ValueProblem */
  parse(line: Buffer): PortableRecord | null {
    const record = this.#header === null ? this.#takeHeader(line) : this.#take(line, this.#header);
    this.#lines++;
    return record;
  }

  #takeHeader(line: Buffer): null {
    this.#header = headerFrom(parseJson(line, 'a header of a portable file'));
    this.#hash.update(line);
    return null;
  }

  #take(line: Buffer, { embeddingLength }: PortableHeader): PortableRecord | null {
    if (this.#end) throw new ValueProblem('nothing after the end', 'another line');
    const content = lineFrom(parseJson(line, 'a line of JSON'), embeddingLength);
    if ('end' in content) {
      this.#end = content.end;
      return null;
    }
    this.#rules.add(content);
    this.#hash.update(line);
    return content;
  }

  /** throws  ValueProblem when lines are missing or were changed */
  finish(checked: PortableSummary | undefined): PortableSummary {
    this.#isWholeRead = true;
    const header = this.#header;
    const end = this.#end;
    if (header === null) throw new ValueProblem('a portable file', 'an empty one');
    if (end === null) throw new ValueProblem('an end', 'none: the file is cut short');
    const { people, faces } = this.#rules;
    const sha256 = this.#hash.digest('hex');
    if (end.people !== people || end.faces !== faces) {
      const expected = `${end.people} people and ${end.faces} faces, as its end says,`;
      throw new ValueProblem(expected, `${people} and ${faces}: lines are missing or were added`);
    }
    if (end.sha256 !== sha256) {
      throw new ValueProblem('the lines that its end was made for', 'others: it is damaged or was changed');
    }
    if (checked && checked.sha256 !== sha256) {
      throw new ValueProblem('the lines that were checked', 'others: it was changed meanwhile');
    }
    return { header, people, faces, sha256 };
  }

  errorOf({ expected, received }: ValueProblem, path: string): Error {
    const place = this.#isWholeRead ? path : `line ${this.#lines + 1} of ${path}`;
    return badImport(`Expected ${expected} in ${place} but received ${received}`);
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function parseJson(line: Buffer, expected: string): unknown {
  try {
    return JSON.parse(utf8.decode(line));
  } catch {
    // The reason stays untold: JSON.parse quotes the text.
    throw new ValueProblem(expected, 'something else');
  }
}
