import type { WebSocket } from '@fastify/websocket';
import { whoIsIt } from '../api/face-json.ts';
import { LIVE_CLOSE } from '../api/live-close.ts';
import type { LiveMessage } from '../api/live-messages.ts';
import type { FaceTracker, TrackedFace } from '../index.ts';
import type { Metrics } from './metrics.ts';
import { failureOf, problemBody } from './problems.ts';
import type { WorkQueue } from './work-queue.ts';

export interface LiveSessionOptions {
  readonly tracker: FaceTracker;
  readonly queue: WorkQueue;
  readonly metrics: Metrics;
  readonly requestId: string;
  /** Whether the caller may still be answered. */
  readonly isAdmitted: () => boolean;
}

interface Frame {
  readonly number: number;
  readonly bytes: Buffer;
  readonly arrivedAt: number;
}

/** A connection that answers no ping for so long is gone. */
const PING_MS = 15_000;
/** Answers that a client has not taken yet: above it frames wait, and are dropped for newer ones. */
const MOST_UNSENT_BYTES = 256 * 1024;

/** Answers the frames of one client until it goes: one in work, the newest waiting, the others dropped. */
export function runLiveSession(socket: WebSocket, options: LiveSessionOptions): void {
  const { tracker, queue, metrics, requestId, isAdmitted } = options;
  let received = 0;
  let dropped = 0;
  let newest: Frame | null = null;
  let isWorking = false;
  let isAlive = true;

  const send = (message: LiveMessage) => {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
  };

  const answer = async ({ number: frame, bytes, arrivedAt }: Frame): Promise<void> => {
    try {
      const { width, height, faces } = await queue.run(() => tracker.next(bytes, { at: arrivedAt }), {
        urgent: true,
      });
      const ageMs = performance.now() - arrivedAt;
      send({
        type: 'faces',
        frame,
        ageMs: round(ageMs),
        dropped,
        width,
        height,
        faces: faces.map(trackedJson),
      });
      metrics.liveFrames.inc({ outcome: 'answered' });
    } catch (error) {
      send({ type: 'problem', frame, problem: problemBody(failureOf(error), requestId) });
      metrics.liveFrames.inc({ outcome: 'failed' });
    }
  };

  // Asked of a database, which may be closed already.
  const stillAdmitted = (): boolean => {
    try {
      return isAdmitted();
    } catch {
      return false;
    }
  };

  const work = async (): Promise<void> => {
    if (isWorking) return;
    isWorking = true;
    while (
      newest !== null &&
      socket.readyState === socket.OPEN &&
      socket.bufferedAmount < MOST_UNSENT_BYTES
    ) {
      if (!stillAdmitted()) {
        socket.close(LIVE_CLOSE.unauthorized, 'the key is not valid any more');
        break;
      }
      const frame: Frame = newest;
      newest = null;
      await answer(frame);
    }
    isWorking = false;
  };

  const pinging = setInterval(() => {
    if (!isAlive) {
      socket.terminate();
      return;
    }
    isAlive = false;
    socket.ping();
  }, PING_MS);

  metrics.liveSessions.inc();
  socket.on('pong', () => {
    isAlive = true;
  });
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    if (!isBinary) {
      socket.close(LIVE_CLOSE.textMessage, 'expected frames as binary messages');
      return;
    }
    if (newest !== null) {
      dropped++;
      metrics.liveFrames.inc({ outcome: 'dropped' });
    }
    newest = { number: ++received, bytes: data, arrivedAt: performance.now() };
    void work();
  });
  // ws closes the connection itself after a protocol error: too large a frame, bad UTF-8.
  socket.on('error', () => {});
  socket.on('close', () => {
    clearInterval(pinging);
    newest = null;
    metrics.liveSessions.dec();
  });
}

function trackedJson(face: TrackedFace) {
  const { left, top, right, bottom } = face.box;
  const { track, score, isSettled } = face;
  return { track, box: { left, top, right, bottom }, score, isSettled, ...whoIsIt(face) };
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
