import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What is costly to make stays here between runs. The user's id keeps several people on one computer apart. */
const cacheFolder = join(tmpdir(), `acquaint-tests-${process.getuid?.() ?? 'user'}`);

/**
 * The path of a file or folder that `make` makes at the path it gets, unless it was made before: `name` must say all of
 * what is in it. Several processes may ask at once: each makes its own, the first one stays.
 * `proof` is a path below it: where that is gone (folders of temporary files are swept), it is made again.
 */
export async function cached(
  name: string,
  make: (path: string) => Promise<void>,
  proof = '',
): Promise<string> {
  const path = join(cacheFolder, name);
  const isThere = () => existsSync(join(path, proof));
  if (isThere()) return path;
  await mkdir(cacheFolder, { recursive: true, mode: 0o700 });
  const unfinished = join(cacheFolder, `unfinished-${randomUUID()}`);
  try {
    await make(unfinished);
    await moveInto(unfinished, path, isThere);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return path;
}

/** A short name for what is made from all these. */
export function contentHash(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex').slice(0, 16);
}

async function moveInto(from: string, to: string, isThere: () => boolean): Promise<void> {
  if (!isThere()) await rm(to, { recursive: true, force: true });
  try {
    await rename(from, to);
  } catch (error) {
    // Another process was faster: its copy is as good.
    if (!isThere()) throw error;
  }
}
