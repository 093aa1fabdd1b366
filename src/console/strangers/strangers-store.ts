import { create } from 'zustand';
import { cutOut } from '../pictures/cut-out.ts';
import type { Box } from '../pictures/face-types.ts';

export interface Stranger {
  readonly id: string;
  /** The face with its surroundings, a JPEG. */
  readonly picture: File;
  readonly at: Date;
  /** The camera, or the photo's name. */
  readonly where: string;
  /** null: not asked for yet. */
  readonly embedding: readonly number[] | null;
  /** How it was made. */
  readonly recipe: string | null;
  /** Why no embedding could be made; null when nothing went wrong. */
  readonly failure: string | null;
  /** Set by hand: such faces stay together. */
  readonly group: string | null;
}

interface StrangersState {
  /** Faces of different collections have embeddings that cannot be compared. */
  readonly collection: string | null;
  readonly faces: readonly Stranger[];
}

/** As many as the server groups at once; the oldest go. */
const MOST_FACES = 500;

/** Unknown faces live in this page's memory only: nobody asked these people. */
export const useStrangers = create<StrangersState>(() => ({ collection: null, faces: [] }));

let lastId = 0;

/** For faces and groups; randomUUID is for pages over HTTPS only. */
export const newId = () => String(++lastId);

/** Keeps a face that nobody knows. Nothing happens when the browser cannot read the picture. */
export async function collectStranger(
  collection: string,
  picture: Blob,
  box: Box,
  { at, where }: { at: Date; where: string },
): Promise<void> {
  const face = await cutOut(picture, box).catch(() => null);
  if (!face) return;
  const id = newId();
  const stranger: Stranger = {
    id,
    picture: new File([face], `face-${id}.jpg`, { type: face.type }),
    at,
    where,
    embedding: null,
    recipe: null,
    failure: null,
    group: null,
  };
  useStrangers.setState((state) => ({
    collection,
    faces: [...(state.collection === collection ? state.faces : []), stranger].slice(-MOST_FACES),
  }));
}

export function changeStrangers(ids: readonly string[], change: Partial<Stranger>): void {
  const chosen = new Set(ids);
  useStrangers.setState(({ faces }) => ({
    faces: faces.map((face) => (chosen.has(face.id) ? { ...face, ...change } : face)),
  }));
}

export function dropStrangers(ids: readonly string[]): void {
  const chosen = new Set(ids);
  useStrangers.setState(({ faces }) => ({ faces: faces.filter(({ id }) => !chosen.has(id)) }));
}
