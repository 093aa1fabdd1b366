import type { WebSocket } from '@fastify/websocket';
import { LIVE_CLOSE } from '../api/live-close.ts';
import type { Metrics } from './metrics.ts';
import { failureOf, problemBody } from './problems.ts';

export interface Frame {
  /** Counted from 1, as they come. */
  readonly number: number;
  readonly bytes: Buffer;
  /** Milliseconds of the stream's clock. */
  readonly arrivedAt: number;
}

export interface FrameStreamOptions {
  readonly metrics: Metrics;
  readonly requestId: string;
  /** Asked before each frame: the close code for a caller who may not go on, null for one who may. */
  readonly closeCode: () => number | null;
  /** Works on a frame and sends its answer. What it throws is sent as a problem of the frame. */
  readonly answer: (frame: Frame) => Promise<void>;
  /** The stream's clock (default performance.now). */
  readonly now?: () => number;
}

export interface FrameStream {
  /** Frames dropped so far, because newer ones came. */
  readonly dropped: number;
  /** Whether a frame is in work. None is while the client takes no answers. */
  readonly isWorking: boolean;
  send(message: object): void;
}

/** A connection that answers no ping for so long is gone. */
const PING_MS = 15_000;
/** Answers that a client has not taken yet: above it frames wait, and are dropped for newer ones. */
const MOST_UNSENT_BYTES = 256 * 1024;

/** Takes the frames of one client until it goes: one in work, the newest waiting, the others dropped. */
export function openFrameStream(socket: WebSocket, options: FrameStreamOptions): FrameStream {
  const { metrics, requestId, now = () => performance.now() } = options;
  let received = 0;
  let dropped = 0;
  let newest: Frame | null = null;
  let isWorking = false;

  const send = (message: object) => {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
  };

  const answer = async (frame: Frame): Promise<void> => {
    try {
      await options.answer(frame);
      metrics.liveFrames.inc({ outcome: 'answered' });
    } catch (error) {
      send({ type: 'problem', frame: frame.number, problem: problemBody(failureOf(error), requestId) });
      metrics.liveFrames.inc({ outcome: 'failed' });
    }
  };

  // Asked of a database, which may be closed already.
  const closeCode = (): number | null => {
    try {
      return options.closeCode();
    } catch {
      return LIVE_CLOSE.unauthorized;
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
      const code = closeCode();
      if (code !== null) {
        socket.close(code, 'not allowed any more');
        break;
      }
      const frame: Frame = newest;
      newest = null;
      await answer(frame);
    }
    isWorking = false;
  };

  socket.on('message', (data: Buffer, isBinary: boolean) => {
    if (!isBinary) {
      socket.close(LIVE_CLOSE.textMessage, 'expected frames as binary messages');
      return;
    }
    if (newest !== null) {
      dropped++;
      metrics.liveFrames.inc({ outcome: 'dropped' });
    }
    newest = { number: ++received, bytes: data, arrivedAt: now() };
    void work();
  });
  // ws closes the connection itself after a protocol error: too large a frame, bad UTF-8.
  socket.on('error', () => {});
  metrics.liveSessions.inc();
  const stopPinging = pinging(socket);
  socket.on('close', () => {
    stopPinging();
    newest = null;
    metrics.liveSessions.dec();
  });
  return {
    get dropped() {
      return dropped;
    },
    get isWorking() {
      return isWorking;
    },
    send,
  };
}

/** Ends a connection whose other side is gone. */
function pinging(socket: WebSocket): () => void {
  let isAlive = true;
  socket.on('pong', () => {
    isAlive = true;
  });
  const timer = setInterval(() => {
    if (!isAlive) {
      socket.terminate();
      return;
    }
    isAlive = false;
    socket.ping();
  }, PING_MS);
  return () => clearInterval(timer);
}
