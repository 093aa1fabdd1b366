import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { loadLibrary } from './library.ts';
import type { Failure } from './output.ts';

/** A picture to work on. */
export interface PictureFile {
  readonly path: string;
  /** Its path below the folder that was named; for a file that was named itself, its name. */
  readonly relative: string;
}

export type PictureEntry = PictureFile | { readonly failure: Failure };

/** Extensions that mark a picture in a folder; a file named by the user is opened whatever it is called. */
export const pictureExtensions: readonly string[] = [
  'jpg',
  'jpeg',
  'jpe',
  'jfif',
  'png',
  'webp',
  'gif',
  'tif',
  'tiff',
  'avif',
  'bmp',
  'heic',
  'heif',
];

const extensionSet: ReadonlySet<string> = new Set(pictureExtensions.map((extension) => `.${extension}`));

export function isPictureName(name: string): boolean {
  return !name.startsWith('.') && extensionSet.has(extname(name).toLowerCase());
}

/**
 * The path that a typed or pasted argument means: as given when something of exactly that name exists, else without
 * the quotes and direction marks around it.
 */
export async function locatePath(argument: string): Promise<string> {
  const { cleanPath } = await loadLibrary();
  const cleaned = cleanPath(argument);
  if (cleaned === argument || cleaned === '') return argument;
  const exists = await stat(argument).then(
    () => true,
    () => false,
  );
  return exists ? argument : cleaned;
}

/**
 * What the arguments name, in their order: files as they are (they may not even exist: opening them will tell),
 * folders as the pictures below them. A folder without pictures and one that cannot be read become failures.
 * `except` is a folder not walked into: where the output goes.
 */
export async function listPictures(paths: readonly string[], except?: string): Promise<PictureEntry[]> {
  const entries: PictureEntry[] = [];
  for (const path of paths) {
    const isFolder = await stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (isFolder) entries.push(...(await picturesBelow(path, except)));
    else entries.push({ path, relative: basename(path) });
  }
  return entries;
}

/**
 * Every picture below `folder`, folder by folder, by name. Hidden files and folders are left out; links are
 * followed, each folder once. ensures  never empty: a folder without pictures is one failure.
 */
export async function picturesBelow(folder: string, except?: string): Promise<PictureEntry[]> {
  const avoided = except === undefined ? null : resolve(except);
  const visited = new Set<string>();
  const walk = async (path: string, relative: string): Promise<PictureEntry[]> => {
    if (relative !== '' && resolve(path) === avoided) return [];
    const content = await readFolder(path, visited);
    if ('failure' in content) return [content];
    const below: PictureEntry[] = [];
    for (const item of content.items) {
      const child = { path: join(path, item.name), relative: join(relative, item.name) };
      if (item.isFolder) below.push(...(await walk(child.path, child.relative)));
      else if (isPictureName(item.name)) below.push(child);
    }
    return below;
  };
  const found = await walk(folder, '');
  return found.length > 0 ? found : [{ failure: noPictures(folder) }];
}

export interface FolderItem {
  readonly name: string;
  readonly isFolder: boolean;
}

/** What lies directly in a folder, by name, without hidden and broken things. A folder in `visited` is empty. */
export async function readFolder(
  path: string,
  visited = new Set<string>(),
): Promise<{ readonly items: readonly FolderItem[] } | { readonly failure: Failure }> {
  try {
    const real = await realpath(path);
    if (visited.has(real)) return { items: [] };
    visited.add(real);
    const names = await readdir(path, { withFileTypes: true });
    const items = await Promise.all(names.filter(({ name }) => !name.startsWith('.')).map(resolveItem(path)));
    return { items: items.filter((item) => item !== null).toSorted(byName) };
  } catch (cause) {
    return {
      failure: { file: path, code: 'unreadable', message: `${path} cannot be read: ${reason(cause)}.` },
    };
  }
}

function resolveItem(folder: string): (entry: Dirent) => Promise<FolderItem | null> {
  return async (entry) => {
    if (!entry.isSymbolicLink()) return { name: entry.name, isFolder: entry.isDirectory() };
    const target = await stat(join(folder, entry.name)).catch(() => null);
    return target && { name: entry.name, isFolder: target.isDirectory() };
  };
}

/** By code point, with numbers in names by their value: 2.jpg before 10.jpg, the same on every machine. */
const collator = new Intl.Collator('en', { numeric: true });

function byName(a: FolderItem, b: FolderItem): number {
  return collator.compare(a.name, b.name) || (a.name < b.name ? -1 : 1);
}

export function noPictures(folder: string): Failure {
  return {
    file: folder,
    code: 'unreadable',
    message: `${folder} holds no pictures (looked for ${pictureExtensions.join(', ')}, in the folders below it too).`,
  };
}

function reason(cause: unknown): string {
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'no such folder';
  if (code === 'ENOTDIR') return 'it is not a folder';
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  return cause instanceof Error ? cause.message : String(cause);
}
