import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { Person } from '../../client/index.ts';
import { ErrorNote } from '../notices/error-note.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { useServer } from '../server/client.tsx';
import { usePeopleChange, useRefreshPeople } from '../server/people-queries.ts';
import { t } from '../texts/texts.ts';
import { NameInput } from './name-input.tsx';
import { tellWithUndo } from './tell-with-undo.tsx';

interface SplitDialogProps {
  readonly person: Person;
  readonly faceIds: readonly string[];
  readonly onClose: () => void;
  readonly onMoved: () => void;
}

/** Photos that show somebody else become another person's. */
export function SplitDialog({ person, faceIds, onClose, onMoved }: SplitDialogProps) {
  const { client } = useServer();
  const refresh = useRefreshPeople();
  const [name, setName] = useState('');
  const trimmed = name.trim();
  const split = usePeopleChange((server) => server.splitPerson(person.id, faceIds, trimmed), {
    isShownElsewhere: true,
    onDone: () => {
      void tellWithUndo(t.split.done(faceIds.length, trimmed), 'split', client, refresh);
      onMoved();
      onClose();
    },
  });
  return (
    <Dialog onClose={onClose} title={t.split.title(faceIds.length)}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (trimmed !== '' && !split.isPending) split.mutate(undefined);
        }}
      >
        <Stack>
          <Text>{t.split.explained(person.name)}</Text>
          <NameInput value={name} onChange={setName} label={t.split.whose} />
          {split.error && <ErrorNote error={split.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t.cancel}
            </Button>
            <Button type="submit" disabled={trimmed === ''} loading={split.isPending}>
              {t.split.go}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
