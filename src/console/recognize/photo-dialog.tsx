import { Alert, Button, Group, Loader, Stack, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconDownload, IconUserPlus } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import type { IdentifiedFace } from '../../client/index.ts';
import { ErrorNote } from '../notices/error-note.tsx';
import { tellProblem } from '../notices/tell.ts';
import { Dialog } from '../parts/dialog.tsx';
import { saveFile } from '../parts/save-file.ts';
import { EnrollDialog } from '../people/enroll-dialog.tsx';
import { answerLabel, answerReasons, qualityTexts } from '../pictures/answer-text.ts';
import { FaceBoxes } from '../pictures/face-boxes.tsx';
import { useSmallCopy } from '../pictures/thumbnail.tsx';
import { useServer } from '../server/client.tsx';
import { askAgain, type Photo } from '../stores/recognize-store.ts';
import { t } from '../texts/texts.ts';
import { annotated, annotatedName } from './annotated-picture.ts';
import { shownFaces } from './photo-texts.ts';

const COPY_PX = 1600;

interface PhotoDialogProps {
  readonly photo: Photo;
  /** Whether the server names anybody on a photo now. */
  readonly canAskAgain: boolean;
  readonly onClose: () => void;
}

/** A photo large, and of each face who it is and why. */
export function PhotoDialog({ photo, canAskAgain, onClose }: PhotoDialogProps) {
  const { client, may } = useServer();
  const isSmall = useMediaQuery('(max-width: 48em)');
  const { url, isUnreadable } = useSmallCopy(photo.file, COPY_PX);
  const [selected, setSelected] = useState(0);
  const [enrolling, setEnrolling] = useState<IdentifiedFace | null>(null);
  const { result } = photo;
  const save = useMutation({
    mutationFn: async () => saveFile(await annotated(photo.file, result!), annotatedName(photo.path)),
    onError: tellProblem,
  });
  const face = result?.faces[selected];
  return (
    <Dialog
      onClose={onClose}
      size="xl"
      fullScreen={isSmall ?? false}
      title={photo.path}
      // The dialog over it is closed first.
      closeOnEscape={enrolling === null}
    >
      <Stack>
        <div className="photo-large">
          {url ? (
            <span className="photo-picture">
              <img src={url} alt={photo.path} />
              {result && (
                <FaceBoxes
                  width={result.width}
                  height={result.height}
                  faces={shownFaces(result)}
                  selected={selected}
                  onSelect={(key) => setSelected(Number(key))}
                />
              )}
            </span>
          ) : (
            <span className="photo-none">
              {photo.status !== 'failed' && isUnreadable && t.pictures.noPreview}
            </span>
          )}
        </div>
        {photo.status === 'waiting' && <Loader aria-label={t.recognize.waiting} />}
        {photo.status === 'failed' && <ErrorNote error={photo.error} />}
        {result?.faces.length === 0 && <Alert color="gray">{t.recognize.noFacesHint}</Alert>}
        {face && (
          <section aria-live="polite" aria-label={answerLabel(face)}>
            <Group justify="space-between" align="flex-start">
              <div>
                <Text fw={650} size="lg">
                  {face.decision === 'match' && face.person ? (
                    <Link href={`/people/${face.person.id}`} className="link">
                      {answerLabel(face)}
                    </Link>
                  ) : (
                    answerLabel(face)
                  )}
                </Text>
                <ul className="reasons">
                  {answerReasons(face).map((line) => (
                    <li key={line}>{line}</li>
                  ))}
                </ul>
              </div>
              {may('enroll') && (
                <Button
                  variant={['match', 'not_live'].includes(face.decision) ? 'default' : 'filled'}
                  leftSection={<IconUserPlus size={18} />}
                  onClick={() => setEnrolling(face)}
                >
                  {face.decision === 'match' ? t.recognize.enrollToo : t.recognize.enroll}
                </Button>
              )}
            </Group>
            {qualityTexts(face).length > 0 && (
              <Alert color="orange" mt="sm" title={t.recognize.doubtful}>
                {qualityTexts(face).join(', ')}
              </Alert>
            )}
          </section>
        )}
        {result && url && (
          <Group justify="flex-end">
            <Button
              variant="default"
              leftSection={<IconDownload size={18} />}
              loading={save.isPending}
              onClick={() => save.mutate()}
            >
              {t.recognize.downloadOne}
            </Button>
          </Group>
        )}
      </Stack>
      {enrolling && (
        <EnrollDialog
          {...(enrolling.decision === 'match' && enrolling.person ? { person: enrolling.person } : {})}
          pictures={[photo.file]}
          options={{ at: centreOf(enrolling) }}
          isReady
          onEnrolled={() => canAskAgain && void askAgain(client, photo)}
          onClose={() => setEnrolling(null)}
        />
      )}
    </Dialog>
  );
}

function centreOf({ box: { left, top, right, bottom } }: IdentifiedFace) {
  return { x: Math.round((left + right) / 2), y: Math.round((top + bottom) / 2) };
}
