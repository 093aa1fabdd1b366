import { groupedBy } from '../core/grouped-by.ts';
import { personMean } from '../core/person-mean.ts';
import { createExactSearcher } from '../gallery/exact-searcher.ts';
import type { Gallery, GalleryEmbedding } from '../ports/gallery.ts';
import type { Searcher, SearchRow } from '../ports/searcher.ts';
import type { Recipe } from './recipes.ts';
import type { PersonRef } from './recognizer-api.ts';
import { type StoredCalibration, storedCalibration } from './stored-calibration.ts';

/** What a search needs, as of one state of the gallery. */
export interface GallerySnapshot {
  readonly searcher: Searcher;
  /** Enrolled photos. */
  readonly faceCount: number;
  readonly people: ReadonlyMap<string, PersonRef>;
  readonly calibration: StoredCalibration | null;
}

/** Keeps the searchable copy of a gallery up to date: rebuilt when this or another process has changed it. */
export function createGallerySearch(gallery: Gallery, recipe: Recipe): () => Promise<GallerySnapshot> {
  let revision: string | null = null;
  let snapshot: Promise<GallerySnapshot> | null = null;
  return async () => {
    const current = await gallery.revision();
    if (snapshot === null || current !== revision) {
      revision = current;
      snapshot = takeSnapshot(gallery, recipe);
      snapshot.catch(() => {
        snapshot = null;
      });
    }
    return snapshot;
  };
}

async function takeSnapshot(gallery: Gallery, recipe: Recipe): Promise<GallerySnapshot> {
  const faces = [...(await gallery.embeddings())];
  const searcher = createExactSearcher([...faces, ...meansOf(faces, recipe)], recipe.length);
  const people = await gallery.people();
  return {
    searcher,
    faceCount: faces.length,
    people: new Map(people.map(({ id, name }) => [id, { id, name }])),
    calibration: storedCalibration(await gallery.calibration()),
  };
}

/** For everybody with several photos what they have in common. */
function* meansOf(faces: readonly GalleryEmbedding[], { partLengths }: Recipe): Iterable<SearchRow> {
  for (const [personId, own] of groupedBy(faces, (face) => face.personId)) {
    const embedding = personMean(
      own.map((face) => face.embedding),
      partLengths,
    );
    if (embedding) yield { personId, embedding };
  }
}
