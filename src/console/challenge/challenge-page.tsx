import { Button, Group, Progress, Stack, Text, Title } from '@mantine/core';
import { IconRefresh, IconShieldCheck, IconShieldX } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'wouter';
import type { IdentifiedFace } from '../../client/index.ts';
import { CameraChoice } from '../camera/camera-choice.tsx';
import { CameraView } from '../camera/camera-view.tsx';
import { useCamera, useVideo } from '../camera/use-camera.ts';
import { ErrorNote } from '../notices/error-note.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Spoken } from '../parts/spoken.tsx';
import { answerLabel, answerReasons } from '../pictures/answer-text.ts';
import { useServer } from '../server/client.tsx';
import { t } from '../texts/texts.ts';
import { FaceOutline } from './face-outline.tsx';
import { type ChallengeState, useChallenge } from './use-challenge.ts';

/** Whether a living head is before the camera: it does what nobody could know before. */
export default function ChallengePage() {
  const [attempt, setAttempt] = useState(0);
  return (
    <>
      <PageHead title={t.challenge.title} text={t.challenge.explained} />
      {attempt === 0 ? (
        <div className="framed">
          <EmptyState
            icon={<IconShieldCheck size={38} />}
            title={t.challenge.emptyTitle}
            text={t.challenge.emptyText}
          >
            <Button size="md" onClick={() => setAttempt(1)}>
              {t.challenge.start}
            </Button>
          </EmptyState>
        </div>
      ) : (
        <Attempt key={attempt} onAgain={() => setAttempt(attempt + 1)} />
      )}
    </>
  );
}

function Attempt({ onAgain }: { onAgain: () => void }) {
  const [isOver, setOver] = useState(false);
  const camera = useCamera(!isOver);
  const video = useVideo(camera.state);
  const state = useChallenge(camera.state.status === 'on', video);
  const isDecided = state.status === 'passed' || state.status === 'failed' || state.status === 'broken';
  if (isDecided && !isOver) setOver(true);
  if (isDecided) return <Outcome state={state} onAgain={onAgain} />;
  const guidance = state.status === 'running' ? state.guidance : null;
  const steps = state.status === 'running' ? state.challenge.steps.length : 0;
  const action = guidance?.action ?? 'look_straight';
  const order = guidance?.problem
    ? (t.challenge.problems[guidance.problem] ?? guidance.problem)
    : t.challenge.actions[action];
  return (
    <Stack className="challenge" gap="md">
      {camera.state.status !== 'failed' && (
        <>
          <Title order={2} className="challenge-order">
            {order}
          </Title>
          <Spoken text={order} />
        </>
      )}
      <CameraView camera={camera} video={video} isMirrored>
        <FaceOutline action={action} progress={guidance?.progress ?? 0} />
      </CameraView>
      <Group gap="sm" wrap="nowrap">
        <Progress
          flex={1}
          value={steps === 0 ? 0 : (100 * (guidance?.step ?? 0)) / steps}
          aria-label={t.challenge.progress}
        />
        <Text size="sm" c="dimmed" role="status">
          {steps > 0 && t.challenge.step(Math.min(steps, (guidance?.step ?? 0) + 1), steps)}
        </Text>
        <CameraChoice camera={camera} />
      </Group>
    </Stack>
  );
}

interface OutcomeProps {
  readonly state: Extract<ChallengeState, { readonly status: 'passed' | 'failed' | 'broken' }>;
  readonly onAgain: () => void;
}

function Outcome({ state, onAgain }: OutcomeProps) {
  return (
    <div className="framed">
      <Stack align="center" ta="center" py={48} px="md" role="alert">
        {state.status === 'passed' ? (
          <>
            <IconShieldCheck size={64} stroke={1.2} className="good" aria-hidden />
            <Title order={2}>{t.challenge.passed}</Title>
            {state.result.faces.map((face) => (
              <Who key={face.box.left} face={face} />
            ))}
          </>
        ) : (
          <>
            <IconShieldX size={64} stroke={1.2} className="bad" aria-hidden />
            <Title order={2}>{t.challenge.failed}</Title>
            {state.status === 'failed' ? (
              <Text maw={460}>{t.challenge.reasons[state.reason] ?? state.reason}</Text>
            ) : (
              <ErrorNote error={state.error} />
            )}
          </>
        )}
        <Button variant="default" leftSection={<IconRefresh size={18} />} onClick={onAgain}>
          {t.challenge.again}
        </Button>
      </Stack>
    </div>
  );
}

/** Who has passed: the server has looked for nobody else. */
function Who({ face }: { face: IdentifiedFace }) {
  const { may } = useServer();
  const { decision, person } = face;
  if (decision === 'match' && person) {
    return (
      <>
        <Text size="xl">{t.challenge.isPerson(person.name)}</Text>
        {may('read') && (
          <Link href={`/people/${person.id}`} className="link">
            {t.enroll.show(person.name)}
          </Link>
        )}
      </>
    );
  }
  if (decision === 'unknown') return <Text size="xl">{t.challenge.isNobody}</Text>;
  return (
    <>
      <Text size="xl">{answerLabel(face)}</Text>
      {decision === 'not_live' && <Text maw={460}>{answerReasons(face).join(' ')}</Text>}
    </>
  );
}
