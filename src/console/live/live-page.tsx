import { Badge, Box, Button, Group, SegmentedControl, Switch, Text } from '@mantine/core';
import { IconPlayerPlay, IconPlayerStop, IconVideo } from '@tabler/icons-react';
import { useState } from 'react';
import type { LiveFaces, ProblemError } from '../../client/index.ts';
import { CameraChoice } from '../camera/camera-choice.tsx';
import { CameraView } from '../camera/camera-view.tsx';
import { useCamera, useVideo } from '../camera/use-camera.ts';
import { useLive } from '../camera/use-live.ts';
import { RuleGate } from '../challenge/rule-gate.tsx';
import { ErrorNote } from '../notices/error-note.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { answerLabel } from '../pictures/answer-text.ts';
import { FaceBoxes } from '../pictures/face-boxes.tsx';
import { useServer } from '../server/client.tsx';
import { isLasting } from '../server/failures.ts';
import { forgetTracks, noteSeen } from '../stores/seen-store.ts';
import { number, t } from '../texts/texts.ts';
import { SeenList } from './seen-list.tsx';
import { useAnswerRate } from './use-answer-rate.ts';

/**
 * Smallest faces that are looked for, pixels of a frame 640 wide: a face fills some 90 of them a metre before a usual
 * webcam. The work grows with the square: half the size takes four times as long.
 */
const REACHES = { near: 96, middle: 64, far: 40 } as const;
type Reach = keyof typeof REACHES;

export default function LivePage() {
  return (
    <RuleGate head={<PageHead title={t.live.title} text={t.live.explained} />}>
      {({ policy }) => <Recognition onlyLive={policy === 'passive'} />}
    </RuleGate>
  );
}

function Recognition({ onlyLive }: { onlyLive: boolean }) {
  const { collection } = useServer();
  const [isOn, setOn] = useState(false);
  const [isMirrored, setMirrored] = useState(true);
  const [reach, setReach] = useState<Reach>('near');
  const camera = useCamera(isOn);
  const video = useVideo(camera.state);
  const [answer, setAnswer] = useState<LiveFaces | null>(null);
  const [problem, setProblem] = useState<ProblemError | null>(null);
  const rate = useAnswerRate();
  const status = useLive({
    isOn: isOn && camera.state.status === 'on',
    video,
    minFacePx: REACHES[reach],
    onOpen: () => {
      forgetTracks();
      // Whoever was there before may be gone.
      setAnswer(null);
    },
    onFaces: (next, frame) => {
      setAnswer(next);
      setProblem(null);
      rate.count(next.ageMs);
      noteSeen(collection, next, frame);
    },
    onProblem: (next) => {
      if (isLasting(next)) setProblem(next);
    },
  });
  const stop = () => {
    setOn(false);
    setAnswer(null);
    setProblem(null);
    rate.reset();
  };

  return (
    <>
      <PageHead
        title={t.live.title}
        text={onlyLive ? `${t.live.explained} ${t.liveness.onlyLive}` : t.live.explained}
      >
        {isOn && (
          <Button variant="default" leftSection={<IconPlayerStop size={18} />} onClick={stop}>
            {t.live.stop}
          </Button>
        )}
      </PageHead>
      {problem && (
        <Box mb="md">
          <ErrorNote error={problem} />
        </Box>
      )}
      <div className="live">
        <section aria-label={t.camera.picture}>
          {isOn ? (
            <>
              <CameraView camera={camera} video={video} isMirrored={isMirrored}>
                {answer && status === 'on' && (
                  <FaceBoxes
                    width={answer.width}
                    height={answer.height}
                    isMirrored={isMirrored}
                    faces={answer.faces.map((face) => ({
                      key: face.track,
                      box: face.box,
                      decision: face.decision,
                      label: face.isSettled ? answerLabel(face) : t.live.looking,
                    }))}
                  />
                )}
              </CameraView>
              <Group justify="space-between" mt="sm" gap="sm">
                <Group gap="xs">
                  <Badge variant="default" tt="none" data-testid="live-status">
                    {t.live.status[status]}
                  </Badge>
                  <Text size="sm" c="dimmed" data-testid="live-rate">
                    {rate.perSecond > 0 &&
                      t.live.rate(number(rate.perSecond), number(Math.round(rate.ageMs)))}
                  </Text>
                </Group>
                <Group gap="md">
                  <SegmentedControl
                    size="xs"
                    aria-label={t.live.reach}
                    value={reach}
                    onChange={setReach}
                    data={(Object.keys(REACHES) as Reach[]).map((value) => ({
                      value,
                      label: t.live.reaches[value],
                    }))}
                  />
                  <CameraChoice camera={camera} />
                  <Switch
                    label={t.live.mirrored}
                    checked={isMirrored}
                    onChange={(event) => setMirrored(event.currentTarget.checked)}
                  />
                </Group>
              </Group>
            </>
          ) : (
            <div className="framed">
              <EmptyState icon={<IconVideo size={38} />} title={t.live.emptyTitle} text={t.live.emptyText}>
                <Button size="md" leftSection={<IconPlayerPlay size={18} />} onClick={() => setOn(true)}>
                  {t.live.start}
                </Button>
              </EmptyState>
            </div>
          )}
        </section>
        <SeenList collection={collection} />
      </div>
    </>
  );
}
