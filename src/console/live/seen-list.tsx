import { ActionIcon, Button, Group, Text, Title, Tooltip } from '@mantine/core';
import { IconDownload, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { csvFile } from '../parts/csv-file.ts';
import { saveFile } from '../parts/save-file.ts';
import { useObjectUrl } from '../pictures/use-object-url.ts';
import { clearVisits, useVisits, type Visit } from '../stores/seen-store.ts';
import { useStrangersOf } from '../stores/strangers-store.ts';
import { secondsInTables, t, timeOf } from '../texts/texts.ts';

const SHOWN = 30;

/** Who was before the camera, and when. */
export function SeenList({ collection }: { collection: string }) {
  const visits = useVisits(collection);
  const strangers = useStrangersOf(collection).length;
  const [shown, setShown] = useState(SHOWN);
  return (
    <aside aria-label={t.live.seen}>
      <Group justify="space-between" mb="xs" wrap="nowrap">
        <Title order={2} size="h4">
          {t.live.seen}
        </Title>
        {visits.length > 0 && (
          <Group gap={4} wrap="nowrap">
            <Tooltip label={t.live.asTable}>
              <ActionIcon
                variant="subtle"
                aria-label={t.live.asTable}
                onClick={() => saveFile(visitsCsv(visits), 'acquaint-seen.csv')}
              >
                <IconDownload size={18} />
              </ActionIcon>
            </Tooltip>
            <Tooltip label={t.live.clear}>
              <ActionIcon variant="subtle" aria-label={t.live.clear} onClick={() => clearVisits(collection)}>
                <IconTrash size={18} />
              </ActionIcon>
            </Tooltip>
          </Group>
        )}
      </Group>
      {visits.length === 0 && <Text c="dimmed">{t.live.nobodySeen}</Text>}
      <ul className="plain-list seen">
        {visits.slice(0, shown).map((visit) => (
          <VisitLine key={visit.id} visit={visit} />
        ))}
      </ul>
      {visits.length > shown && (
        <Button mt="sm" size="compact-sm" variant="subtle" onClick={() => setShown(shown + SHOWN)}>
          {t.live.more(visits.length - shown)}
        </Button>
      )}
      {strangers > 0 && (
        <Text mt="md" size="sm">
          {t.live.collected(strangers)}{' '}
          <Link href="/strangers" className="link">
            {t.live.toStrangers}
          </Link>
        </Text>
      )}
    </aside>
  );
}

function VisitLine({ visit: { personId, name, firstAt, lastAt, picture } }: { visit: Visit }) {
  const url = useObjectUrl(picture);
  return (
    <li>
      {url ? <img src={url} alt="" className="seen-face" /> : <span className="seen-face" />}
      <div>
        <Link href={`/people/${personId}`} className="link">
          <bdi>{name}</bdi>
        </Link>
        <Text size="sm" c="dimmed">
          {t.live.seenAt(timeOf(firstAt), timeOf(lastAt))}
        </Text>
      </div>
    </li>
  );
}

/** A line a visit, the oldest first. */
function visitsCsv(visits: readonly Visit[]): Blob {
  return csvFile([
    ['name', 'person_id', 'first_seen', 'last_seen'],
    ...visits
      .toReversed()
      .map(({ name, personId, firstAt, lastAt }) => [
        name,
        personId,
        secondsInTables(firstAt),
        secondsInTables(lastAt),
      ]),
  ]);
}
