import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { requireArray, requireFields, requireString } from '../core/arguments.ts';
import { AcquaintError } from '../errors.ts';
import { type WeightsEntry, type WeightsSource, weightsManifest } from './manifest.ts';
import type { PreparedFiles } from './prepared-files.ts';

/** The state of one weight file. `problem` says what is wrong and what to do; null when nothing is. */
export interface WeightsReport {
  readonly entry: WeightsEntry;
  readonly path: string;
  readonly status: 'ok' | 'missing' | 'corrupt';
  readonly problem: string | null;
}

/** Where a model comes from. */
export interface ModelSource {
  /** Replaces the folder of the npm package. */
  readonly weightsFolder?: string | undefined;
  /** Default: everything is made anew. */
  readonly prepared?: PreparedFiles | undefined;
}

/**
 * The bytes of a weight file, checked against its SHA-256.
 * `folder` replaces the folder of the npm package.
 * throws  AcquaintError('model_missing') when it is not there or may not be read,
 *         AcquaintError('model_corrupt') when its bytes are not those of the manifest
 */
export async function readWeights(entry: WeightsEntry, folder?: string): Promise<Uint8Array> {
  const path = weightsPath(entry, folder);
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new AcquaintError('model_missing', missingMessage(entry, path, cause), { cause });
  });
  const actual = createHash('sha256').update(bytes).digest('hex');
  if (actual !== entry.sha256) {
    throw new AcquaintError('model_corrupt', corruptMessage(entry, path, actual, bytes.length));
  }
  return bytes;
}

/** Checks every weight file's presence and SHA-256 without parsing it. Never throws for a bad file. */
export async function verifyWeights(
  folder?: string,
  entries: readonly WeightsEntry[] = weightsManifest,
): Promise<readonly WeightsReport[]> {
  if (folder !== undefined) requireString('folder', folder);
  requireArray('entries', entries, (name, entry) =>
    requireFields(name, entry, { id: 'string', fileName: 'string', sha256: 'string' }),
  );
  const reports: WeightsReport[] = [];
  for (const entry of entries) reports.push(await verifyEntry(entry, folder));
  return reports;
}

async function verifyEntry(entry: WeightsEntry, folder?: string): Promise<WeightsReport> {
  let path = entry.fileName;
  try {
    path = weightsPath(entry, folder);
    await readWeights(entry, folder);
    return { entry, path, status: 'ok', problem: null };
  } catch (error) {
    if (!(error instanceof AcquaintError)) throw error;
    const status = error.code === 'model_missing' ? 'missing' : 'corrupt';
    return { entry, path, status, problem: error.message };
  }
}

/** Where the file of `entry` is looked for. throws AcquaintError('model_missing') when its npm package is absent. */
export function weightsPath(entry: WeightsEntry, folder?: string): string {
  return join(folder ?? sourceFolder(entry), entry.fileName);
}

function sourceFolder({ id, fileName, source }: WeightsEntry): string {
  try {
    const manifestPath = createRequire(import.meta.url).resolve(`${source}/package.json`);
    return join(dirname(manifestPath), source === 'acquaint' ? 'weights/hog' : 'models');
  } catch (cause) {
    throw new AcquaintError(
      'model_missing',
      `The weights ${id} (${fileName}) come in the npm package ${source}, which is not installed. ${repairHint(source)}`,
      { cause },
    );
  }
}

function missingMessage(entry: WeightsEntry, path: string, cause: unknown): string {
  const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
  return `The weights ${entry.id} could not be read from ${path} (${reason}). ${repairHint(entry.source)}`;
}

function corruptMessage(entry: WeightsEntry, path: string, actual: string, byteLength: number): string {
  return (
    `The weights ${entry.id} in ${path} are damaged: expected SHA-256 ${entry.sha256} (${entry.byteLength} bytes) ` +
    `but found ${actual} (${byteLength} bytes). ${repairHint(entry.source)}`
  );
}

function repairHint(source: WeightsSource): string {
  return `Install the package again: remove node_modules/${source} and run npm install.`;
}
