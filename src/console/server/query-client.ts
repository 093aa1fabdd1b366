import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { connection } from './connection.ts';
import { isOtherSession, isPassing, isUnreachable } from './failures.ts';

/** What the server has said, and when it has to be asked again. */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, { queryKey }) => noteFailure(error, queryKey[0] === 'session'),
    onSuccess: connection.reached,
  }),
  mutationCache: new MutationCache({ onError: (error) => noteFailure(error, false) }),
  defaultOptions: {
    queries: {
      staleTime: 5000,
      retry: (failures, error) => isPassing(error) && failures < 3,
      // The machine may have no network at all: the server is on it.
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});

/** `isSession`: it was asked who is here. */
function noteFailure(error: unknown, isSession: boolean): void {
  if (isUnreachable(error)) connection.lost();
  // Whoever is not signed in yet has just been told.
  if (isOtherSession(error) && !isSession && queryClient.getQueryData(['session']) !== undefined)
    askWhoIsHere();
}

/** Somebody else may be, or nobody. */
export function askWhoIsHere(): void {
  void queryClient.invalidateQueries({ queryKey: ['session'] });
}
