import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Person } from '../../client/index.ts';
import { ErrorNote } from '../notices/error-note.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { useServer } from '../server/client.tsx';
import { usePeopleChange, useRefreshPeople } from '../server/people-queries.ts';
import { t } from '../texts/texts.ts';
import { MOST_NAME_LENGTH } from './name-input.tsx';
import { tellWithUndo } from './tell-with-undo.tsx';

export function RenameDialog({ person, onClose }: { person: Person; onClose: () => void }) {
  const { client } = useServer();
  const refresh = useRefreshPeople();
  const [first] = useState(person);
  const [name, setName] = useState(person.name);
  const [externalId, setExternalId] = useState(person.externalId ?? '');
  const trimmed = name.trim();
  const otherId = externalId.trim() || null;
  // What is not touched is not sent: somebody else may have changed it meanwhile.
  const changed = {
    ...(trimmed !== first.name && { name: trimmed }),
    ...(otherId !== first.externalId && { externalId: otherId }),
  };
  const change = usePeopleChange((server) => server.changePerson(person.id, changed), {
    isShownElsewhere: true,
    onDone: () => {
      const kind = 'externalId' in changed ? 'edit' : 'rename';
      void tellWithUndo(t.rename.done(trimmed), kind, client, refresh);
      onClose();
    },
  });
  return (
    <Dialog onClose={onClose} title={t.rename.title(person.name)}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (Object.keys(changed).length === 0) onClose();
          else change.mutate(undefined);
        }}
      >
        <Stack>
          <TextInput
            label={t.enroll.name}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            required
            maxLength={MOST_NAME_LENGTH}
            data-autofocus
          />
          <TextInput
            label={t.person.externalId}
            description={t.rename.externalIdHint}
            value={externalId}
            onChange={(event) => setExternalId(event.currentTarget.value)}
            maxLength={400}
          />
          {change.error && <ErrorNote error={change.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t.cancel}
            </Button>
            <Button type="submit" loading={change.isPending} disabled={trimmed === ''}>
              {t.rename.go}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
