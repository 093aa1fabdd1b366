import { dirname } from 'node:path';
import { AcquaintError } from '../errors.ts';

/** Primary result codes: https://sqlite.org/rescode.html */
const SQLITE = {
  ERROR: 1,
  BUSY: 5,
  LOCKED: 6,
  READONLY: 8,
  CORRUPT: 11,
  FULL: 13,
  CANTOPEN: 14,
  PROTOCOL: 15,
  NOTADB: 26,
} as const;

/** SQLite's primary result code of an error, or null when it is not SQLite's. */
function resultCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null;
  return error.errcode & 0xff;
}

/** Whether another process holds a lock, so that trying again may succeed. */
export function isBusy(error: unknown): boolean {
  const code = resultCode(error);
  return code === SQLITE.BUSY || code === SQLITE.LOCKED || code === SQLITE.PROTOCOL;
}

export function lockedError(path: string, waitedMs: number, cause: unknown): AcquaintError {
  const message = `Expected the gallery ${path} to be free but another process held it for ${waitedMs} ms; try again when that process has finished`;
  return new AcquaintError('gallery_locked', message, { cause });
}

export function corruptError(path: string, received: string, cause?: unknown): AcquaintError {
  const message = `Expected a gallery in ${path} but received ${received}; restore it from a backup or choose another path`;
  return new AcquaintError('gallery_corrupt', message, { cause });
}

export function unusableError(message: string, cause?: unknown): AcquaintError {
  return new AcquaintError('gallery_unusable', message, { cause });
}

export function unwritableFolderError(path: string, cause?: unknown): AcquaintError {
  return unusableError(
    `Expected a writable folder for the gallery ${path} but ${dirname(path)} may not be written; the database keeps files beside it even for reading: change the folder's permissions or choose another path`,
    cause,
  );
}

/**
 * An error of SQLite in the gallery's words; any other error comes back as it is. SQLite's own text is not repeated
 * (it stays in `cause`), and neither it nor this message holds values from the tables.
 */
export function galleryError(error: unknown, path: string): unknown {
  const code = resultCode(error);
  switch (code) {
    case null:
      return error;
    case SQLITE.NOTADB:
      return corruptError(path, 'a file that is not a database', error);
    case SQLITE.CORRUPT:
      return corruptError(path, 'a damaged or truncated database', error);
    case SQLITE.ERROR:
      return corruptError(path, 'a database without the expected tables', error);
    case SQLITE.FULL:
      return unusableError(
        `Expected room for the gallery ${path} but the disk is full; nothing enrolled before is lost: free some space and try again`,
        error,
      );
    case SQLITE.READONLY:
      return unusableError(
        `Expected to write the gallery ${path} but it is read-only; change its permissions or choose another path`,
        error,
      );
    case SQLITE.CANTOPEN:
      return unusableError(
        `Expected to open the gallery ${path} but it, or the -wal and -shm files beside it, cannot be opened; check permissions and free space`,
        error,
      );
    default:
      return unusableError(
        `Expected to read and write the gallery ${path} but SQLite failed with code ${(error as { errcode: number }).errcode}; check the disk and its free space`,
        error,
      );
  }
}
