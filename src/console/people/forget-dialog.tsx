import { Alert, Button, Group, List, Stack, TextInput } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import type { Person } from '../../client/index.ts';
import { ErrorNote } from '../notices/error-note.tsx';
import { tell } from '../notices/tell.ts';
import { Dialog } from '../parts/dialog.tsx';
import { useServer } from '../server/client.tsx';
import { usePeopleChange } from '../server/people-queries.ts';
import { forgetInPages } from '../stores/forget-in-page.ts';
import { t } from '../texts/texts.ts';

/** Erasing for good: whoever does it types the name, because nothing brings it back. */
export function ForgetDialog({ person, onClose }: { person: Person; onClose: () => void }) {
  const { collection } = useServer();
  const [, goTo] = useLocation();
  const [typed, setTyped] = useState('');
  const isSure = typed.trim().normalize('NFC') === person.name;
  const forget = usePeopleChange((server) => server.forget([person.name], { ids: [person.id] }), {
    isShownElsewhere: true,
    onDone: ({ receipt }) => {
      forgetInPages({ collection, personIds: [person.id] });
      tell(t.forget.done(receipt.id), { autoClose: 12_000 });
    },
  });
  return (
    <Dialog onClose={onClose} title={t.forget.title(person.name)}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isSure) forget.mutate(undefined, { onSuccess: () => goTo('/people') });
        }}
      >
        <Stack>
          <Alert color="red" icon={<IconAlertTriangle />} title={t.forget.warning}>
            <List size="sm">
              {t.forget.consequences(person.faces).map((line) => (
                <List.Item key={line}>{line}</List.Item>
              ))}
            </List>
          </Alert>
          <TextInput
            label={t.forget.type(person.name)}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            autoComplete="off"
            data-autofocus
          />
          {forget.error && <ErrorNote error={forget.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t.cancel}
            </Button>
            <Button type="submit" className="danger" disabled={!isSure} loading={forget.isPending}>
              {t.forget.go}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
