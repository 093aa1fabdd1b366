import { create } from 'zustand';
import type { AcquaintClient, Identification, IdentifiedFace } from '../../client/index.ts';
import type { NamedFile } from '../pictures/dropped-files.ts';
import { patiently } from '../server/patiently.ts';

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
  while (running < AT_ONCE && queue.length > 0) void workOff(client, work.signal);
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

async function workOff(client: AcquaintClient, signal: AbortSignal): Promise<void> {
  running++;
  for (let photo = queue.shift(); photo; photo = queue.shift()) {
    await recognize(client, photo, signal);
    if (signal.aborted) return;
  }
  running--;
}

async function recognize(client: AcquaintClient, photo: Photo, signal: AbortSignal): Promise<void> {
  try {
    const result = await patiently(() => client.search(photo.file, { signal }), signal);
    change(photo.id, { status: 'done', result, error: null });
  } catch (error) {
    if (!signal.aborted) change(photo.id, { status: 'failed', error });
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
