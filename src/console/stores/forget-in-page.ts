import type { Query } from '@tanstack/react-query';
import { root } from '../server/client.tsx';
import { queryClient } from '../server/query-client.ts';
import { askAgainAbout, clearPhotos } from './recognize-store.ts';
import { clearVisits, dropVisits } from './seen-store.ts';
import { clearStrangers } from './strangers-store.ts';

/** Who was erased for good; null: everybody of the collection, with it. */
interface Forgotten {
  readonly collection: string;
  readonly personIds: readonly string[] | null;
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

/** Tells the browser's other tabs. */
const channel = new BroadcastChannel('acquaint-forgotten');

/** Whoever is forgotten leaves the page too, in every tab: visits, photos that show the name, what the server has said. */
export function forgetInPages(forgotten: Forgotten): void {
  forget(forgotten);
  channel.postMessage(forgotten);
}

/** Follows what other tabs forget. Gives how to stop. */
export function followForgetting(): () => void {
  const take = ({ data }: MessageEvent<Forgotten>) => forget(data);
  channel.addEventListener('message', take);
  return () => channel.removeEventListener('message', take);
}

function forget({ collection, personIds }: Forgotten): void {
  if (personIds === null) {
    clearVisits(collection);
    clearStrangers(collection);
    clearPhotos(collection);
  } else {
    dropVisits(collection, new Set(personIds));
    askAgainAbout(root.withCollection(collection), collection, new Set(personIds));
  }
  const predicate = ({ queryKey: [kind, of] }: Query) =>
    (of === collection && ABOUT_PEOPLE.includes(kind)) || kind === 'job-failures';
  queryClient.removeQueries({ type: 'inactive', predicate });
  // Whoever looks at them now sees what the server says now.
  void queryClient.resetQueries({ predicate });
}
