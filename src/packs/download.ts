import type { FileHandle } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { FetchProblem, PassingProblem, writing } from './fetch-problem.ts';
import { continuePart, createPart, type Part, readPart, removePart } from './part-file.ts';
import type { PullLock } from './pull-lock.ts';
import { type FetchAddress, networkProblem, request } from './request.ts';

export interface DownloadOptions {
  /** More bytes than these are not taken. */
  readonly limitBytes: number;
  readonly fetchAddress: FetchAddress;
  /** Without a byte for so long, the connection counts as broken. */
  readonly stallMs: number;
  /** The pauses before a broken connection is tried again; as many as there are tries. */
  readonly retryPausesMs: readonly number[];
  /** Held for `part`. */
  readonly lock: PullLock;
  readonly onProgress: ((receivedBytes: number, totalBytes: number | null) => void) | undefined;
}

/** A connection that brings so much before it breaks has earned all its tries again. */
const WORTHY_GAIN_BYTES = 1_000_000;

/**
 * Fetches `address` into the file `part`, continuing what is there of it.
 * ensures  the file holds what the server calls the whole; nobody has checked it yet
 * throws   FetchProblem, also when the lock is lost, or the signal's reason; what has arrived stays, but for a file that is too long
 */
export async function download(address: string, part: string, options: DownloadOptions): Promise<void> {
  const { retryPausesMs, lock } = options;
  const { signal } = lock;
  const run = { address, part, options, answered: false, writtenBytes: 0 };
  let earnedBytes = 0;
  for (let failures = 0; ; failures++) {
    signal.throwIfAborted();
    try {
      return await attempt(run);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof PassingProblem)) throw error;
      if (run.writtenBytes >= earnedBytes + WORTHY_GAIN_BYTES) {
        earnedBytes = run.writtenBytes;
        failures = 0;
      }
      const wait = retryPausesMs[failures];
      if (wait === undefined) throw error;
      // An aborted pause throws the signal's reason at the head of the next round.
      await pause(wait, undefined, { signal }).catch(() => {});
    }
  }
}

interface Run {
  readonly address: string;
  readonly part: string;
  readonly options: DownloadOptions;
  /** Whether the server has answered at all. */
  answered: boolean;
  /** The part's length when it was written last. */
  writtenBytes: number;
}

/** One connection. It is cut when the caller aborts and when nothing comes for too long. */
async function attempt(run: Run): Promise<void> {
  const { address, part, options } = run;
  const found = await readPart(part, address);
  if (found !== null && found.receivedBytes === found.note.totalBytes) {
    options.onProgress?.(found.receivedBytes, found.receivedBytes);
    return;
  }
  const watch = watchForStall(options);
  const fromNetwork: FromNetwork = (promise) =>
    promise.catch((error: unknown) => {
      if (error instanceof FetchProblem) throw error;
      if (!watch.stalled()) throw networkProblem(address, error, run.answered);
      throw new PassingProblem(`${address} sent nothing for ${options.stallMs / 1000} s.`, { cause: error });
    });
  try {
    const asked = request(address, headersFor(found), options.fetchAddress, watch.signal);
    const response = await fromNetwork(asked);
    run.answered = true;
    await receive(run, found, response, (promise) => fromNetwork(promise.finally(watch.alive)));
  } finally {
    watch.end();
  }
}

/** Turns what goes wrong on the network into problems, and leaves alone what goes wrong elsewhere. */
type FromNetwork = <T>(promise: Promise<T>) => Promise<T>;

function headersFor(found: Part | null): Record<string, string> {
  // Packed bytes could be neither counted nor continued.
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (found === null) return headers;
  headers.range = `bytes=${found.receivedBytes}-`;
  if (found.note.validator !== null) headers['if-range'] = found.note.validator;
  return headers;
}

async function receive(
  run: Run,
  found: Part | null,
  response: Response,
  fromNetwork: FromNetwork,
): Promise<void> {
  const { part, options } = run;
  if (response.status === 416 || (response.status === 206 && !continues(found, response))) {
    await response.body?.cancel();
    await options.lock.requireHeld();
    await removePart(part);
    throw new PassingProblem(`${run.address} does not have the rest of what it sent before.`);
  }
  const before = response.status === 206 ? (found?.receivedBytes ?? 0) : 0;
  const length = contentLength(response);
  const totalBytes = length === null ? null : before + length;
  await requireWithin(run, totalBytes ?? 0, response);
  const note = { address: run.address, validator: validatorOf(response), totalBytes };
  await options.lock.requireHeld();
  const file = before > 0 ? await continuePart(part) : await createPart(part, note);
  try {
    options.onProgress?.(before, totalBytes);
    await append(run, file, response, { before, totalBytes }, fromNetwork);
  } finally {
    await file.close();
  }
}

async function append(
  run: Run,
  file: FileHandle,
  response: Response,
  { before, totalBytes }: { readonly before: number; readonly totalBytes: number | null },
  fromNetwork: FromNetwork,
): Promise<void> {
  const reader = response.body?.getReader();
  let receivedBytes = before;
  while (reader !== undefined) {
    const { done, value } = await fromNetwork(reader.read());
    if (done) return;
    receivedBytes += value.length;
    if (receivedBytes > run.options.limitBytes) await reader.cancel();
    await requireWithin(run, receivedBytes, null);
    await run.options.lock.requireHeld();
    await writing(run.part, () => file.appendFile(value));
    run.writtenBytes = receivedBytes;
    run.options.onProgress?.(receivedBytes, totalBytes);
  }
}

/** Whether a 206 begins where the part ends. */
function continues(found: Part | null, response: Response): boolean {
  const start = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1];
  return found !== null && Number(start) === found.receivedBytes;
}

async function requireWithin(run: Run, byteLength: number, unread: Response | null): Promise<void> {
  const { limitBytes, lock } = run.options;
  if (byteLength <= limitBytes) return;
  await unread?.body?.cancel();
  await lock.requireHeld();
  await removePart(run.part);
  throw new FetchProblem(
    `Expected at most ${limitBytes} bytes from ${run.address} but it sends ${unread === null ? 'more' : byteLength}.`,
  );
}

function contentLength(response: Response): number | null {
  const text = response.headers.get('content-length');
  return text !== null && /^\d+$/.test(text) ? Number(text) : null;
}

/** A weak ETag may not be used to continue (RFC 9110, 13.1.5). */
function validatorOf(response: Response): string | null {
  const tag = response.headers.get('etag');
  return tag !== null && !tag.startsWith('W/') ? tag : response.headers.get('last-modified');
}

function watchForStall({ stallMs, lock }: DownloadOptions) {
  const stall = new AbortController();
  const timer = setTimeout(() => stall.abort(), stallMs);
  return {
    signal: AbortSignal.any([lock.signal, stall.signal]),
    alive: () => void timer.refresh(),
    stalled: () => stall.signal.aborted,
    /** Also closes a connection that nobody reads any more. */
    end() {
      clearTimeout(timer);
      stall.abort();
    },
  };
}
