import { type FileHandle, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { writing } from './fetch-problem.ts';

/** What is known of an unfinished download; kept beside it, so that another run can go on. */
export interface PartNote {
  readonly address: string;
  /** The server's name for this version of the file: a strong ETag or a Last-Modified date; null: it gives none. */
  readonly validator: string | null;
  /** Length of the whole; null when the server does not say. */
  readonly totalBytes: number | null;
}

export interface Part {
  readonly receivedBytes: number;
  readonly note: PartNote;
}

function notePath(path: string): string {
  return `${path}.json`;
}

/** What is there of the download from `address`; null when there is nothing that can be continued. */
export async function readPart(path: string, address: string): Promise<Part | null> {
  try {
    const note = JSON.parse(await readFile(notePath(path), 'utf8')) as PartNote;
    const { size } = await stat(path);
    return note.address === address && size > 0 ? { receivedBytes: size, note } : null;
  } catch {
    return null;
  }
}

/** An empty part. The note comes first: a part without one is not continued. throws FetchProblem */
export async function createPart(path: string, note: PartNote): Promise<FileHandle> {
  return writing(path, async () => {
    await rm(path, { force: true });
    await writeFile(notePath(path), JSON.stringify(note));
    return open(path, 'wx');
  });
}

/** The part, to write on at its end. throws FetchProblem */
export async function continuePart(path: string): Promise<FileHandle> {
  return writing(path, () => open(path, 'a'));
}

/** throws FetchProblem */
export async function removePart(path: string): Promise<void> {
  await writing(path, () => rm(path, { force: true }));
  await removeNote(path);
}

/** throws FetchProblem */
export async function removeNote(path: string): Promise<void> {
  await writing(path, () => rm(notePath(path), { force: true }));
}
