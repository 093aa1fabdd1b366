import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { preparation } from './generated/preparation.ts';
import type { WeightsEntry } from './manifest.ts';

/** What is made of weight files and lies ready for the next start. */
export interface PreparedFiles {
  /** The bytes of that part, or what `make` makes of the weights, which is then kept. throws  what `make` throws */
  get(weights: WeightsEntry, part: string, make: () => Promise<Uint8Array>): Promise<Uint8Array>;
}

/** Makes everything anew. */
export const nothingPrepared: PreparedFiles = { get: (_weights, _part, make) => make() };

const HASH_BYTES = 32;
/** Files of other versions of this package are left alone until they are so old. */
const LEFT_ALONE_MS = 30 * 24 * 60 * 60 * 1000;

/**
 * Prepared files in a folder, which may be deleted at any time. A name tells of which weights and by which code a file was
 * made; its last 32 bytes are the SHA-256 of the others. A file that is damaged is made anew; a folder that cannot be
 * written to is done without. Nothing in them depends on the machine: ONNX Runtime optimises a graph when it loads it.
 */
export function preparedFilesIn(folder: string): PreparedFiles {
  return {
    async get(weights, part, make) {
      const name = `${weights.id}.${part}.`;
      const path = join(folder, name + digestOf(weights.sha256, preparation, part));
      const kept = await readVerified(path);
      if (kept !== null) return kept;
      const made = await make();
      await keep(folder, path, made)
        .then(() => removeOld(folder, name, path))
        .catch(() => {});
      return made;
    },
  };
}

function digestOf(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 32);
}

async function readVerified(path: string): Promise<Uint8Array | null> {
  const file = await readFile(path).catch(() => null);
  if (file === null || file.length < HASH_BYTES) return null;
  const bytes = file.subarray(0, -HASH_BYTES);
  return hashOf(bytes).equals(file.subarray(-HASH_BYTES)) ? bytes : null;
}

function hashOf(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** Appears whole or not at all, whoever else writes it. */
async function keep(folder: string, path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(folder, { recursive: true });
  const temporary = `${path}.${randomUUID()}.part`;
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(bytes);
      await file.writeFile(hashOf(bytes));
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function removeOld(folder: string, name: string, path: string): Promise<void> {
  for (const entry of await readdir(folder)) {
    const other = join(folder, entry);
    if (!entry.startsWith(name) || other === path) continue;
    const { mtimeMs } = await stat(other);
    if (Date.now() - mtimeMs > LEFT_ALONE_MS) await rm(other, { force: true });
  }
}
