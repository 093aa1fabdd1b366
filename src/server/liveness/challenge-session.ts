import type { WebSocket } from '@fastify/websocket';
import type { ChallengeFailed, ChallengeGuidance, ChallengeMessage } from '../../api/challenge-messages.ts';
import type { Challenge } from '../../index.ts';
import { type Frame, type FrameStreamOptions, openFrameStream } from '../frame-stream.ts';
import type { WorkQueue } from '../work-queue.ts';
import type { BoundFrame, ChallengeJudge, JudgedFrame } from './challenge-judge.ts';
import type { FoundFace } from './frame-observer.ts';

export interface ChallengeSessionOptions extends Omit<FrameStreamOptions, 'answer'> {
  readonly challenge: Challenge;
  readonly judge: ChallengeJudge;
  readonly queue: WorkQueue;
  /** The clock that the challenge was drawn by. */
  readonly now: () => number;
  /** Makes a pass for the frame. */
  readonly onPassed: (frame: BoundFrame) => { readonly pass: string; readonly expiresAt: string };
}

export type ChallengeEnd = 'passed' | 'failed' | 'expired' | 'left';

/** How often it is looked whether frames still come. */
const SILENCE_MS = 250;

/** Leads one person through a challenge; the socket closes at its end. */
export function runChallengeSession(socket: WebSocket, options: ChallengeSessionOptions): void {
  const { challenge, judge, queue, metrics, now, onPassed } = options;
  let end: ChallengeEnd = 'left';

  const finish = (how: ChallengeEnd, message: ChallengeMessage): void => {
    if (end !== 'left') return;
    end = how;
    stream.send(message);
    socket.close(1000);
  };

  const pass = async (): Promise<void> => {
    try {
      const bound = await queue.run(() => judge.boundFrame(), { urgent: true });
      if (bound === null) finish('failed', failure('another_face'));
      else finish('passed', { type: 'passed', ...onPassed(bound), frame: bound.frame });
    } catch (error) {
      // No further frame would change it.
      socket.close(1011, 'the pass could not be made');
      throw error;
    }
  };

  /** Tells the end that has come without a pass. */
  const fail = (): void => {
    const { outcome } = judge.state;
    if (outcome.status === 'failed') finish('failed', failure(outcome.reason));
    if (outcome.status === 'expired') finish('expired', failure('expired'));
  };

  const answer = async (frame: Frame): Promise<void> => {
    if (end !== 'left') return;
    const judged = await queue.run(() => judge.next(frame), { urgent: true });
    const { status } = judge.state.outcome;
    if (status === 'running') stream.send(guidance(frame.number, judged, judge));
    else if (status === 'passed') await pass();
    else fail();
  };

  const stream = openFrameStream(socket, { ...options, answer });
  const { id, steps, startMs, stepMs, totalMs } = challenge;
  stream.send({ type: 'challenge', id, steps: [...steps], startMs, stepMs, totalMs });
  const listening = setInterval(() => {
    // A frame that is in work, or waits for its turn there, has come in time.
    if (stream.isWorking || end !== 'left') return;
    judge.silence(now());
    fail();
  }, SILENCE_MS);
  socket.on('close', () => {
    clearInterval(listening);
    metrics.challenges.inc({ outcome: end });
  });
}

function failure(reason: ChallengeFailed['reason']): ChallengeFailed {
  return { type: 'failed', reason };
}

function guidance(
  frame: number,
  { width, height, faces }: JudgedFrame,
  { state }: ChallengeJudge,
): ChallengeGuidance {
  const { ask: action, done: step, of: steps, problem, progress } = state.guidance;
  const [face] = faces;
  const box = face ? boxJson(face) : null;
  return { type: 'guidance', frame, step, steps, action, problem, progress, width, height, box };
}

function boxJson({ box: { left, top, right, bottom } }: FoundFace) {
  return { left, top, right, bottom };
}
