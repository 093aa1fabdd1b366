import { useQuery } from '@tanstack/react-query';
import type { AcquaintClient } from '../../client/index.ts';
import { useServer } from '../server/client.tsx';
import { isGone } from '../server/failures.ts';
import { forgetInPages } from './forget-in-page.ts';
import { peopleOnPhotos } from './recognize-store.ts';
import { peopleSeen } from './seen-store.ts';

const LOOK_MS = 60_000;

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
    const personIds = await client.erasedOf(named);
    if (personIds.length > 0) forgetInPages({ collection, personIds });
    return personIds.length;
  } catch (error) {
    if (!isGone(error)) throw error;
    // The collection itself.
    forgetInPages({ collection, personIds: null });
    return named.length;
  }
}
