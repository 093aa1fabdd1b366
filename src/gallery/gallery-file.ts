import {
  accessSync,
  closeSync,
  constants,
  fsyncSync,
  openSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { AcquaintError } from '../errors.ts';
import { corruptError, unusableError, unwritableFolderError } from './gallery-errors.ts';
import { APPLICATION_ID, SCHEMA_VERSION } from './schema.ts';

/** A gallery's file that may be handed to SQLite. */
export interface GalleryFile {
  /** Absolute, symbolic links followed. */
  readonly path: string;
  /** No tables yet. */
  readonly isEmpty: boolean;
  /** Tells this file from one put in its place later. */
  readonly identity: string;
}

/**
 * Finds the gallery's file, or makes an empty one (mode 0600: SQLite gives its -wal and -shm the same). It looks at
 * the file without SQLite, which would write beside, and sometimes into, another program's database.
 * throws  AcquaintError('gallery_missing') when there is none and `create` is false; 'gallery_unusable' or
 *         'gallery_corrupt' when it cannot be a gallery of this version
 */
export function prepareGalleryFile(givenPath: string, create: boolean): GalleryFile {
  const absolute = resolve(givenPath);
  if (!statOf(absolute)) {
    if (!create) throw missingError(absolute);
    createEmptyFile(absolute);
  }
  const path = realpathSync(absolute);
  const stats = statOf(path);
  if (!stats) throw missingError(path);
  if (!stats.isFile()) {
    const received = stats.isDirectory() ? 'a folder' : 'something that is not a regular file';
    throw unusableError(`Expected a gallery file at ${path} but received ${received}; name a file`);
  }
  requireAccess(path);
  const isEmpty = stats.size === 0;
  if (isEmpty && (statOf(`${path}-wal`)?.size ?? 0) > 0) {
    throw corruptError(path, 'an empty file whose -wal still holds data');
  }
  if (isEmpty && !create) throw missingError(path);
  const identity = identityOf(stats);
  if (!isEmpty && !heldHere.has(identity)) checkHeader(path, stats.size);
  return { path, isEmpty, identity };
}

/**
 * Files that this process has open, by identity, and how often. Closing any descriptor of a file drops all POSIX locks the
 * process holds on it (sqlite.org/howtocorrupt.html, 2.2), so a file that is open here is not read past SQLite again.
 */
const heldHere = new Map<string, number>();

/** Call when SQLite has the file open, and `releaseGalleryFile` when it has closed it. */
export function holdGalleryFile({ identity }: GalleryFile): void {
  heldHere.set(identity, (heldHere.get(identity) ?? 0) + 1);
}

export function releaseGalleryFile({ identity }: GalleryFile): void {
  const left = (heldHere.get(identity) ?? 1) - 1;
  if (left > 0) heldHere.set(identity, left);
  else heldHere.delete(identity);
}

/**
 * Refuses to go on with a file that was deleted or replaced while open: SQLite would write into the lost one.
 * throws  AcquaintError('gallery_unusable')
 */
export function requireSameFile(file: GalleryFile): void {
  const stats = statOf(file.path);
  if (stats && identityOf(stats) === file.identity) return;
  const received = stats ? 'another file in its place' : 'none';
  throw unusableError(
    `Expected the gallery ${file.path} to stay where it was opened but received ${received}; open it again`,
  );
}

function identityOf(stats: Stats): string {
  return `${stats.dev}:${stats.ino}`;
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (cause) {
    throw unreachableError(path, cause);
  }
}

function unreachableError(path: string, cause: unknown): AcquaintError {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
  return unusableError(
    `Expected a gallery at ${path} but the path cannot be used (${code}); check it and its permissions`,
    cause,
  );
}

function missingError(path: string): AcquaintError {
  return new AcquaintError(
    'gallery_missing',
    `Expected a gallery at ${path} but there is none; make one with \`acquaint enroll\` or name another path`,
  );
}

function createEmptyFile(path: string): void {
  const folder = dirname(path);
  if (!statOf(folder)) {
    throw unusableError(
      `Expected a folder for the gallery ${path} but ${folder} does not exist; create it first`,
    );
  }
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') throw unwritableFolderError(path, cause);
    // EEXIST with a file to be seen: another process was faster.
    if (code !== 'EEXIST' || !statOf(path)) throw unreachableError(path, cause);
  }
  syncFolder(folder);
}

/** Makes the new name survive a crash of the machine; Windows cannot open a folder and does not need it. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function requireAccess(path: string): void {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
  } catch (cause) {
    throw unusableError(
      `Expected to read and write the gallery ${path} but its permissions forbid it; change them or choose another path`,
      cause,
    );
  }
  try {
    accessSync(dirname(path), constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw unwritableFolderError(path, cause);
  }
}

/**
 * https://sqlite.org/fileformat.html, section 1.3: magic at 0, page size at 16 (1 means 65536), number of pages at 28,
 * user version at 60, application id at 68.
 */
function checkHeader(path: string, byteLength: number): void {
  const header = Buffer.alloc(100);
  const descriptor = openSync(path, 'r');
  try {
    readSync(descriptor, header, 0, header.length, 0);
  } finally {
    closeSync(descriptor);
  }
  if (header.toString('latin1', 0, 16) !== 'SQLite format 3\0') {
    throw corruptError(path, 'a file that is not a database');
  }
  if (header.readUInt32BE(68) !== APPLICATION_ID) {
    throw corruptError(path, 'the database of another program');
  }
  const version = header.readUInt32BE(60);
  if (version > SCHEMA_VERSION) {
    throw unusableError(
      `Expected a gallery of version ${SCHEMA_VERSION} in ${path} but received version ${version}; update acquaint`,
    );
  }
  const pageSize = header.readUInt16BE(16) === 1 ? 65536 : header.readUInt16BE(16);
  // After a crash the -wal may hold the pages that the file lacks.
  const hasLog = (statOf(`${path}-wal`)?.size ?? 0) > 0;
  if (!hasLog && byteLength < pageSize * header.readUInt32BE(28)) {
    throw corruptError(path, 'a database that was cut short');
  }
}
