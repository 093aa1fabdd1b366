import { useQuery } from '@tanstack/react-query';
import type { AcquaintClient } from '../../client/index.ts';
import { useServer } from '../server/client.tsx';
import { isGone } from '../server/failures.ts';
import { forgetInPages } from './forget-in-page.ts';
import { peopleOnPhotos } from './recognize-store.ts';
import { peopleSeen } from './seen-store.ts';

const LOOK_MS = 60_000;
/** As many as the server answers about at once. */
const MOST_ASKED_ABOUT = 5000;

/** Whoever is forgotten at another computer leaves this page too: it asks about everybody it still names. */
export function useErasuresElsewhere(): void {
  const { client, collection, may } = useServer();
  useQuery({
    queryKey: ['erased', collection],
    queryFn: () => forgetErased(client, collection),
    enabled: may('recognize'),
    refetchInterval: LOOK_MS,
    refetchIntervalInBackground: true,
  });
}

/** ensures  how many */
async function forgetErased(client: AcquaintClient, collection: string): Promise<number> {
  const named = [...new Set([...peopleSeen(collection), ...peopleOnPhotos(collection)])];
  try {
    const personIds: string[] = [];
    for (let at = 0; at < named.length; at += MOST_ASKED_ABOUT) {
      personIds.push(...(await client.erasedOf(named.slice(at, at + MOST_ASKED_ABOUT))));
    }
    if (personIds.length > 0) forgetInPages({ collection, personIds });
    return personIds.length;
  } catch (error) {
    if (!isGone(error)) throw error;
    // The collection itself.
    forgetInPages({ collection, personIds: null });
    return named.length;
  }
}
