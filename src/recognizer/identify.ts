import { assignPeople, type Candidate } from '../core/assign.ts';
import { decide } from '../core/decide.ts';
import type { PersonRef } from '../ports/gallery.ts';
import type { GallerySnapshot } from './gallery-search.ts';
import type { EmbeddedFace, FaceLiveness, IdentifiedFace } from './recognizer-api.ts';
import type { GallerySize, Thresholds } from './thresholds.ts';

export interface IdentifyRules {
  readonly thresholds: Thresholds;
  /** undefined: the one that stands for `rate`. */
  readonly distanceThreshold: number | undefined;
  readonly rate: number;
  readonly margin: number;
  /** Whether two faces of one picture are never the same person. */
  readonly uniqueNames: boolean;
  /** Only these people are looked at; undefined: everybody. */
  readonly among: ReadonlySet<string> | undefined;
}

/** A stranger is near to few; among so many every person that a face can be is found. */
const CANDIDATES = 16;

/**
 * Who the faces of one picture are among the people of the gallery, or that they are nobody known.
 * liveness  of each face where it was asked for: whoever is not live is not looked for, and takes no other face's name
 */
export function identifyFaces(
  faces: readonly EmbeddedFace[],
  { searcher, faceCount, people }: GallerySnapshot,
  { thresholds, distanceThreshold, rate, margin, uniqueNames, among }: IdentifyRules,
  liveness: readonly (FaceLiveness | null)[] = [],
): readonly IdentifiedFace[] {
  const size = among ? sizeOf(among, people) : { people: searcher.peopleCount, faces: faceCount };
  const threshold = distanceThreshold ?? thresholds.identify(size, rate);
  const strangersNamed = thresholds.identifyRate(size, threshold);
  const embeddings = faces.map(({ embedding }) => embedding);
  const isBarred = (face: number): boolean => (liveness[face]?.decision ?? 'live') !== 'live';
  const candidates = searcher
    .searchBatch(embeddings, CANDIDATES, { among })
    .map((own, i) => (isBarred(i) ? [] : own));
  const assigned = uniqueNames
    ? assignPeople(candidates, threshold)
    : candidates.map(([nearest]) => nearest ?? null);
  const taken = new Set(assigned.flatMap((candidate) => candidate?.personId ?? []));
  return faces.map((face, i) => {
    const own = candidates[i]!;
    const chosen = assigned[i] ?? null;
    // Whoever another face of the picture is, this one is not.
    const free = uniqueNames
      ? own.filter(({ personId }) => personId === chosen?.personId || !taken.has(personId))
      : own;
    const nearest = chosen ?? free[0] ?? own[0] ?? null;
    const next = free.find(({ personId }) => personId !== nearest?.personId) ?? null;
    const decision =
      uniqueNames && chosen === null
        ? 'unknown'
        : decide(nearest?.distance ?? null, next?.distance ?? null, threshold, margin);
    const isMatch = decision === 'match';
    // Of two people who cannot be told apart neither is `person`: the nearest is told as the runner-up.
    const runnerUp = isMatch ? next : nearest;
    return {
      ...face,
      decision: isBarred(i) ? 'not_live' : decision,
      liveness: liveness[i] ?? null,
      person: isMatch && nearest ? personOf(nearest, people) : null,
      distance: nearest?.distance ?? null,
      threshold,
      strangersNamed,
      calibrated: thresholds.calibrated,
      confidence: nearest ? thresholds.identifyConfidence(size, nearest.distance) : null,
      runnerUp: runnerUp && { ...personOf(runnerUp, people), distance: runnerUp.distance },
    };
  });
}

function sizeOf(among: ReadonlySet<string>, people: GallerySnapshot['people']): GallerySize {
  let faces = 0;
  for (const id of among) faces += people.get(id)?.faces ?? 0;
  return { people: among.size, faces };
}

function personOf({ personId }: Candidate, people: GallerySnapshot['people']): PersonRef {
  const person = people.get(personId);
  if (!person) throw new TypeError('Expected a person of the snapshot but received another');
  return { id: person.id, name: person.name };
}
