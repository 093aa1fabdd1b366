import { Button, Group, ScrollArea, Stack, Text, TextInput, UnstyledButton } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useLocation } from 'wouter';
import type { Person } from '../../client/index.ts';
import { ErrorNote } from '../notices/error-note.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { PersonFace } from '../pictures/face-crop.tsx';
import { useServer } from '../server/client.tsx';
import { usePeople, usePeopleChange, useRefreshPeople } from '../server/people-queries.ts';
import { askAgainAbout } from '../stores/recognize-store.ts';
import { moveVisits } from '../stores/seen-store.ts';
import { t } from '../texts/texts.ts';
import { tellWithUndo } from './tell-with-undo.tsx';

const SHOWN = 20;

/** Two entries are one person: all photos go to the other. */
export function MergeDialog({ person, onClose }: { person: Person; onClose: () => void }) {
  const { client, collection } = useServer();
  const refresh = useRefreshPeople();
  const [, goTo] = useLocation();
  const [text, setText] = useState('');
  const [query] = useDebouncedValue(text.trim(), 200);
  const { data } = usePeople(query, 0, SHOWN);
  const [into, setInto] = useState<Person | null>(null);
  const others = data?.people.filter(({ id }) => id !== person.id) ?? [];
  const merge = usePeopleChange((server, id: string) => server.mergePerson(person.id, id), {
    isShownElsewhere: true,
    onDone: (into) => {
      moveVisits(collection, person.id, into);
      askAgainAbout(client, collection, new Set([person.id]));
      void tellWithUndo(t.merge.done(person.name, into.name), 'merge', client, refresh);
    },
  });
  const goInto = ({ id }: Person) => {
    onClose();
    goTo(`/people/${id}`);
  };
  return (
    <Dialog onClose={onClose} title={t.merge.title(person.name)}>
      <Stack>
        <Text>{t.merge.explained(person.name)}</Text>
        <TextInput
          label={t.merge.search}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          data-autofocus
        />
        <ScrollArea.Autosize mah={280} viewportProps={{ tabIndex: 0, 'aria-label': t.merge.search }}>
          <Stack gap={4} role="group" aria-label={t.merge.search}>
            {others.map((other) => (
              <Choice
                key={other.id}
                person={other}
                isChosen={into?.id === other.id}
                onChoose={() => setInto(other)}
              />
            ))}
            {others.length === 0 && <Text c="dimmed">{t.merge.nobody}</Text>}
          </Stack>
        </ScrollArea.Autosize>
        {merge.error && <ErrorNote error={merge.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t.cancel}
          </Button>
          <Button
            disabled={!into}
            loading={merge.isPending}
            onClick={() => into && merge.mutate(into.id, { onSuccess: goInto })}
          >
            {into ? t.merge.goInto(into.name) : t.merge.go}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

function Choice({ person, isChosen, onChoose }: { person: Person; isChosen: boolean; onChoose: () => void }) {
  return (
    <UnstyledButton className="choice" aria-pressed={isChosen} onClick={onChoose}>
      <PersonFace person={person} alt="" size={40} />
      <span>
        <bdi>{person.name}</bdi>{' '}
        <Text span size="sm" c="dimmed" ml={8}>
          {t.people.photos(person.faces)}
        </Text>
      </span>
    </UnstyledButton>
  );
}
