import { randomBytes } from 'node:crypto';
import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Writes a file for its owner's eyes only (mode 0600), in full or not at all: `write` fills a file beside it, which takes
 * its place when everything is on the disk. A file that was there stays as it is until then; a link to it stays a link.
 * throws  what `write` throws, and system errors; EEXIST for a folder or device of that name
 */
export async function replaceFile<T>(path: string, write: (file: FileHandle) => Promise<T>): Promise<T> {
  const target = await realpath(path).catch(() => path);
  await requireReplaceable(target);
  // Short, whatever the name: file systems allow 255 bytes.
  const temporary = join(dirname(target), `.${randomBytes(6).toString('hex')}.tmp`);
  const file = await open(temporary, 'wx', 0o600);
  try {
    let written: T;
    try {
      written = await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
    await syncFolder(dirname(target));
    return written;
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

async function requireReplaceable(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found === null || found.isFile()) return;
  throw Object.assign(new Error('Expected a file'), { code: 'EEXIST', syscall: 'rename' });
}

/** Makes the new name survive a crash of the machine; Windows cannot open a folder and does not need it. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
