import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useLocation } from 'wouter';
import { chooseCollection, DEFAULT_COLLECTION, root, useServer } from '../server/client.tsx';
import { t } from '../texts/texts.ts';

/** Shown as soon as there is something to choose. */
export function CollectionChoice() {
  const { collection, may } = useServer();
  const [location, goTo] = useLocation();
  const { data: collections } = useQuery({
    queryKey: ['collections'],
    queryFn: () => root.listCollections(),
    enabled: may('read'),
  });
  const names = collections?.map(({ name }) => name) ?? [];
  const isGone = collections !== undefined && !names.includes(collection);
  useEffect(() => {
    if (isGone) chooseCollection(names[0] ?? DEFAULT_COLLECTION);
  }, [isGone, names[0]]);
  if (names.length < 2) return null;
  return (
    <Select
      aria-label={t.shell.collection}
      data={names}
      value={collection}
      onChange={(name) => {
        if (!name) return;
        // A person's page is of the collection before.
        if (location.startsWith('/people/')) goTo('/people');
        chooseCollection(name);
      }}
      allowDeselect={false}
      w={{ base: 120, sm: 180 }}
    />
  );
}
