import { useMutation, useQuery } from '@tanstack/react-query';
import type { Collection, CollectionSettingsChange } from '../../client/index.ts';
import { tell } from '../notices/tell.ts';
import { t } from '../texts/texts.ts';
import { useServer } from './client.tsx';
import { queryClient } from './query-client.ts';

/** The chosen collection's rules, and how to change them. */
export function useRules() {
  const { client, collection } = useServer();
  const found = useQuery({
    queryKey: ['collection', collection],
    queryFn: () => client.getCollection(collection),
  });
  const change = useMutation({
    mutationFn: (rules: CollectionSettingsChange) => client.changeCollection(rules),
    onSuccess: (settings) => {
      tell(t.settings.saved);
      queryClient.setQueryData<Collection>(
        ['collection', collection],
        (last) => last && { ...last, settings },
      );
      for (const key of ['collection', 'collections', 'evaluation']) {
        void queryClient.invalidateQueries({ queryKey: [key] });
      }
    },
  });
  return { collection: found.data, error: found.error, change };
}
