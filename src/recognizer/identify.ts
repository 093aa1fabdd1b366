import { decide } from '../core/decide.ts';
import type { GallerySnapshot } from './gallery-search.ts';
import type { EmbeddedFace, IdentifiedFace } from './recognizer-api.ts';
import { identifyThreshold } from './thresholds.ts';

export interface IdentifyRules {
  /** undefined: `identifyThreshold` of the number of people. */
  readonly distanceThreshold: number | undefined;
  readonly margin: number;
}

/** Who the face is among the people of the gallery, or that it is nobody known. */
export function identifyFace(
  face: EmbeddedFace,
  { searcher, people }: GallerySnapshot,
  { distanceThreshold, margin }: IdentifyRules,
): IdentifiedFace {
  const threshold = distanceThreshold ?? identifyThreshold(searcher.peopleCount);
  const [nearest, next] = searcher.search(face.embedding, 2).flatMap(({ personId, distance }) => {
    const person = people.get(personId);
    return person ? [{ ...person, distance }] : [];
  });
  const decision = decide(nearest?.distance ?? null, next?.distance ?? null, threshold, margin);
  return {
    ...face,
    decision,
    person: decision === 'match' && nearest ? { id: nearest.id, name: nearest.name } : null,
    distance: nearest?.distance ?? null,
    threshold,
    // Of two people who cannot be told apart neither is `person`: the nearest is told here.
    runnerUp: (decision === 'match' ? next : nearest) ?? null,
  };
}
