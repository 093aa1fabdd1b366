import { Button, Group, Stack, Text } from '@mantine/core';
import type { LifeEvent } from '../../client/index.ts';
import { ErrorNote } from '../notices/error-note.tsx';
import { tell } from '../notices/tell.ts';
import { Dialog } from '../parts/dialog.tsx';
import { useServer } from '../server/client.tsx';
import { useHistory, usePeopleChange } from '../server/people-queries.ts';
import { dateAndTime, t } from '../texts/texts.ts';

const SHOWN = 50;

/** What happened to people, the newest first; each can be undone. */
export function HistoryDialog({ onClose }: { onClose: () => void }) {
  const { may } = useServer();
  const { data: events, error } = useHistory(SHOWN);
  const undo = usePeopleChange((server, event: number) => server.undo(event), {
    onDone: () => tell(t.people.undone),
  });
  return (
    <Dialog onClose={onClose} size="lg" title={t.people.changes}>
      {error && <ErrorNote error={error} />}
      {events?.length === 0 && <Text c="dimmed">{t.history.empty}</Text>}
      <Stack component="ul" className="plain-list" gap={0}>
        {events?.map((event) => (
          <li key={event.id} className="event" data-undone={event.undoneAt !== null || undefined}>
            <Group justify="space-between" wrap="nowrap">
              <div>
                <Text size="sm">{described(event)}</Text>
                <Text size="xs" c="dimmed">
                  {dateAndTime(event.at)}
                  {event.undoneAt !== null && ` · ${t.history.undone}`}
                </Text>
              </div>
              {may('enroll') && event.undoneAt === null && (
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={`${t.people.undo}: ${described(event)}`}
                  loading={undo.isPending && undo.variables === event.id}
                  onClick={() => undo.mutate(event.id)}
                >
                  {t.people.undo}
                </Button>
              )}
            </Group>
          </li>
        ))}
      </Stack>
    </Dialog>
  );
}

function described({ kind, person, other, faces, names }: LifeEvent): string {
  return t.history.events[kind]({ person: names?.from ?? person, other: names?.to ?? other ?? '', faces });
}
