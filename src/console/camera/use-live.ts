import { type RefObject, useEffect, useRef, useState } from 'react';
import {
  type AcquaintClient,
  LIVE_CLOSE,
  type LiveConnection,
  type LiveFaces,
  ProblemError,
} from '../../client/index.ts';
import { useServer } from '../server/client.tsx';
import { connection } from '../server/connection.ts';
import { askWhoIsHere, queryClient } from '../server/query-client.ts';
import { forgetLiveness } from '../server/use-liveness.ts';
import { FramePump } from './frame-pump.ts';

export type LiveStatus = 'off' | 'connecting' | 'on' | 'lost';

interface LiveOptions {
  readonly isOn: boolean;
  readonly video: RefObject<HTMLVideoElement | null>;
  readonly minFacePx: number;
  /** Another connection: tracks are numbered anew. */
  readonly onOpen?: () => void;
  /** An answer with the frame it is about. */
  readonly onFaces: (answer: LiveFaces, frame: Blob) => void;
  /** A frame could not be worked on. */
  readonly onProblem?: (problem: ProblemError) => void;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5000;

/** Sends a video's frames to the server as fast as it answers; a connection that breaks is made anew. */
export function useLive({ isOn, video, minFacePx, onOpen, onFaces, onProblem }: LiveOptions): LiveStatus {
  const { client } = useServer();
  const [status, setStatus] = useState<LiveStatus>('off');
  const handlers = useRef({ onOpen, onFaces, onProblem });
  handlers.current = { onOpen, onFaces, onProblem };
  useEffect(() => {
    if (!isOn) return setStatus('off');
    const gone = new AbortController();
    void keepConnected(client, gone.signal, {
      video,
      minFacePx,
      setStatus,
      onOpen: () => handlers.current.onOpen?.(),
      onFaces: (answer, frame) => handlers.current.onFaces(answer, frame),
      onProblem: (problem) => handlers.current.onProblem?.(problem),
    });
    return () => gone.abort();
  }, [isOn, client, video, minFacePx]);
  return status;
}

interface Session extends Omit<LiveOptions, 'isOn'> {
  readonly setStatus: (status: LiveStatus) => void;
}

async function keepConnected(client: AcquaintClient, signal: AbortSignal, session: Session): Promise<void> {
  let waitMs = FIRST_WAIT_MS;
  session.setStatus('connecting');
  while (!signal.aborted) {
    const { code, wasOpen } = await runConnection(client, signal, session);
    if (signal.aborted) return;
    if (code === LIVE_CLOSE.unauthorized) askWhoIsHere();
    // It may have been refused, or ended, by another rule of the collection.
    if (code === LIVE_CLOSE.policyChanged || !wasOpen) forgetLiveness();
    session.setStatus('lost');
    void queryClient.refetchQueries({ queryKey: ['health'] });
    waitMs = wasOpen ? FIRST_WAIT_MS : Math.min(2 * waitMs, LONGEST_WAIT_MS);
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}

/** One connection, to its end. */
function runConnection(
  client: AcquaintClient,
  signal: AbortSignal,
  { video, minFacePx, onOpen, onFaces, onProblem, setStatus }: Session,
): Promise<{ code: number; wasOpen: boolean }> {
  return new Promise((resolve) => {
    const over = new AbortController();
    let wasOpen = false;
    const live: LiveConnection = client.live(
      {
        onFaces: (answer) => {
          const frame = pump.answered(answer.frame);
          if (frame) onFaces(answer, frame);
        },
        onProblem: ({ frame, problem }) => {
          pump.answered(frame);
          onProblem?.(new ProblemError(problem, null));
        },
        onClose: (code) => {
          over.abort();
          resolve({ code, wasOpen });
        },
      },
      { minFacePx },
    );
    const pump = new FramePump((frame) => live.send(frame));
    signal.addEventListener(
      'abort',
      () => {
        over.abort();
        live.close();
      },
      { signal: over.signal },
    );
    live.ready.then(
      () => {
        wasOpen = true;
        setStatus('on');
        connection.reached();
        onOpen?.();
        return pump.run(() => video.current, over.signal);
      },
      () => {},
    );
  });
}
