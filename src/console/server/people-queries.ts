import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { AcquaintClient } from '../../client/index.ts';
import { tellProblem } from '../notices/tell.ts';
import { useServer } from './client.tsx';

export const PEOPLE_ON_A_PAGE = 60;

export function usePeople(query: string, page = 0, limit = PEOPLE_ON_A_PAGE) {
  const { client, collection, may } = useServer();
  return useQuery({
    queryKey: ['people', collection, query, page, limit],
    queryFn: ({ signal }) =>
      client.listPeople({ query: query || undefined, offset: page * limit, limit, signal }),
    // Another collection's people are not these.
    placeholderData: (last, query) => (query?.queryKey[1] === collection ? last : undefined),
    enabled: may('read'),
  });
}

export function usePerson(id: string) {
  const { client, collection } = useServer();
  return useQuery({ queryKey: ['person', collection, id], queryFn: () => client.getPerson(id) });
}

export function useFaces(personId: string) {
  const { client, collection } = useServer();
  return useQuery({
    queryKey: ['faces', collection, personId],
    queryFn: () => client.listFaces(personId),
  });
}

export function useHistory(limit: number) {
  const { client, collection } = useServer();
  return useQuery({
    queryKey: ['history', collection, limit],
    queryFn: () => client.history({ limit }),
  });
}

/** Everything that shows people is asked for anew. */
export function useRefreshPeople(): () => void {
  const queries = useQueryClient();
  return () => {
    for (const queryKey of [
      'people',
      'person',
      'faces',
      'history',
      'collections',
      'evaluation',
      'receipts',
    ]) {
      void queries.invalidateQueries({ queryKey: [queryKey] });
    }
  };
}

/** A change of people; what goes wrong is shown where nothing else does. */
export function usePeopleChange<Variables, Result>(
  change: (client: AcquaintClient, variables: Variables) => Promise<Result>,
  {
    onDone,
    isShownElsewhere = false,
  }: {
    onDone?: (result: Result, variables: Variables) => void;
    isShownElsewhere?: boolean;
  } = {},
) {
  const { client } = useServer();
  const refresh = useRefreshPeople();
  return useMutation({
    mutationFn: (variables: Variables) => change(client, variables),
    onSuccess: (result, variables) => {
      refresh();
      onDone?.(result, variables);
    },
    onError: (error) => {
      if (!isShownElsewhere) tellProblem(error);
    },
  });
}
