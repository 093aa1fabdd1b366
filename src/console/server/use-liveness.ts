import { useQuery } from '@tanstack/react-query';
import type { Liveness } from '../../client/index.ts';
import { useServer } from './client.tsx';
import { queryClient } from './query-client.ts';

/** Whoever waits for another rule sees it by then. */
const LOOK_AGAIN_MS = 5000;

/** What a face must show before it is named in the chosen collection; while that is a challenge, whether it still is. */
export function useLiveness() {
  const { client, collection } = useServer();
  return useQuery({
    queryKey: ['liveness', collection],
    queryFn: () => client.getLiveness(),
    refetchInterval: ({ state }) => (state.data?.policy === 'active' ? LOOK_AGAIN_MS : false),
  });
}

/** The server has told it: pages that are opened next go by it at once. */
export function noteLiveness(collection: string, liveness: Liveness): void {
  queryClient.setQueryData(['liveness', collection], liveness);
}

/** The rule may be another by now. */
export function forgetLiveness(): void {
  void queryClient.invalidateQueries({ queryKey: ['liveness'] });
}
