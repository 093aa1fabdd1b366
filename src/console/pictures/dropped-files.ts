/** A file with its path below what was dropped or chosen: 'Ada Lovelace/1.jpg'. */
export interface NamedFile {
  readonly file: File;
  readonly path: string;
}

const PICTURE = /\.(jpe?g|jfif|png|webp|gif|tiff?|avif|bmp|hei[cf])$/i;

export function isPictureName(path: string): boolean {
  return PICTURE.test(path) && !/(^|\/)\./.test(path);
}

/** The pictures of what was dropped, those in folders too; what cannot be read is left out. */
export async function filesOfDrop(transfer: DataTransfer): Promise<readonly NamedFile[]> {
  // Read at once: the browser empties the list when the event is over.
  const entries = [...transfer.items]
    .map((item) => item.webkitGetAsEntry())
    .filter((entry) => entry !== null);
  if (entries.length === 0) return [...transfer.files].map((file) => ({ file, path: file.name }));
  const files: NamedFile[] = [];
  for (const entry of entries) files.push(...(await filesBelow(entry).catch(() => [])));
  return files.filter(({ path }) => isPictureName(path));
}

async function filesBelow(entry: FileSystemEntry): Promise<readonly NamedFile[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    return [{ file, path: entry.fullPath.replace(/^\//, '') }];
  }
  const files: NamedFile[] = [];
  for await (const child of childrenOf(entry as FileSystemDirectoryEntry))
    files.push(...(await filesBelow(child).catch(() => [])));
  return files;
}

/** A reader gives some hundred at a time, and none at the end. */
async function* childrenOf(folder: FileSystemDirectoryEntry): AsyncGenerator<FileSystemEntry> {
  const reader = folder.createReader();
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return;
    yield* some;
  }
}

/**
 * Pictures by their folder's name. Of a picture in no folder, or in one that has people's folders in it, nobody knows
 * whose it is: it is left out.
 */
export function byFolder(files: readonly NamedFile[]): ReadonlyMap<string, readonly File[]> {
  const folders = files.map(({ path }) => path.split('/').slice(0, -1));
  const parents = new Set(
    folders.flatMap((parts) => parts.map((_, depth) => parts.slice(0, depth).join('/'))),
  );
  const people = new Map<string, File[]>();
  files.forEach(({ file }, i) => {
    const name = folders[i]!.at(-1);
    if (name === undefined || parents.has(folders[i]!.join('/'))) return;
    people.set(name, [...(people.get(name) ?? []), file]);
  });
  return people;
}
