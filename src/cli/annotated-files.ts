import { mkdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { loadLibrary } from './library.ts';
import type { PictureFile } from './picture-files.ts';

/** Formats that can be written; a picture of another format gets an annotated JPEG under its own name. */
const writable: ReadonlySet<string> = new Set(['.jpg', '.jpeg', '.png', '.webp']);

/**
 * Where the annotated picture of each input goes: its folders are kept below `folder`, which is made when missing.
 * ensures  no two inputs share an output and no output is an input, by whatever name: the later one gets a number,
 *          photo-2.jpg
 * throws   AcquaintError('output_failed') when the folder cannot be made
 */
export async function planAnnotatedFiles(
  folder: string,
  inputs: readonly PictureFile[],
): Promise<ReadonlyMap<PictureFile, string>> {
  await makeFolder(folder);
  const inputIds = new Set(await Promise.all(inputs.map(({ path }) => fileId(path))));
  const taken = new Set<string>();
  const planned = new Map<PictureFile, string>();
  for (const input of inputs) planned.set(input, await freePath(folder, input.relative, taken, inputIds));
  return planned;
}

async function freePath(
  folder: string,
  relative: string,
  taken: Set<string>,
  inputIds: ReadonlySet<string | null>,
): Promise<string> {
  for (let number = 1; ; number++) {
    const path = join(folder, outputName(relative, number));
    // Some file systems do not tell upper from lower case or composed from decomposed letters.
    const key = path.normalize('NFC').toLowerCase();
    if (taken.has(key)) continue;
    const id = await fileId(path);
    if (id !== null && inputIds.has(id)) continue;
    taken.add(key);
    return path;
  }
}

/** `a/b.jpg` -> `a/b.jpg`, then `a/b-2.jpg`; `c.heic` -> `c.heic.jpg`. */
function outputName(relative: string, number: number): string {
  const extension = extname(relative);
  const keeps = writable.has(extension.toLowerCase());
  const stem = keeps ? basename(relative, extension) : basename(relative);
  return join(dirname(relative), `${stem}${number > 1 ? `-${number}` : ''}${keeps ? extension : '.jpg'}`);
}

/** What a name stands for on the disk, through links; null when there is nothing. */
async function fileId(path: string): Promise<string | null> {
  return stat(path, { bigint: true }).then(
    ({ dev, ino }) => `${dev}:${ino}`,
    () => null,
  );
}

/** Makes a folder and those above it. throws AcquaintError('output_failed') */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch(async (cause: unknown) => {
    const { AcquaintError } = await loadLibrary();
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    const why = whyNoFolder[code] ?? code;
    throw new AcquaintError('output_failed', `The folder ${path} cannot be made: ${why}.`, { cause });
  });
}

const whyNoFolder: Readonly<Record<string, string>> = {
  EEXIST: 'a file of that name is in the way',
  ENOTDIR: 'a part of the path is a file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
};
