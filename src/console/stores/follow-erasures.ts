import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { AcquaintClient } from '../../client/index.ts';
import { useServer } from '../server/client.tsx';
import { isGone } from '../server/failures.ts';
import { forgetInPages } from './forget-in-page.ts';
import { peopleOnPhotos } from './recognize-store.ts';
import { peopleSeen } from './seen-store.ts';

const LOOK_MS = 60_000;

interface NamedPerson {
  readonly id: string;
  readonly name: string;
}

/**
 * Whoever is forgotten at another computer leaves this page too. A receipt says that somebody was erased and not who:
 * the server is asked about everybody whom the page still names.
 */
export function useErasuresElsewhere(): void {
  const { client, collection, may } = useServer();
  const { data: receipts } = useQuery({
    queryKey: ['receipts', collection],
    queryFn: () => client.listReceipts(),
    enabled: may('read'),
    refetchInterval: LOOK_MS,
  });
  const latest = receipts?.at(-1)?.id;
  useEffect(() => {
    if (latest !== undefined) void forgetErased(client, collection);
  }, [latest, client, collection]);
}

async function forgetErased(client: AcquaintClient, collection: string): Promise<void> {
  const named = [...peopleSeen(collection), ...peopleOnPhotos(collection)];
  const people = new Map(named.map((person) => [person.id, person]));
  for (const person of people.values()) {
    if (await isErased(client, person)) forgetInPages({ collection, personId: person.id });
  }
}

/** Not only removed: of whom is erased there is no history. */
async function isErased(client: AcquaintClient, { id, name }: NamedPerson): Promise<boolean> {
  return (
    (await isUnknown(client.getPerson(id))) && (await isUnknown(client.history({ person: name, limit: 1 })))
  );
}

function isUnknown(asked: Promise<unknown>): Promise<boolean> {
  return asked.then(() => false, isGone);
}
