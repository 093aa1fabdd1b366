import { cutOut } from '../pictures/cut-out.ts';
import type { Box } from '../pictures/face-types.ts';
import { createLists } from './lists.ts';

export interface Stranger {
  readonly id: string;
  /** The face with its surroundings, a JPEG. */
  readonly picture: File;
  readonly at: Date;
  /** The camera, or the photo's name. */
  readonly where: string;
  /** The photo and the face in it, which is collected once; null: of the camera. */
  readonly source: string | null;
  /** null: not asked for yet. */
  readonly embedding: readonly number[] | null;
  /** How it was made. */
  readonly recipe: string | null;
  /** Why no embedding could be made; null when nothing went wrong. */
  readonly failure: string | null;
  /** Set by hand: such faces stay together. */
  readonly group: string | null;
}

/** As many as the server groups at once; the oldest go. */
const MOST_FACES = 500;

/** Unknown faces live in this page's memory only, and are never compared over collections: nobody asked these people. */
const { useList: useStrangersOf, listOf, change } = createLists<Stranger>();

export { useStrangersOf };

let lastId = 0;

/** For faces and groups; randomUUID is for pages over HTTPS only. */
export const newId = () => String(++lastId);

/** Keeps a face that nobody knows. Nothing happens when the browser cannot read the picture. */
export async function collectStranger(
  collection: string,
  picture: Blob,
  box: Box,
  { at, where, source = null }: { at: Date; where: string; source?: string | null },
): Promise<void> {
  if (source !== null && listOf(collection).some((one) => one.source === source)) return;
  const face = await cutOut(picture, box).catch(() => null);
  if (!face) return;
  const id = newId();
  const stranger: Stranger = {
    id,
    picture: new File([face], `face-${id}.jpg`, { type: face.type }),
    at,
    where,
    source,
    embedding: null,
    recipe: null,
    failure: null,
    group: null,
  };
  change(collection, (faces) => [...faces, stranger].slice(-MOST_FACES));
}

export function changeStrangers(collection: string, ids: readonly string[], what: Partial<Stranger>): void {
  const chosen = new Set(ids);
  change(collection, (faces) => faces.map((face) => (chosen.has(face.id) ? { ...face, ...what } : face)));
}

export const clearStrangers = (collection: string) => change(collection, () => []);

export function dropStrangers(collection: string, ids: readonly string[]): void {
  const chosen = new Set(ids);
  change(collection, (faces) => faces.filter(({ id }) => !chosen.has(id)));
}
