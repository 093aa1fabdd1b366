import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { badImport, cannotRead, inFile } from './import-error.ts';

/** Opening a pipe would wait for somebody to write into it otherwise. Windows has no such flag. */
const NO_WAITING = constants.O_NONBLOCK ?? 0;

/** A file to import; whoever opens it closes the handle. */
export interface OpenFile {
  readonly handle: FileHandle;
  readonly byteLength: number;
}

/**
 * Pipes and devices are refused: their length is not known, and they cannot be read twice.
 * throws  AcquaintError('bad_import') when the file cannot be read or is none
 */
export async function openFile(path: string): Promise<OpenFile> {
  const handle = await open(path, constants.O_RDONLY | NO_WAITING).catch((cause: unknown) => {
    throw cannotRead(path, cause);
  });
  const stats = await handle.stat();
  if (stats.isFile()) return { handle, byteLength: stats.size };
  await handle.close();
  const received = stats.isDirectory() ? 'a folder' : 'a device or pipe';
  throw badImport(`Expected a file at ${path} but received ${received}`);
}

/** Opens a file to import for the time of `work`. throws  AcquaintError('bad_import'), also for a ValueProblem of `work` */
export async function withFile<T>(path: string, work: (file: OpenFile) => Promise<T>): Promise<T> {
  const file = await openFile(path);
  try {
    return await work(file);
  } catch (error) {
    throw inFile(path, error);
  } finally {
    await file.handle.close();
  }
}

/** The whole of a file of at most `maxBytes`. throws  AcquaintError('bad_import') */
export async function readWhole(path: string, maxBytes: number): Promise<Buffer> {
  return withFile(path, async ({ handle, byteLength }) => {
    if (byteLength <= maxBytes) return handle.readFile();
    throw badImport(
      `Expected a file of at most ${maxBytes} bytes at ${path} but received one of ${byteLength}; split it`,
    );
  });
}
