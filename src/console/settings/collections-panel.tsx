import { Badge, Button, Group, Stack, Table, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Collection } from '../../client/index.ts';
import { ErrorNote } from '../notices/error-note.tsx';
import { tell } from '../notices/tell.ts';
import { Dialog } from '../parts/dialog.tsx';
import { chooseCollection, DEFAULT_COLLECTION, root, useServer } from '../server/client.tsx';
import { useRefreshPeople } from '../server/people-queries.ts';
import { forgetInPages } from '../stores/forget-in-page.ts';
import { t } from '../texts/texts.ts';

const NAME = /^[a-z0-9][a-z0-9_.-]{0,63}$/;

/** People who have nothing to do with one another, each collection with rules of its own. */
export function CollectionsPanel() {
  const { collection: current, may } = useServer();
  const refresh = useRefreshPeople();
  const { data: collections, error } = useQuery({
    queryKey: ['collections'],
    queryFn: () => root.listCollections(),
  });
  const [name, setName] = useState('');
  const [dropping, setDropping] = useState<Collection | null>(null);
  const create = useMutation({
    mutationFn: () => root.createCollection(name),
    onSuccess: () => {
      setName('');
      refresh();
    },
  });
  const isWrong = name !== '' && !NAME.test(name);
  return (
    <Stack>
      <Text c="dimmed">{t.collections.explained}</Text>
      {error && <ErrorNote error={error} />}
      <Table.ScrollContainer minWidth={420} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
        <Table verticalSpacing="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t.collections.name}</Table.Th>
              <Table.Th>{t.people.title}</Table.Th>
              <Table.Th>{t.collections.recipe}</Table.Th>
              <Table.Th>{t.collections.actions}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {collections?.map((collection) => (
              <Table.Tr key={collection.id}>
                <Table.Td fw={600}>{collection.name}</Table.Td>
                <Table.Td>{collection.people}</Table.Td>
                <Table.Td>
                  <code>{collection.recipe}</code>
                </Table.Td>
                <Table.Td>
                  <Group gap="xs" wrap="nowrap">
                    {collection.name === current ? (
                      <Badge variant="default" tt="none" className="whole">
                        {t.collections.inUse}
                      </Badge>
                    ) : (
                      <Button
                        size="compact-sm"
                        variant="default"
                        onClick={() => chooseCollection(collection.name)}
                        aria-label={`${t.collections.use}: ${collection.name}`}
                      >
                        {t.collections.use}
                      </Button>
                    )}
                    {may('admin') && collection.name !== DEFAULT_COLLECTION && (
                      <Button
                        size="compact-sm"
                        variant="default"
                        className="bad"
                        onClick={() => setDropping(collection)}
                        aria-label={`${t.collections.drop}: ${collection.name}`}
                      >
                        {t.collections.drop}
                      </Button>
                    )}
                  </Group>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {may('admin') && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            create.mutate();
          }}
        >
          <Group align="flex-start">
            <TextInput
              label={t.collections.newName}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              error={isWrong ? t.collections.wrongName : null}
              flex={1}
              maw={320}
            />
            <Button type="submit" mt={25} disabled={name === '' || isWrong} loading={create.isPending}>
              {t.collections.create}
            </Button>
          </Group>
        </form>
      )}
      {create.error && <ErrorNote error={create.error} />}
      {dropping && <DropDialog collection={dropping} onClose={() => setDropping(null)} />}
    </Stack>
  );
}

function DropDialog({ collection, onClose }: { collection: Collection; onClose: () => void }) {
  const { collection: current } = useServer();
  const refresh = useRefreshPeople();
  const [typed, setTyped] = useState('');
  const drop = useMutation({
    mutationFn: () => root.dropCollection(collection.name),
    onSuccess: ({ receipt }) => {
      if (collection.name === current) chooseCollection(DEFAULT_COLLECTION);
      forgetInPages({ collection: collection.name, personIds: null });
      tell(t.forget.done(receipt.id), { autoClose: 12_000 });
      refresh();
      onClose();
    },
  });
  return (
    <Dialog onClose={onClose} title={t.collections.dropTitle(collection.name)}>
      <Stack>
        <Text>{t.collections.dropWarning(collection.people)}</Text>
        <TextInput
          label={t.forget.type(collection.name)}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          data-autofocus
        />
        {drop.error && <ErrorNote error={drop.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t.cancel}
          </Button>
          <Button
            className="danger"
            disabled={typed !== collection.name}
            loading={drop.isPending}
            onClick={() => drop.mutate()}
          >
            {t.collections.drop}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
