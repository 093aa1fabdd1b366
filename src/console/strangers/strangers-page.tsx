import { Button, Card, Group, Progress, Text } from '@mantine/core';
import { IconArrowsSplit, IconTrash, IconUserPlus, IconUserQuestion } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { ErrorNote } from '../notices/error-note.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { useSelection } from '../parts/use-selection.ts';
import { EnrollDialog } from '../people/enroll-dialog.tsx';
import { Thumbnail } from '../pictures/thumbnail.tsx';
import { useServer } from '../server/client.tsx';
import {
  changeStrangers,
  dropStrangers,
  newId,
  type Stranger,
  useStrangersOf,
} from '../stores/strangers-store.ts';
import { t, timeOf } from '../texts/texts.ts';
import { type StrangerGroup, useGroups } from './use-groups.ts';

export default function StrangersPage() {
  const { collection } = useServer();
  const { groups, unusable, pending, total, error } = useGroups();
  const allIds = useStrangersOf(collection).map(({ id }) => id);
  const [named, setNamed] = useState<readonly Stranger[] | null>(null);
  return (
    <>
      <PageHead title={t.strangers.title} text={t.strangers.explained}>
        {total > 0 && (
          <Button
            variant="default"
            leftSection={<IconTrash size={18} />}
            onClick={() => dropStrangers(collection, allIds)}
          >
            {t.strangers.dropAll}
          </Button>
        )}
      </PageHead>
      {total === 0 && (
        <EmptyState
          icon={<IconUserQuestion size={38} />}
          title={t.strangers.emptyTitle}
          text={t.strangers.emptyText}
        >
          <Button component={Link} href="/live" variant="default">
            {t.live.title}
          </Button>
          <Button component={Link} href="/recognize" variant="default">
            {t.recognize.title}
          </Button>
        </EmptyState>
      )}
      {pending > 0 && (
        <div role="status" aria-live="off">
          <Text size="sm" mb={4}>
            {t.strangers.comparing(total - pending, total)}
          </Text>
          <Progress
            value={(100 * (total - pending)) / total}
            animated
            aria-label={t.strangers.title}
            mb="md"
          />
        </div>
      )}
      {error && <ErrorNote error={error} />}
      {groups.map((group, i) => (
        <GroupCard key={group.key} group={group} number={i + 1} onName={setNamed} />
      ))}
      {unusable.length > 0 && (
        <Group mt="md" gap="sm">
          <Text c="dimmed">{t.strangers.unusable(unusable.length)}</Text>
          <Button
            size="compact-sm"
            variant="default"
            onClick={() =>
              dropStrangers(
                collection,
                unusable.map(({ id }) => id),
              )
            }
          >
            {t.strangers.drop}
          </Button>
        </Group>
      )}
      {named && (
        <EnrollDialog
          pictures={named.map(({ picture }) => picture)}
          options={{ largest: true }}
          isReady
          onEnrolled={(pictures) =>
            dropStrangers(
              collection,
              named.filter(({ picture }) => pictures.includes(picture)).map(({ id }) => id),
            )
          }
          onClose={() => setNamed(null)}
        />
      )}
    </>
  );
}

interface GroupCardProps {
  readonly group: StrangerGroup;
  readonly number: number;
  readonly onName: (faces: readonly Stranger[]) => void;
}

function GroupCard({ group: { faces }, number, onName }: GroupCardProps) {
  const { may, collection } = useServer();
  const selection = useSelection();
  const chosen = faces.filter(({ id }) => selection.has(id));
  const split = () => {
    changeStrangers(
      collection,
      chosen.map(({ id }) => id),
      { group: newId() },
    );
    selection.clear();
  };
  return (
    <Card component="section" withBorder mb="md" aria-label={t.strangers.group(number)}>
      <Group justify="space-between" mb="sm">
        <div>
          <Text fw={600}>{t.strangers.group(number)}</Text>
          <Text size="sm" c="dimmed">
            {t.strangers.seen(faces.length, timeOf(faces[0]!.at))}
          </Text>
        </div>
        <Group gap="xs">
          {chosen.length > 0 && chosen.length < faces.length && (
            <Button variant="default" leftSection={<IconArrowsSplit size={18} />} onClick={split}>
              {t.strangers.split(chosen.length)}
            </Button>
          )}
          <Button
            variant="default"
            leftSection={<IconTrash size={18} />}
            onClick={() =>
              dropStrangers(
                collection,
                (chosen.length > 0 ? chosen : faces).map(({ id }) => id),
              )
            }
          >
            {t.strangers.drop}
          </Button>
          {may('enroll') && (
            <Button
              leftSection={<IconUserPlus size={18} />}
              onClick={() => onName(chosen.length > 0 ? chosen : faces)}
            >
              {t.strangers.name}
            </Button>
          )}
        </Group>
      </Group>
      <ul className="plain-list tray large">
        {faces.map(({ id, picture, at, where }, i) => (
          <li key={id}>
            <button
              type="button"
              className="pick"
              aria-pressed={selection.has(id)}
              aria-label={t.strangers.face(i + 1, where, timeOf(at))}
              onClick={() => selection.toggle(id)}
            >
              <Thumbnail picture={picture} alt="" />
            </button>
          </li>
        ))}
      </ul>
    </Card>
  );
}
