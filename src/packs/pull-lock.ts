import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { errnoOf, FetchProblem, writing } from './fetch-problem.ts';

/** Held while a file is fetched. */
export interface PullLock {
  /** Fires with the caller's signal, and when the lock turns out to be somebody else's, soon after that. */
  readonly signal: AbortSignal;
  /**
   * Asked before anything beside the lock is changed.
   * throws  FetchProblem when another process has taken the lock over because it thought this one dead
   */
  requireHeld(): Promise<void>;
  /** Leaves alone a lock that is somebody else's. */
  release(): Promise<void>;
}

interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly token: string;
}

/** The holder touches its lock this often ... */
const HEARTBEAT_MS = 5_000;
/** ... and counts as gone after this long without: process numbers are reused and mean nothing on other machines. */
const SILENT_MS = 60_000;

/**
 * Makes this process the only one that fetches into the file beside `path`.
 * ensures  a lock whose holder is gone is taken over
 * throws   FetchProblem naming the holder, or when the lock cannot be written
 */
export async function takeLock(path: string, signal?: AbortSignal): Promise<PullLock> {
  const own: Holder = { pid: process.pid, host: hostname(), token: randomUUID() };
  for (let attempt = 0; attempt < 3; attempt++) {
    if (await create(path, own)) return held(path, own, signal);
    const found = await readLock(path);
    if (found === null) continue;
    if (!(await isGone(path, found))) throw taken(path, found);
    await removeStale(path, found);
  }
  throw taken(path, (await readLock(path)) ?? '');
}

async function create(path: string, own: Holder): Promise<boolean> {
  return writing(path, async () => {
    try {
      await writeFile(path, JSON.stringify(own), { flag: 'wx' });
      return true;
    } catch (error) {
      if (errnoOf(error) === 'EEXIST') return false;
      throw error;
    }
  });
}

function held(path: string, own: Holder, signal: AbortSignal | undefined): PullLock {
  const lost = new AbortController();
  const requireHeld = async () => {
    if (parseHolder((await readLock(path)) ?? '')?.token === own.token) return;
    clearInterval(heartbeat);
    lost.abort(takenOver(path));
    throw lost.signal.reason;
  };
  const touch = async () => {
    await requireHeld();
    await utimes(path, new Date(), new Date());
  };
  const heartbeat = setInterval(() => void touch().catch(() => {}), HEARTBEAT_MS).unref();
  return {
    signal: signal === undefined ? lost.signal : AbortSignal.any([signal, lost.signal]),
    requireHeld,
    async release() {
      clearInterval(heartbeat);
      const isHeld = await requireHeld().then(
        () => true,
        () => false,
      );
      if (isHeld) await rm(path, { force: true });
    },
  };
}

/** The lock's text; null when there is none. */
async function readLock(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return null;
    throw new FetchProblem(`The lock ${path} cannot be read.`, { cause: error });
  });
}

/** A text that names nobody is a lock being written, or what a crash left of one: only its age tells. */
function parseHolder(text: string): Holder | null {
  try {
    const { pid, host, token } = JSON.parse(text) as Holder;
    return Number.isSafeInteger(pid) && pid > 0 ? { pid, host, token } : null;
  } catch {
    return null;
  }
}

async function isGone(path: string, text: string): Promise<boolean> {
  const holder = parseHolder(text);
  if (holder !== null && holder.host === hostname() && !isAlive(holder.pid)) return true;
  const touchedAt = await stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
  return Date.now() - touchedAt > SILENT_MS;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and is somebody else's.
    return errnoOf(error) === 'EPERM';
  }
}

/** Moved away before it is deleted, so that of two processes that judge it stale only one deletes it. */
async function removeStale(path: string, judged: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return;
    throw new FetchProblem(`The lock ${path} of a dead process cannot be removed.`, { cause: error });
  }
  const moved = await readLock(aside);
  // Somebody was quicker, and this is the living lock: back with it, unless a third one is there already.
  if (moved !== null && moved !== judged) await writeFile(path, moved, { flag: 'wx' }).catch(() => {});
  await rm(aside, { force: true });
}

function taken(path: string, text: string): FetchProblem {
  const holder = parseHolder(text);
  const who = holder === null ? 'Another process' : `Process ${holder.pid} on ${holder.host}`;
  return new FetchProblem(
    `${who} is fetching it at this moment. Wait for it; if no such process is running, delete ${path}.`,
  );
}

function takenOver(path: string): FetchProblem {
  return new FetchProblem(
    `The lock ${path} is no longer that of this process: it was thought dead, and another one fetches the model now, ` +
      'or the lock was deleted. Nothing more was written.',
  );
}
