import { createExactSearcher } from '../gallery/exact-searcher.ts';
import type { Gallery } from '../ports/gallery.ts';
import type { Searcher } from '../ports/searcher.ts';
import type { PersonRef } from './recognizer-api.ts';
import { type StoredCalibration, storedCalibration } from './stored-calibration.ts';

/** What a search needs, as of one state of the gallery. */
export interface GallerySnapshot {
  readonly searcher: Searcher;
  readonly people: ReadonlyMap<string, PersonRef>;
  readonly calibration: StoredCalibration | null;
}

/** Keeps the searchable copy of a gallery up to date: rebuilt when this or another process has changed it. */
export function createGallerySearch(
  gallery: Gallery,
  embeddingLength: number,
): () => Promise<GallerySnapshot> {
  let revision: string | null = null;
  let snapshot: Promise<GallerySnapshot> | null = null;
  return async () => {
    const current = await gallery.revision();
    if (snapshot === null || current !== revision) {
      revision = current;
      snapshot = takeSnapshot(gallery, embeddingLength);
      snapshot.catch(() => {
        snapshot = null;
      });
    }
    return snapshot;
  };
}

async function takeSnapshot(gallery: Gallery, embeddingLength: number): Promise<GallerySnapshot> {
  const searcher = createExactSearcher(await gallery.embeddings(), embeddingLength);
  const people = await gallery.people();
  return {
    searcher,
    people: new Map(people.map(({ id, name }) => [id, { id, name }])),
    calibration: storedCalibration(await gallery.calibration()),
  };
}
