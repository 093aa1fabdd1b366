import { useQuery } from '@tanstack/react-query';
import type { Session } from '../../client/index.ts';
import { leaveWithoutAsking } from '../parts/ask-before-leaving.ts';
import { root } from './client.tsx';
import { queryClient } from './query-client.ts';

const FRESH_MS = 60_000;

/** Who sits here, as the server knows it. */
export function useSession() {
  return useQuery({ queryKey: ['session'], queryFn: whoIsHere, staleTime: FRESH_MS });
}

async function whoIsHere(): Promise<Session> {
  const last = queryClient.getQueryData<Session>(['session']);
  const now = await root.whoAmI();
  // A server without keys knows nobody; with its first key the same person goes on.
  return last && last.csrfToken !== null && !isSameUser(last, now) ? beginAnew() : now;
}

/** Begins a session by an API key. */
export async function signIn(key: string): Promise<void> {
  const last = queryClient.getQueryData<Session>(['session']);
  const session = await root.signIn(key);
  queryClient.setQueryData(['session'], last && !isSameUser(last, session) ? await beginAnew() : session);
}

/** Ends it; the page forgets all it knows. */
export async function signOut(): Promise<void> {
  await root.signOut();
  queryClient.clear();
  await beginAnew();
}

function isSameUser(one: Session, other: Session): boolean {
  return one.caller === other.caller && one.scopes.join() === other.scopes.join();
}

/** What the page remembers is another's: it is loaded again, and nothing goes on before that. */
function beginAnew(): Promise<never> {
  leaveWithoutAsking();
  location.reload();
  return new Promise(() => {});
}
