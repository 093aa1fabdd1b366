import { euclideanDistance } from '../core/distance.ts';
import { type FaceQuality, type QualityReason, qualityReasons } from '../core/quality.ts';
import { requireNotAborted } from '../errors.ts';
import type { Gallery, Person, PersonRef } from '../ports/gallery.ts';
import type { GallerySnapshot } from './gallery-search.ts';

/** Two people who may be one. */
export interface ProbableDuplicate {
  readonly people: readonly [PersonRef, PersonRef];
  /** Of their nearest faces. */
  readonly distance: number;
}

/** A face that is nearer to another person than to the other faces of its own. */
export interface ProbableMislabel {
  readonly face: string;
  readonly person: PersonRef;
  /** Distance of the nearest other face of the person. */
  readonly ownDistance: number;
  readonly other: PersonRef;
  readonly distance: number;
}

export interface PoorFace {
  readonly face: string;
  readonly person: PersonRef;
  readonly reasons: readonly QualityReason[];
}

/** What a gallery would be better without. */
export interface GalleryCheck {
  readonly people: number;
  readonly faces: number;
  readonly duplicates: readonly ProbableDuplicate[];
  readonly mislabelled: readonly ProbableMislabel[];
  /** Faces that quality filter 'medium' would refuse. */
  readonly poor: readonly PoorFace[];
  /** People whose only face is among them. */
  readonly weak: readonly PersonRef[];
  /** People without a face: nothing finds them. */
  readonly orphans: readonly PersonRef[];
}

export interface CheckOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Two people can be told apart by eye before a list is longer than this is read. */
const MOST_LISTED = 1000;

/**
 * Looks at everybody once: n people are n reads and as many searches as faces.
 * limit  distance within which a stranger is seldom: two people so near are probably one
 */
export async function checkGallery(
  gallery: Gallery,
  snapshot: GallerySnapshot,
  limit: number | null,
  { signal, onProgress }: CheckOptions = {},
): Promise<GalleryCheck> {
  const people = await gallery.people();
  const pairs = new Map<string, ProbableDuplicate>();
  const mislabelled: ProbableMislabel[] = [];
  const poor: PoorFace[] = [];
  const weak: PersonRef[] = [];
  let done = 0;
  for (const person of people) {
    requireNotAborted(signal);
    const ref = refOf(person);
    const faces = await gallery.facesOf(person.id);
    const poorHere = faces.flatMap(({ id, quality }) => {
      // Galleries of version 0.1 lack some measures; what was not measured is beyond no bound.
      const reasons = quality ? qualityReasons(quality as FaceQuality, 'medium') : [];
      return reasons.length > 0 ? [{ face: id, person: ref, reasons }] : [];
    });
    poor.push(...poorHere);
    if (faces.length === 1 && poorHere.length === 1) weak.push(ref);
    for (const face of faces) {
      const other = limit === null ? null : nearestOther(snapshot, face.embedding, person.id);
      if (other === null || other.distance > limit!) continue;
      const own = faces.filter(({ id }) => id !== face.id);
      const ownDistance = Math.min(
        ...own.map(({ embedding }) => euclideanDistance(embedding, face.embedding)),
      );
      // A face that its own person's others do not know is on the wrong person; else the two people may be one.
      if (own.length > 0 && ownDistance > other.distance && ownDistance > limit!) {
        mislabelled.push({
          face: face.id,
          person: ref,
          ownDistance,
          other: other.person,
          distance: other.distance,
        });
      } else keepNearest(pairs, { people: [ref, other.person], distance: other.distance });
    }
    done++;
    onProgress?.(done, people.length);
    if (done % 100 === 0) await new Promise(setImmediate);
  }
  return {
    people: people.length,
    faces: snapshot.faceCount,
    duplicates: [...pairs.values()].sort((a, b) => a.distance - b.distance).slice(0, MOST_LISTED),
    mislabelled: mislabelled.sort((a, b) => a.distance - b.distance).slice(0, MOST_LISTED),
    poor: poor.slice(0, MOST_LISTED),
    weak: weak.slice(0, MOST_LISTED),
    orphans: people.filter(({ faces }) => faces === 0).map(refOf),
  };
}

function nearestOther(snapshot: GallerySnapshot, embedding: Float32Array, personId: string) {
  const found = snapshot.searcher.search(embedding, 2).find((candidate) => candidate.personId !== personId);
  const person = found && snapshot.people.get(found.personId);
  return found && person ? { person: refOf(person), distance: found.distance } : null;
}

function keepNearest(pairs: Map<string, ProbableDuplicate>, pair: ProbableDuplicate): void {
  const key = pair.people
    .map(({ id }) => id)
    .sort()
    .join(' ');
  const known = pairs.get(key);
  if (!known || pair.distance < known.distance) pairs.set(key, pair);
}

function refOf({ id, name }: Person): PersonRef {
  return { id, name };
}
