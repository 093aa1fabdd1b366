import type { LiveFaces } from '../../client/index.ts';
import { cutOut } from '../pictures/cut-out.ts';
import type { Box } from '../pictures/face-types.ts';
import { t } from '../texts/texts.ts';
import { createLists } from './lists.ts';
import { collectStranger } from './strangers-store.ts';

/** Somebody was before the camera, from when to when. */
export interface Visit {
  readonly id: number;
  readonly personId: string;
  readonly name: string;
  readonly firstAt: Date;
  readonly lastAt: Date;
  /** The face as it was first seen; null until it is cut out. */
  readonly picture: Blob | null;
}

/** Whoever was away for longer comes anew. */
const SAME_VISIT_MS = 60_000;
/** Not in every frame: whatever is noted is drawn. */
const NOTED_EVERY_MS = 1000;
/** Beside a name, on a dense screen. */
const PICTURE_PX = 160;
/** A day at a busy door; the oldest go. */
const MOST_VISITS = 2000;

/** The newest first. */
const { useList: useVisits, listOf, change } = createLists<Visit>();

export { useVisits };

export const peopleSeen = (collection: string) => listOf(collection).map(({ personId }) => personId);

export const clearVisits = (collection: string) => change(collection, () => []);

/** Of people who are forgotten. */
export function dropVisits(collection: string, personIds: ReadonlySet<string>): void {
  change(collection, (visits) => visits.filter(({ personId }) => !personIds.has(personId)));
}

/** Of somebody who is another person by now. */
export function moveVisits(
  collection: string,
  personId: string,
  into: { readonly id: string; readonly name: string },
): void {
  change(collection, (visits) =>
    visits.map((visit) =>
      visit.personId === personId ? { ...visit, personId: into.id, name: into.name } : visit,
    ),
  );
}

/** Strangers of this connection who were collected already. */
let collectedTracks = new Set<number>();

/** Another connection numbers its tracks anew. */
export function forgetTracks(): void {
  collectedTracks = new Set();
}

/** Who stands before the camera now is noted; an unknown face is collected once. */
export function noteSeen(collection: string, answer: LiveFaces, frame: Blob): void {
  for (const face of answer.faces) {
    if (!face.isSettled) continue;
    if (face.decision === 'match' && face.person) noteKnown(collection, face.person, frame, face.box);
    if (face.decision === 'unknown' && face.reasons.length === 0 && !collectedTracks.has(face.track)) {
      collectedTracks.add(face.track);
      void collectStranger(collection, frame, face.box, { at: new Date(), where: t.strangers.fromCamera });
    }
  }
}

let lastId = 0;

function noteKnown(
  collection: string,
  { id: personId, name }: { readonly id: string; readonly name: string },
  frame: Blob,
  box: Box,
): void {
  const now = new Date();
  const last = listOf(collection).find((visit) => visit.personId === personId);
  const awayMs = last ? Math.abs(now.getTime() - last.lastAt.getTime()) : Number.POSITIVE_INFINITY;
  if (last && awayMs <= SAME_VISIT_MS) {
    if (awayMs >= NOTED_EVERY_MS || name !== last.name)
      changeVisit(collection, last.id, { name, lastAt: now });
    return;
  }
  const id = ++lastId;
  const visit: Visit = { id, personId, name, firstAt: now, lastAt: now, picture: null };
  change(collection, (visits) => [visit, ...visits].slice(0, MOST_VISITS));
  cutOut(frame, box, PICTURE_PX).then(
    (picture) => changeVisit(collection, id, { picture }),
    () => {},
  );
}

function changeVisit(collection: string, id: number, what: Partial<Visit>): void {
  change(collection, (visits) => visits.map((visit) => (visit.id === id ? { ...visit, ...what } : visit)));
}
