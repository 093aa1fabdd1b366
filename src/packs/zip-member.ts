import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { FetchProblem, WrongBytes, writing } from './fetch-problem.ts';
import type { PullLock } from './pull-lock.ts';

/**
 * Unpacks one file of a ZIP archive into `target`, and nothing else of it.
 * throws  WrongBytes when the archive cannot be read or has no such file of at most `limitBytes`,
 *         FetchProblem when `target` cannot be written, or the lock is lost or its signal fires
 */
export async function extractZipMember(
  archive: string,
  member: string,
  target: string,
  limitBytes: number,
  lock: PullLock,
): Promise<void> {
  const zip = await readingZip(openPromise(archive, { autoClose: false }));
  try {
    const entry = await readingZip(findEntry(zip, member));
    if (entry === null || entry.uncompressedSize > limitBytes) {
      throw new WrongBytes(
        `Expected ${member} of at most ${limitBytes} bytes in the archive but found none.`,
      );
    }
    // yauzl ends the stream with an error when it gives another number of bytes than the archive states.
    const bytes = await readingZip(zip.openReadStreamPromise(entry));
    await lock.requireHeld();
    await writing(target, () => pipeline(bytes, createWriteStream(target), { signal: lock.signal }));
  } finally {
    zip.close();
  }
}

async function findEntry(zip: ZipFile, member: string): Promise<Entry | null> {
  for await (const entry of zip.eachEntry()) if (entry.fileName === member) return entry;
  return null;
}

async function readingZip<T>(promise: Promise<T>): Promise<T> {
  return promise.catch((cause: unknown) => {
    if (cause instanceof FetchProblem) throw cause;
    throw new WrongBytes(
      `The ZIP archive cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`,
      { cause },
    );
  });
}
