import { Button, Group, Text, Title } from '@mantine/core';
import { Link } from 'wouter';
import { create } from 'zustand';
import type { LiveFaces } from '../../client/index.ts';
import { cutOut } from '../pictures/cut-out.ts';
import { useObjectUrl } from '../pictures/use-object-url.ts';
import { collectStranger, useStrangersOf } from '../strangers/strangers-store.ts';
import { t, timeOfDay } from '../texts/texts.ts';

interface Seen {
  readonly personId: string;
  readonly name: string;
  readonly firstAt: Date;
  readonly lastAt: Date;
  /** The face as it was first seen. */
  readonly picture: Blob | null;
}

interface SeenState {
  readonly of: Readonly<Record<string, readonly Seen[]>>;
}

const useSeen = create<SeenState>(() => ({ of: {} }));

function changeSeen(collection: string, how: (people: readonly Seen[]) => readonly Seen[]): void {
  useSeen.setState(({ of }) => ({ of: { ...of, [collection]: how(of[collection] ?? NOBODY) } }));
}

/** Strangers of this connection who were collected already. */
let collectedTracks = new Set<number>();

/** Another connection numbers its tracks anew. */
export function forgetTracks(): void {
  collectedTracks = new Set();
}

/** Who stands before the camera now is noted; an unknown face is collected once. */
export function noteSeen(collection: string, answer: LiveFaces, frame: Blob): void {
  for (const face of answer.faces) {
    if (!face.isSettled) continue;
    if (face.decision === 'match' && face.person) noteKnown(collection, face.person, frame, face.box);
    if (face.decision === 'unknown' && face.reasons.length === 0 && !collectedTracks.has(face.track)) {
      collectedTracks.add(face.track);
      void collectStranger(collection, frame, face.box, { at: new Date(), where: t.strangers.fromCamera });
    }
  }
}

type Box = LiveFaces['faces'][number]['box'];

function noteKnown(
  collection: string,
  { id, name }: { id: string; name: string },
  frame: Blob,
  box: Box,
): void {
  const now = new Date();
  const known = useSeen.getState().of[collection]?.find(({ personId }) => personId === id);
  const seen = known ?? { personId: id, name, firstAt: now, lastAt: now, picture: null };
  changeSeen(collection, (people) => [
    { ...seen, name, lastAt: now },
    ...people.filter(({ personId }) => personId !== id),
  ]);
  if (known) return;
  cutOut(frame, box).then(
    (picture) =>
      changeSeen(collection, (people) =>
        people.map((one) => (one.personId === id ? { ...one, picture } : one)),
      ),
    () => {},
  );
}

export function SeenList({ collection }: { collection: string }) {
  const people = useSeen(({ of }) => of[collection] ?? NOBODY);
  const strangers = useStrangersOf(collection).length;
  return (
    <aside aria-label={t.live.seen}>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          {t.live.seen}
        </Title>
        {people.length > 0 && (
          <Button size="compact-sm" variant="subtle" onClick={() => changeSeen(collection, () => [])}>
            {t.live.clear}
          </Button>
        )}
      </Group>
      {people.length === 0 && <Text c="dimmed">{t.live.nobodySeen}</Text>}
      <ul className="plain-list seen">
        {people.map((seen) => (
          <SeenPerson key={seen.personId} seen={seen} />
        ))}
      </ul>
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

const NOBODY: readonly Seen[] = [];

function SeenPerson({ seen: { personId, name, firstAt, lastAt, picture } }: { seen: Seen }) {
  const url = useObjectUrl(picture);
  return (
    <li>
      {url ? <img src={url} alt="" className="seen-face" /> : <span className="seen-face" />}
      <div>
        <Link href={`/people/${personId}`} className="link">
          {name}
        </Link>
        <Text size="sm" c="dimmed">
          {t.live.seenAt(timeOfDay(firstAt), timeOfDay(lastAt))}
        </Text>
      </div>
    </li>
  );
}
