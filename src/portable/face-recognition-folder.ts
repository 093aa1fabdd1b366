import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { isPictureName } from '../core/picture-name.ts';
import { inFile } from './import-error.ts';

/** A picture of somebody known. */
export interface KnownPicture {
  readonly name: string;
  readonly path: string;
}

/**
 * A folder of known people as the `face_recognition` command wants it: pictures lie side by side, and a file's name
 * without its extension is the person's name, all of it: `ada-1.jpg` is a picture of "ada-1". Folders in it, hidden files
 * and what is no picture by its extension are left out; links are followed. That tool takes .jpg, .jpeg and .png only.
 * ensures  names after Unicode NFC; by file name, numbers in it by their value. Empty when there are no pictures
 * throws   AcquaintError('bad_import') when the folder cannot be read
 */
export async function listFaceRecognitionFolder(folder: string): Promise<readonly KnownPicture[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw inFile(folder, cause);
  });
  const candidates = entries.filter(({ name }) => isPictureName(name));
  const areFiles = await Promise.all(candidates.map((entry) => isFile(folder, entry)));
  return candidates
    .filter((_, i) => areFiles[i])
    .map(({ name }) => name)
    .toSorted(byName)
    .map((name) => ({ name: parse(name).name.normalize('NFC'), path: join(folder, name) }));
}

/** A link that leads nowhere is none. */
async function isFile(folder: string, entry: Dirent): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isFile();
  const target = await stat(join(folder, entry.name)).catch(() => null);
  return target?.isFile() ?? false;
}

const collator = new Intl.Collator('en', { numeric: true });

function byName(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : 1);
}
