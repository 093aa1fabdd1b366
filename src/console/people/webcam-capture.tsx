import { Alert, Button, Group, List, Progress, Stack, Text, ThemeIcon } from '@mantine/core';
import { IconCheck, IconMinus } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import type { LiveFaces } from '../../client/index.ts';
import { CameraChoice } from '../camera/camera-choice.tsx';
import { CameraView } from '../camera/camera-view.tsx';
import { useCamera, useVideo } from '../camera/use-camera.ts';
import { useLive } from '../camera/use-live.ts';
import { RuleGate } from '../challenge/rule-gate.tsx';
import { Spoken } from '../parts/spoken.tsx';
import { FaceBoxes } from '../pictures/face-boxes.tsx';
import { t } from '../texts/texts.ts';
import { CHECKS, type Check, checksOf, isGood } from './capture-checks.ts';

/** Enough to know somebody by, few enough to stand still for. */
const WANTED = 5;
const BETWEEN_MS = 700;
/** Smaller ones are too far away to be enrolled. */
const MIN_FACE_PX = 80;

interface WebcamCaptureProps {
  /** How many there are. */
  readonly taken: number;
  /** With those that were put back. */
  readonly takenEver: number;
  /** A JPEG or WebP file. */
  readonly onPicture: (frame: Blob) => void;
  /** Those before are not wanted. */
  readonly onAgain: () => void;
}

/** Takes photos with the webcam by itself, whenever the face before it is good enough. */
export function WebcamCapture(props: WebcamCaptureProps) {
  return (
    <RuleGate refused={<Alert color="gray">{t.capture.refused}</Alert>}>
      {() => <Capture {...props} />}
    </RuleGate>
  );
}

function Capture({ taken, takenEver, onPicture, onAgain }: WebcamCaptureProps) {
  const [isOn, setOn] = useState(takenEver < WANTED);
  const camera = useCamera(isOn);
  const video = useVideo(camera.state);
  const [answer, setAnswer] = useState<LiveFaces | null>(null);
  const lastAt = useRef(0);

  useLive({
    isOn: isOn && camera.state.status === 'on',
    video,
    minFacePx: MIN_FACE_PX,
    onFaces: (next, frame) => {
      setAnswer(next);
      if (taken >= WANTED || !isGood(checksOf(next))) return;
      const now = performance.now();
      if (now - lastAt.current < BETWEEN_MS) return;
      lastAt.current = now;
      onPicture(frame);
      if (taken + 1 === WANTED) setOn(false);
    },
  });

  const again = () => {
    onAgain();
    setAnswer(null);
    setOn(true);
  };
  if (!isOn) {
    return (
      <Group justify="space-between">
        <Text role="status">{t.capture.done(taken)}</Text>
        <Button variant="default" onClick={again}>
          {t.capture.again}
        </Button>
      </Group>
    );
  }
  const checks = answer && checksOf(answer);
  return (
    <div className="capture">
      <CameraView camera={camera} video={video} isMirrored>
        {answer && checks && (
          <FaceBoxes
            width={answer.width}
            height={answer.height}
            isMirrored
            faces={answer.faces.map(({ track, box }) => ({
              key: track,
              box,
              decision: isGood(checks) ? 'match' : 'unknown',
              label: isGood(checks) ? t.capture.hold : '',
            }))}
          />
        )}
      </CameraView>
      <Stack gap="sm">
        <Progress value={(100 * taken) / WANTED} aria-label={t.capture.progress} />
        <Text fw={600}>{adviceOf(checks, taken)}</Text>
        <Spoken text={adviceOf(checks, taken)} />
        <List spacing={4} size="sm" center listStyleType="none">
          {CHECKS.map((check) => (
            <List.Item key={check} icon={<CheckIcon isMet={checks?.[check] ?? false} />}>
              {t.capture.checks[check]}
            </List.Item>
          ))}
        </List>
        <CameraChoice camera={camera} />
      </Stack>
    </div>
  );
}

function CheckIcon({ isMet }: { isMet: boolean }) {
  return (
    <ThemeIcon size={20} radius="xl" color={isMet ? 'sea' : 'gray'} variant={isMet ? 'filled' : 'light'}>
      {isMet ? (
        <IconCheck size={14} aria-label={t.capture.met} />
      ) : (
        <IconMinus size={14} aria-label={t.capture.notMet} />
      )}
    </ThemeIcon>
  );
}

/** The first thing to mend, or how far it is. */
function adviceOf(checks: Readonly<Record<Check, boolean>> | null, count: number): string {
  if (!checks) return t.capture.waiting;
  const missing = CHECKS.find((check) => !checks[check]);
  return missing ? t.capture.advice[missing] : t.capture.taking(count + 1, WANTED);
}
