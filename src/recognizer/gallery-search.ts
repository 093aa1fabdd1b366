import { personMean } from '../core/person-mean.ts';
import { createExactSearcher, type ExactSearcher } from '../gallery/exact-searcher.ts';
import type { CollectionSettings, Gallery, JsonObject, Person, PersonState } from '../ports/gallery.ts';
import type { Searcher } from '../ports/searcher.ts';
import type { Recipe } from './recipes.ts';
import { type StoredCalibration, storedCalibration } from './stored-calibration.ts';

/** What a search needs, as the gallery is now. */
export interface GallerySnapshot {
  readonly searcher: Searcher;
  /** Enrolled photos. */
  readonly faceCount: number;
  readonly people: ReadonlyMap<string, Person>;
  readonly calibration: StoredCalibration | null;
  readonly settings: CollectionSettings;
}

export interface GallerySearchOptions {
  /** Called while a large gallery is read. */
  readonly onProgress?: ((loaded: number, total: number) => void) | undefined;
}

/**
 * Keeps the searchable copy of a gallery up to date: read once, then whoever was changed by this or another process is
 * read anew. The searcher of one answer is the searcher of the next.
 */
export function createGallerySearch(
  gallery: Gallery,
  recipe: Recipe,
  { onProgress }: GallerySearchOptions = {},
): () => Promise<GallerySnapshot> {
  let copy: GalleryCopy | null = null;
  let revision: string | null = null;
  let snapshot: GallerySnapshot | null = null;
  const refresh = async (): Promise<GallerySnapshot> => {
    const current = await gallery.revision();
    if (snapshot !== null && current === revision) return snapshot;
    if (copy === null || !(await copy.follow())) {
      copy = await readCopy(gallery, recipe, onProgress);
      await copy.follow();
    }
    snapshot = {
      searcher: copy.searcher,
      faceCount: copy.faceCount,
      people: copy.people,
      calibration: storedCalibration(await gallery.calibration()),
      settings: await gallery.settings(),
    };
    revision = current;
    return snapshot;
  };
  // One after the other: two that follow the same changes would count faces twice.
  let last: Promise<unknown> = Promise.resolve();
  return () => {
    const next = last.then(refresh);
    last = next.catch(() => {});
    return next;
  };
}

/** Everybody's embeddings in memory, and how far the gallery's changes are in it. */
class GalleryCopy {
  readonly searcher: ExactSearcher;
  readonly people = new Map<string, Person>();
  faceCount = 0;
  readonly #gallery: Gallery;
  readonly #recipe: Recipe;
  readonly #idOfKey = new Map<number, string>();
  #cursor: number;

  constructor(gallery: Gallery, recipe: Recipe, cursor: number) {
    this.#gallery = gallery;
    this.#recipe = recipe;
    this.#cursor = cursor;
    this.searcher = createExactSearcher([], recipe.length);
  }

  /** ensures  false when the gallery does not know any more what has changed since */
  async follow(): Promise<boolean> {
    const changes = await this.#gallery.changesSince(this.#cursor);
    if (changes === null) return false;
    for (const state of changes.people) this.#replace(state);
    this.#cursor = changes.cursor;
    return true;
  }

  addPerson(key: number, person: Person): void {
    this.#idOfKey.set(key, person.id);
    this.people.set(person.id, person);
  }

  /** When all faces of a person are read. */
  endPerson(personId: string, faces: number): void {
    const person = this.people.get(personId)!;
    if (person.faces !== faces) this.people.set(personId, { ...person, faces });
    if (faces < 2) return;
    const mean = personMean(this.searcher.embeddingsOf(personId), this.#recipe.partLengths);
    if (mean) this.searcher.add({ personId, embedding: mean });
  }

  #replace({ key, person, embeddings }: PersonState): void {
    const id = person?.id ?? this.#idOfKey.get(key);
    if (id === undefined) return;
    this.faceCount += embeddings.length - (this.people.get(id)?.faces ?? 0);
    const mean = personMean(embeddings, this.#recipe.partLengths);
    this.searcher.replacePerson(id, mean ? [...embeddings, mean] : embeddings);
    if (person) this.addPerson(key, { ...person, faces: embeddings.length });
    else {
      this.people.delete(id);
      this.#idOfKey.delete(key);
    }
  }
}

/** What changes while it is read is in the list of changes: it is followed afterwards. */
async function readCopy(
  gallery: Gallery,
  recipe: Recipe,
  onProgress: GallerySearchOptions['onProgress'],
): Promise<GalleryCopy> {
  const copy = new GalleryCopy(gallery, recipe, await gallery.changeCursor());
  const total = await gallery.embeddingCount();
  const counts = new Map<string, number>();
  for (const [key, person] of await gallery.peopleByKey()) {
    copy.addPerson(key, person);
    counts.set(person.id, 0);
  }
  for await (const slice of gallery.embeddingSlices()) {
    for (const { personId, embedding } of slice) {
      const count = counts.get(personId);
      // Enrolled meanwhile: the list of changes has it.
      if (count === undefined) continue;
      copy.searcher.add({ personId, embedding });
      counts.set(personId, count + 1);
      copy.faceCount++;
    }
    onProgress?.(copy.faceCount, Math.max(total, copy.faceCount));
    // Others may work meanwhile.
    await new Promise(setImmediate);
  }
  for (const [personId, faces] of counts) copy.endPerson(personId, faces);
  return copy;
}

/** Those of the people whose metadata has these values at its top. */
export function peopleWith(people: Iterable<Person>, wanted: JsonObject): readonly Person[] {
  const entries = Object.entries(wanted).map(([key, value]) => [key, JSON.stringify(value)] as const);
  return [...people].filter(({ metadata }) =>
    entries.every(([key, value]) => Object.hasOwn(metadata, key) && JSON.stringify(metadata[key]) === value),
  );
}
