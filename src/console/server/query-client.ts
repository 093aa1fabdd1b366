import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ProblemError } from '../../client/index.ts';
import { connection } from './connection.ts';

/** What the server has said, and when it has to be asked again. */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, { queryKey }) => noteFailure(error, queryKey[0] === 'session'),
    onSuccess: connection.reached,
  }),
  mutationCache: new MutationCache({
    onError: (error) => noteFailure(error, false),
    onSuccess: connection.reached,
  }),
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
  if (!(error instanceof ProblemError)) {
    if (error instanceof TypeError) connection.lost();
    return;
  }
  // Whoever is not signed in yet has just been told.
  if (error.status === 401 && !isSession && queryClient.getQueryData(['session']) !== undefined)
    void queryClient.invalidateQueries({ queryKey: ['session'] });
}

/** What is asked fails, whatever it is, until somebody changes a rule or fetches a net. */
const LASTING: readonly string[] = ['liveness_required', 'model_missing', 'not_for_commercial_use'];

export function isLasting(error: unknown): boolean {
  return error instanceof ProblemError && LASTING.includes(error.code);
}

/** Whether trying again may help. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof ProblemError)) return true;
  if (isLasting(error)) return false;
  return error.status === 503 || error.status === 429;
}
