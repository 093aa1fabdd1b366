import { create } from 'zustand';
import {
  type AcquaintClient,
  type Identification,
  type IdentifiedFace,
  ProblemError,
} from '../../client/index.ts';
import type { NamedFile } from '../pictures/dropped-files.ts';
import { requireReadable } from '../pictures/require-readable.ts';
import { isLasting, isSignedOut } from '../server/failures.ts';
import { patiently } from '../server/patiently.ts';
import { forgetLiveness } from '../server/use-liveness.ts';

export interface Photo {
  readonly id: number;
  readonly file: File;
  /** Below what was dropped. */
  readonly path: string;
  readonly status: 'waiting' | 'done' | 'failed';
  readonly result: Identification | null;
  readonly error: unknown;
}

interface RecognizeState {
  readonly collection: string | null;
  readonly photos: readonly Photo[];
}

/** Two cores have work, others get a turn. */
const AT_ONCE = 2;

/** Photos and who is on them, as long as the page is open: the work goes on while other pages are looked at. */
export const useRecognized = create<RecognizeState>(() => ({ collection: null, photos: [] }));

let lastId = 0;
let work = new AbortController();
let running = 0;

export function addPhotos(client: AcquaintClient, collection: string, files: readonly NamedFile[]): void {
  if (useRecognized.getState().collection !== collection) clearPhotos();
  const added = files.map(
    ({ file, path }): Photo => ({ id: ++lastId, file, path, status: 'waiting', result: null, error: null }),
  );
  useRecognized.setState(({ photos }) => ({ collection, photos: [...photos, ...added] }));
  queue.push(...added);
  startWork(client);
}

const queue: Photo[] = [];

export function clearPhotos(): void {
  work.abort();
  work = new AbortController();
  running = 0;
  queue.length = 0;
  useRecognized.setState({ photos: [] });
}

/** Asks again, because somebody has been enrolled since. */
export async function askAgain(client: AcquaintClient, photo: Photo): Promise<void> {
  await recognize(client, photo, work.signal);
}

/** Photos that name a person do not any more: they are asked about anew. */
export function askAgainAbout(client: AcquaintClient, personId: string): void {
  const isAbout = ({ person, runnerUp }: IdentifiedFace) =>
    person?.id === personId || runnerUp?.id === personId;
  askAnew(client, ({ result }) => result?.faces.some(isAbout) ?? false);
}

/** Those that failed once more: the session was over, or the file was changed. */
export function tryFailedAgain(client: AcquaintClient): void {
  askAnew(client, ({ status }) => status === 'failed');
}

function askAnew(client: AcquaintClient, which: (photo: Photo) => boolean): void {
  const chosen = useRecognized.getState().photos.filter(which);
  for (const { id } of chosen) change(id, { status: 'waiting', result: null, error: null });
  queue.push(...chosen);
  startWork(client);
}

function startWork(client: AcquaintClient): void {
  while (running < AT_ONCE && queue.length > 0) void workOff(client, work.signal);
}

async function workOff(client: AcquaintClient, signal: AbortSignal): Promise<void> {
  running++;
  for (let photo = queue.shift(); photo; photo = queue.shift()) {
    const isSignedIn = await recognize(client, photo, signal);
    if (signal.aborted) return;
    // The others would fail in the same way.
    if (!isSignedIn) break;
  }
  running--;
}

/** false: whoever asks is not signed in any more. */
async function recognize(client: AcquaintClient, photo: Photo, signal: AbortSignal): Promise<boolean> {
  try {
    const result = await patiently(async () => {
      await requireReadable(photo.file);
      return client.search(photo.file, { signal });
    }, signal);
    change(photo.id, { status: 'done', result, error: null });
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    change(photo.id, { status: 'failed', error });
    // The others need not be sent.
    if (isLasting(error)) for (const { id } of queue.splice(0)) change(id, { status: 'failed', error });
    if (error instanceof ProblemError && error.code === 'liveness_required') forgetLiveness();
    return !isSignedOut(error);
  }
}

function change(id: number, what: Partial<Photo>): void {
  useRecognized.setState(({ photos }) => ({
    photos: photos.map((photo) => (photo.id === id ? { ...photo, ...what } : photo)),
  }));
}

export function unknownFaces({ result }: Photo): readonly IdentifiedFace[] {
  return result?.faces.filter(({ decision }) => decision === 'unknown') ?? [];
}
