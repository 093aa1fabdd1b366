import { ActionIcon, Alert, Button, Checkbox, Group, Skeleton, Text, Tooltip } from '@mantine/core';
import { IconArrowsSplit, IconStar, IconStarFilled, IconTrash } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import type { EnrolledFace, Person } from '../../client/index.ts';
import { ErrorNote } from '../notices/error-note.tsx';
import { useSelection } from '../parts/use-selection.ts';
import { FaceCrop } from '../pictures/face-crop.tsx';
import { useServer } from '../server/client.tsx';
import { isGone } from '../server/failures.ts';
import { useFaces, usePeopleChange, useRefreshPeople } from '../server/people-queries.ts';
import { dateAndTime, t } from '../texts/texts.ts';
import { SplitDialog } from './split-dialog.tsx';
import { tellWithUndo } from './tell-with-undo.tsx';

const DOUBLE_CLICK_MS = 800;

/** A person's enrolled faces: take one out, choose the cover, or split those off that are somebody else's. */
export function PersonPhotos({ person }: { person: Person }) {
  const { may } = useServer();
  const { data: faces, error } = useFaces(person.id);
  const selection = useSelection();
  const [isSplitting, setSplitting] = useState(false);
  const lastRemoval = useRef(0);
  /** The next photo comes where the pointer is: a second click is not meant for it. */
  const mayRemove = () => {
    const isMeant = performance.now() - lastRemoval.current > DOUBLE_CLICK_MS;
    if (isMeant) lastRemoval.current = performance.now();
    return isMeant;
  };
  const chosen = faces?.filter(({ id }) => selection.has(id)) ?? [];

  if (error && (!faces || isGone(error))) return <ErrorNote error={error} />;
  if (!faces) return <Skeleton h={200} />;
  return (
    <section aria-label={t.person.photos}>
      {person.faces === 1 && may('enroll') && (
        <Alert variant="light" mb="md">
          {t.person.onePhoto}
        </Alert>
      )}
      <Group justify="space-between" mb="sm" mih={36}>
        <Text c="dimmed" size="sm">
          {may('enroll') && faces.length > 1 ? t.person.selectHint : ''}
        </Text>
        {chosen.length > 0 && (
          <Button
            variant="default"
            leftSection={<IconArrowsSplit size={18} />}
            disabled={chosen.length === faces.length}
            onClick={() => setSplitting(true)}
          >
            {t.person.split(chosen.length)}
          </Button>
        )}
      </Group>
      <ul className="plain-list faces">
        {faces.map((face, i) => (
          <Face
            key={face.id}
            person={person}
            face={face}
            label={t.person.photo(i + 1)}
            isSelected={selection.has(face.id)}
            mayRemove={mayRemove}
            onToggle={faces.length > 1 ? () => selection.toggle(face.id) : null}
          />
        ))}
      </ul>
      {isSplitting && (
        <SplitDialog
          person={person}
          faceIds={chosen.map(({ id }) => id)}
          onMoved={selection.clear}
          onClose={() => setSplitting(false)}
        />
      )}
    </section>
  );
}

interface FaceProps {
  readonly person: Person;
  readonly face: EnrolledFace;
  readonly label: string;
  readonly isSelected: boolean;
  readonly mayRemove: () => boolean;
  /** null: it is the only one. */
  readonly onToggle: (() => void) | null;
}

function Face({ person, face, label, isSelected, mayRemove, onToggle }: FaceProps) {
  const { client, may } = useServer();
  const refresh = useRefreshPeople();
  const isCover = face.id === person.bestFaceId;
  const remove = usePeopleChange((server) => server.removeFace(face.id), {
    onDone: () => void tellWithUndo(t.person.photoRemoved, 'remove_face', client, refresh),
  });
  const cover = usePeopleChange((server) =>
    server.changePerson(person.id, { bestFaceId: isCover ? null : face.id }),
  );
  return (
    <li className="face" data-selected={isSelected || undefined}>
      <FaceCrop faceId={face.hasCrop ? face.id : null} alt={label} />
      {may('enroll') && (
        <Group justify="space-between" gap={2} p={6} wrap="nowrap">
          {onToggle ? (
            <Checkbox aria-label={t.person.select(label)} checked={isSelected} onChange={onToggle} />
          ) : (
            <span />
          )}
          <Group gap={0} wrap="nowrap">
            <Tooltip label={isCover ? t.person.isCover : t.person.makeCover}>
              <ActionIcon
                variant="subtle"
                aria-pressed={isCover}
                aria-label={`${t.person.makeCover}: ${label}`}
                onClick={() => cover.mutate(undefined)}
              >
                {isCover ? <IconStarFilled size={17} /> : <IconStar size={17} />}
              </ActionIcon>
            </Tooltip>
            {onToggle && (
              <Tooltip label={t.person.removePhoto}>
                <ActionIcon
                  variant="subtle"
                  aria-label={`${t.person.removePhoto}: ${label}`}
                  loading={remove.isPending}
                  onClick={() => mayRemove() && remove.mutate(undefined)}
                >
                  <IconTrash size={17} />
                </ActionIcon>
              </Tooltip>
            )}
          </Group>
        </Group>
      )}
      <Text size="xs" c="dimmed" px={8} pb={6} truncate title={face.file ?? undefined}>
        {face.file ?? dateAndTime(face.createdAt)}
      </Text>
    </li>
  );
}
