import {
  type AcquaintClient,
  type Identification,
  type IdentifiedFace,
  ProblemError,
} from '../../client/index.ts';
import { askBeforeLeaving } from '../parts/ask-before-leaving.ts';
import type { NamedFile } from '../pictures/dropped-files.ts';
import { requireReadable } from '../pictures/require-readable.ts';
import { isLasting, isSignedOut } from '../server/failures.ts';
import { patiently } from '../server/patiently.ts';
import { forgetLiveness } from '../server/use-liveness.ts';
import { createLists } from './lists.ts';

export interface Photo {
  readonly id: number;
  readonly collection: string;
  readonly file: File;
  /** Below what was dropped. */
  readonly path: string;
  readonly status: 'waiting' | 'done' | 'failed';
  readonly result: Identification | null;
  readonly error: unknown;
}

/** A photo to be asked about, by the client of its collection. */
interface Task {
  readonly client: AcquaintClient;
  readonly photo: Photo;
}

/** Two cores have work, others get a turn. */
const AT_ONCE = 2;

/** Photos and who is on them: the work goes on while other pages are looked at. */
const { useList: usePhotosOf, listOf, change: changeAll } = createLists<Photo>();

export { usePhotosOf };

let lastId = 0;
let running = 0;
let queue: readonly Task[] = [];
/** Fires when the photos of a collection are cleared. */
const cleared = new Map<string, AbortController>();

export function addPhotos(client: AcquaintClient, collection: string, files: readonly NamedFile[]): void {
  const added = files.map(
    ({ file, path }): Photo => ({
      id: ++lastId,
      collection,
      file,
      path,
      status: 'waiting',
      result: null,
      error: null,
    }),
  );
  changeAll(collection, (photos) => [...photos, ...added]);
  enqueue(client, added);
}

export function clearPhotos(collection: string): void {
  cleared.get(collection)?.abort();
  cleared.delete(collection);
  queue = queue.filter(({ photo }) => photo.collection !== collection);
  changeAll(collection, () => []);
}

/** Whom their faces are said to be, or to be like. */
export const peopleOnPhotos = (collection: string) =>
  listOf(collection)
    .flatMap(({ result }) => result?.faces ?? [])
    .flatMap(({ person, runnerUp }) => [person, runnerUp])
    .filter((person) => person !== null)
    .map(({ id }) => id);

/** Asks again, because somebody has been enrolled since. */
export async function askAgain(client: AcquaintClient, photo: Photo): Promise<void> {
  await recognize({ client, photo });
}

/** Photos that name these people do not any more: they are asked about anew. */
export function askAgainAbout(
  client: AcquaintClient,
  collection: string,
  personIds: ReadonlySet<string>,
): void {
  const isAbout = ({ person, runnerUp }: IdentifiedFace) =>
    [person, runnerUp].some((named) => named !== null && personIds.has(named.id));
  askAnew(client, collection, ({ result }) => result?.faces.some(isAbout) ?? false);
}

/** Those that failed once more: the session was over, or the file was changed. */
export function tryFailedAgain(client: AcquaintClient, collection: string): void {
  askAnew(client, collection, ({ status }) => status === 'failed');
}

function askAnew(client: AcquaintClient, collection: string, which: (photo: Photo) => boolean): void {
  const chosen = listOf(collection).filter(which);
  for (const photo of chosen) change(photo, { status: 'waiting', result: null, error: null });
  enqueue(client, chosen);
}

function enqueue(client: AcquaintClient, photos: readonly Photo[]): void {
  queue = [...queue, ...photos.map((photo) => ({ client, photo }))];
  workOn();
}

/** Works on what waits: it stopped when nobody was signed in. */
export function workOn(): void {
  while (running < AT_ONCE && queue.length > 0) void workOff();
}

async function workOff(): Promise<void> {
  running++;
  const mayLeave = askBeforeLeaving();
  let isSignedIn = true;
  // The others would fail in the same way.
  while (isSignedIn && queue.length > 0) {
    const [task, ...rest] = queue;
    queue = rest;
    isSignedIn = await recognize(task!);
  }
  mayLeave();
  running--;
}

/** false: whoever asks is not signed in any more. */
async function recognize({ client, photo }: Task): Promise<boolean> {
  const signal = signalOf(photo.collection);
  try {
    const result = await patiently(async () => {
      await requireReadable(photo.file);
      return client.search(photo.file, { signal });
    }, signal);
    change(photo, { status: 'done', result, error: null });
    return true;
  } catch (error) {
    if (signal.aborted) return true;
    change(photo, { status: 'failed', result: null, error });
    if (isLasting(error)) failAll(photo.collection, error);
    if (error instanceof ProblemError && error.code === 'liveness_required') forgetLiveness();
    return !isSignedOut(error);
  }
}

function signalOf(collection: string): AbortSignal {
  const known = cleared.get(collection) ?? new AbortController();
  cleared.set(collection, known);
  return known.signal;
}

/** The others need not be sent. */
function failAll(collection: string, error: unknown): void {
  const isOf = ({ photo }: Task) => photo.collection === collection;
  for (const { photo } of queue.filter(isOf)) change(photo, { status: 'failed', error });
  queue = queue.filter((task) => !isOf(task));
}

function change({ collection, id }: Photo, what: Partial<Photo>): void {
  changeAll(collection, (photos) => photos.map((photo) => (photo.id === id ? { ...photo, ...what } : photo)));
}

export function unknownFaces({ result }: Photo): readonly IdentifiedFace[] {
  return result?.faces.filter(({ decision }) => decision === 'unknown') ?? [];
}
