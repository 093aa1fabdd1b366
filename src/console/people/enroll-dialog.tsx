import { Alert, Button, Group, Progress, SegmentedControl, Stack, Text } from '@mantine/core';
import { useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { ErrorNote } from '../notices/error-note.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { DropArea } from '../parts/drop-area.tsx';
import { useIsLost } from '../server/connection.ts';
import { t } from '../texts/texts.ts';
import { EnrollmentResults } from './enrollment-results.tsx';
import { NameInput } from './name-input.tsx';
import { PictureTray } from './picture-tray.tsx';
import { type EnrollOptions, useEnrollment } from './use-enrollment.ts';
import { WebcamCapture } from './webcam-capture.tsx';

interface EnrollDialogProps {
  /** Whose photos they are; asked for when absent. */
  readonly person?: { readonly id: string; readonly name: string };
  readonly pictures?: readonly File[];
  readonly onClose: () => void;
  readonly options?: EnrollOptions;
  /** The photos are chosen: only the name is asked for. */
  readonly isReady?: boolean;
  /** Told once it is done, with the photos that were taken up. */
  readonly onEnrolled?: (pictures: readonly File[]) => void;
}

/** One person's photos, dropped or taken with the webcam. */
export function EnrollDialog(props: EnrollDialogProps) {
  const { person: given, pictures: first = [], options = {}, isReady = false, onClose, onEnrolled } = props;
  const [name, setName] = useState(given?.name ?? '');
  const [pictures, setPictures] = useState<readonly File[]>(first);
  const [source, setSource] = useState<'photos' | 'webcam'>('photos');
  const fromWebcam = useRef(new Set<File>());
  const enrollment = useEnrollment();
  const isLost = useIsLost();
  const [, goTo] = useLocation();
  const isStarted = enrollment.isRunning || enrollment.done.length > 0;
  const taken = enrollment.done
    .filter(({ result }) => result.status === 'enrolled')
    .map(({ picture }) => picture);
  const enrolled = taken.length;
  /** Not asked about: it was stopped before, or the server failed. */
  const rest = pictures.filter((picture) => !enrollment.done.some((done) => done.picture === picture));
  const isAllWell =
    !enrollment.isRunning && enrolled > 0 && enrolled === enrollment.total && rest.length === 0;
  const trimmed = name.trim();
  const whose = given ?? trimmed;

  const takeFromWebcam = (frame: Blob) => {
    const name = t.capture.fileName(fromWebcam.current.size + 1);
    const picture = new File([frame], name, { type: frame.type });
    fromWebcam.current.add(picture);
    setPictures((last) => [...last, picture]);
  };

  /** Taken again, they stand instead of those before. */
  const dropFromWebcam = () => {
    const before = fromWebcam.current;
    fromWebcam.current = new Set();
    setPictures((last) => last.filter((picture) => !before.has(picture)));
  };

  const close = () => {
    enrollment.stop();
    if (enrolled > 0) onEnrolled?.(taken);
    onClose();
  };

  const canStart = !isStarted && trimmed !== '' && pictures.length > 0;

  const unsaved = () => {
    if (enrollment.isRunning) return t.enroll.unsavedRest;
    const waiting = isStarted ? rest : pictures.filter((picture) => !first.includes(picture));
    return waiting.length === 0 ? null : t.enroll.unsaved(waiting.length);
  };

  return (
    <Dialog
      onClose={close}
      title={given ? t.enroll.titleFor(given.name) : t.enroll.title}
      size="lg"
      unsaved={unsaved()}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (canStart) enrollment.run(whose, pictures, options);
        }}
      >
        <Stack>
          {!given && <NameInput value={name} onChange={setName} isFixed={isStarted} />}
          {!isStarted && isReady && <PictureTray pictures={pictures} onChange={setPictures} />}
          {!isStarted && !isReady && (
            <>
              <SegmentedControl
                aria-label={t.enroll.source}
                fullWidth
                value={source}
                onChange={setSource}
                data={[
                  { value: 'photos', label: t.enroll.fromPhotos },
                  { value: 'webcam', label: t.enroll.fromWebcam },
                ]}
              />
              {source === 'photos' ? (
                <DropArea
                  label={t.enroll.drop}
                  hint={t.enroll.dropHint}
                  onFiles={(files) => setPictures((last) => [...last, ...files.map(({ file }) => file)])}
                />
              ) : (
                <WebcamCapture
                  taken={pictures.filter((picture) => fromWebcam.current.has(picture)).length}
                  takenEver={fromWebcam.current.size}
                  onPicture={takeFromWebcam}
                  onAgain={dropFromWebcam}
                />
              )}
              <PictureTray pictures={pictures} onChange={setPictures} />
            </>
          )}
          {isStarted && (
            <>
              <Progress
                value={(100 * enrollment.done.length) / Math.max(1, enrollment.total)}
                animated={enrollment.isRunning}
                aria-label={t.enroll.progress}
              />
              <Text role="status">
                {enrollment.isRunning
                  ? t.enroll.running(enrollment.done.length, enrollment.total)
                  : t.enroll.finished(enrolled, enrollment.total)}
              </Text>
              {enrollment.isRunning && isLost && <Alert color="red">{t.shell.lost}</Alert>}
              {isAllWell && <Alert color="sea">{t.enroll.allWell(trimmed)}</Alert>}
              <EnrollmentResults
                done={enrollment.done}
                isRunning={enrollment.isRunning}
                onAgain={(picture, person, more) =>
                  enrollment.run(person ?? whose, [picture], { ...options, ...more })
                }
              />
            </>
          )}
          {enrollment.error !== null && <ErrorNote error={enrollment.error} />}
          <Group justify="flex-end">
            {isStarted ? (
              <>
                {enrollment.isRunning && (
                  <Button variant="default" onClick={enrollment.stop}>
                    {t.enroll.stop}
                  </Button>
                )}
                {!enrollment.isRunning && enrollment.personId !== null && !given && (
                  <Button
                    variant="default"
                    onClick={() => {
                      close();
                      goTo(`/people/${enrollment.personId}`);
                    }}
                  >
                    {t.enroll.show(trimmed)}
                  </Button>
                )}
                {!enrollment.isRunning && (
                  <Button variant={rest.length > 0 ? 'default' : 'filled'} onClick={close}>
                    {t.enroll.done}
                  </Button>
                )}
                {!enrollment.isRunning && rest.length > 0 && (
                  <Button onClick={() => enrollment.run(whose, rest, options)}>
                    {t.enroll.rest(rest.length)}
                  </Button>
                )}
              </>
            ) : (
              <>
                <Button variant="default" onClick={onClose}>
                  {t.cancel}
                </Button>
                <Button type="submit" disabled={!canStart}>
                  {t.enroll.go(pictures.length)}
                </Button>
              </>
            )}
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
