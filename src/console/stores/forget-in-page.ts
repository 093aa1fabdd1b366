import type { AcquaintClient } from '../../client/index.ts';
import { queryClient } from '../server/query-client.ts';
import { askAgainAbout, clearPhotos, useRecognized } from './recognize-store.ts';
import { clearVisits, dropVisits } from './seen-store.ts';
import { clearStrangers } from './strangers-store.ts';

/** Whoever is forgotten for good leaves the page too: visits, photos that show the name, what the server has said. */
export function forgetPersonInPage(client: AcquaintClient, collection: string, personId: string): void {
  dropVisits(collection, personId);
  if (useRecognized.getState().collection === collection) askAgainAbout(client, personId);
  forgetAnswers(collection);
}

/** A collection that is erased leaves nothing to one of the same name. */
export function forgetCollectionInPage(collection: string): void {
  clearVisits(collection);
  clearStrangers(collection);
  if (useRecognized.getState().collection === collection) clearPhotos();
  forgetAnswers(collection);
}

const ABOUT_PEOPLE: readonly unknown[] = [
  'people',
  'person',
  'faces',
  'crop',
  'history',
  'evaluation',
  'groups',
];

function forgetAnswers(collection: string): void {
  queryClient.removeQueries({
    predicate: ({ queryKey: [kind, of] }) => of === collection && ABOUT_PEOPLE.includes(kind),
  });
}
