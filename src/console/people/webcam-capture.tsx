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
  readonly onPicture: (picture: File) => void;
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

function Capture({ onPicture, onAgain }: WebcamCaptureProps) {
  const [isOn, setOn] = useState(true);
  const camera = useCamera(isOn);
  const video = useVideo(camera.state);
  const [answer, setAnswer] = useState<LiveFaces | null>(null);
  const taken = useRef(0);
  const lastAt = useRef(0);
  const [count, setCount] = useState(0);

  useLive({
    isOn: isOn && camera.state.status === 'on',
    video,
    minFacePx: MIN_FACE_PX,
    onFaces: (next, frame) => {
      setAnswer(next);
      if (taken.current >= WANTED || !isGood(checksOf(next))) return;
      const now = performance.now();
      if (now - lastAt.current < BETWEEN_MS) return;
      lastAt.current = now;
      taken.current++;
      setCount(taken.current);
      onPicture(new File([frame], t.capture.fileName(taken.current), { type: frame.type }));
      if (taken.current === WANTED) setOn(false);
    },
  });

  const again = () => {
    taken.current = 0;
    onAgain();
    setCount(0);
    setAnswer(null);
    setOn(true);
  };
  if (!isOn) {
    return (
      <Group justify="space-between">
        <Text role="status">{t.capture.done(count)}</Text>
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
        <Progress value={(100 * count) / WANTED} aria-label={t.capture.progress} />
        <Text fw={600}>{adviceOf(checks, count)}</Text>
        <Spoken text={adviceOf(checks, count)} />
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
