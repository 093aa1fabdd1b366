import { open, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { AcquaintError } from '../errors.ts';
import type { PictureSource } from '../ports/decoder.ts';
import { findPath } from './clean-path.ts';

/**
 * The largest picture file that is read, in bytes: 256 MiB. A 100-megapixel camera JPEG has about 60 MB; a larger
 * file is mostly a video or a disk image with a wrong name, and reading it would only cost memory.
 */
export const maxFileBytes = 256 * 1024 * 1024;

/** The bytes of a picture file and what to call it in a message. */
export interface SourceBytes {
  readonly bytes: Buffer;
  readonly name: string;
}

/**
 * Reads a picture's bytes, which are not looked into yet.
 * ensures  given bytes are not changed, and copied only when they lie on a SharedArrayBuffer
 * throws   TypeError for a source of another kind and for URLs that are not file: (pictures are never fetched);
 *          AcquaintError('unreadable', 'image_too_large')
 */
export async function readSource(source: PictureSource): Promise<SourceBytes> {
  if (source instanceof Uint8Array) {
    requireByteLimit('The picture', source.byteLength);
    return { bytes: asBuffer(source), name: 'The picture' };
  }
  const name = source instanceof URL ? pathOfUrl(source) : await pathOfString(source);
  try {
    return { bytes: await readRegularFile(name), name };
  } catch (error) {
    throw error instanceof AcquaintError ? error : unreadable(name, error);
  }
}

function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  const view = Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
  // sharp does not take shared memory.
  return buffer instanceof ArrayBuffer ? view : Buffer.from(view);
}

function pathOfUrl(url: URL): string {
  if (url.protocol !== 'file:') {
    throw new TypeError(
      `Expected a file: URL for picture but received ${url.href}; pictures are never fetched`,
    );
  }
  return fileURLToPath(url);
}

async function pathOfString(source: unknown): Promise<string> {
  if (typeof source !== 'string') {
    throw new TypeError(
      `Expected a path, a file: URL or a Uint8Array for picture but received ${source === null ? 'null' : typeof source}`,
    );
  }
  return findPath(source);
}

async function readRegularFile(path: string): Promise<Buffer> {
  // Asked before opening: opening a named pipe waits for ever.
  const facts = await stat(path);
  if (facts.isDirectory()) {
    throw new AcquaintError('unreadable', `${path} is a folder: expected a picture file.`);
  }
  if (!facts.isFile()) {
    throw new AcquaintError('unreadable', `${path} is a device or pipe: expected a picture file.`);
  }
  requireByteLimit(path, facts.size);
  const file = await open(path, 'r');
  try {
    return await file.readFile();
  } finally {
    await file.close();
  }
}

function requireByteLimit(name: string, length: number): void {
  if (length <= maxFileBytes) return;
  const mebibytes = (length / 1024 / 1024).toFixed(0);
  throw new AcquaintError(
    'image_too_large',
    `${name} has ${mebibytes} MiB; the limit is ${maxFileBytes / 1024 / 1024} MiB: save a smaller copy of it.`,
  );
}

function unreadable(name: string, cause: unknown): Error {
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === 'ERR_INVALID_ARG_VALUE') {
    return new TypeError('Expected a path without a zero byte for picture but received one with it');
  }
  return new AcquaintError('unreadable', `${name} cannot be read: ${reason(name, code, cause)}.`, { cause });
}

function reason(name: string, code: string | undefined, cause: unknown): string {
  if (code === 'ENOENT' && /^[a-z]{2,}:\/\//i.test(name)) {
    return 'pictures are never fetched, so download it and give the path of the file';
  }
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  return cause instanceof Error ? cause.message : String(cause);
}
