import { type RefObject, useEffect, useRef, useState } from 'react';
import { type AcquaintClient, LIVE_CLOSE, type LiveConnection, type LiveFaces } from '../../client/index.ts';
import { useServer } from '../server/client.tsx';
import { connection } from '../server/connection.ts';
import { queryClient } from '../server/query-client.ts';

export type LiveStatus = 'off' | 'connecting' | 'on' | 'lost';

interface LiveOptions {
  readonly isOn: boolean;
  readonly video: RefObject<HTMLVideoElement | null>;
  readonly minFacePx: number;
  /** An answer with the frame it is about. */
  readonly onFaces: (answer: LiveFaces, frame: Blob) => void;
}

/** Frames go out no larger: faces before a webcam are large enough in it. */
const LONGER_SIDE = 640;
const JPEG_QUALITY = 0.85;
/** One in work, one on the way: more only make answers older. */
const MOST_UNANSWERED = 2;
/** A frame whose answer has not come by then is not waited for. */
const GIVEN_UP_MS = 3000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5000;

/** Sends a video's frames to the server as fast as it answers; a connection that breaks is made anew. */
export function useLive({ isOn, video, minFacePx, onFaces }: LiveOptions): LiveStatus {
  const { client } = useServer();
  const [status, setStatus] = useState<LiveStatus>('off');
  const handler = useRef(onFaces);
  handler.current = onFaces;
  useEffect(() => {
    if (!isOn) return setStatus('off');
    const gone = new AbortController();
    void keepConnected(client, gone.signal, {
      video,
      minFacePx,
      setStatus,
      onFaces: (answer, frame) => handler.current(answer, frame),
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
    if (code === LIVE_CLOSE.unauthorized) void queryClient.invalidateQueries({ queryKey: ['session'] });
    session.setStatus('lost');
    connection.lost();
    waitMs = wasOpen ? FIRST_WAIT_MS : Math.min(2 * waitMs, LONGEST_WAIT_MS);
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}

interface SentFrame {
  readonly number: number;
  readonly blob: Blob;
  readonly at: number;
}

/** One connection, to its end. */
function runConnection(
  client: AcquaintClient,
  signal: AbortSignal,
  { video, minFacePx, onFaces, setStatus }: Session,
): Promise<{ code: number; wasOpen: boolean }> {
  return new Promise((resolve) => {
    let unanswered: SentFrame[] = [];
    let sent = 0;
    let wasOpen = false;
    let isOver = false;
    const answered = (number: number) => {
      const frame = unanswered.find((one) => one.number === number);
      unanswered = unanswered.filter((one) => one.number > number);
      return frame;
    };
    const live: LiveConnection = client.live(
      {
        onFaces: (answer) => {
          const frame = answered(answer.frame);
          if (frame) onFaces(answer, frame.blob);
        },
        onProblem: ({ frame }) => answered(frame),
        onClose: (code) => {
          isOver = true;
          resolve({ code, wasOpen });
        },
      },
      { minFacePx },
    );
    signal.addEventListener('abort', () => live.close());
    live.ready.then(
      async () => {
        wasOpen = true;
        setStatus('on');
        connection.reached();
        while (!isOver && !signal.aborted) {
          await nextFrame(video.current);
          const now = performance.now();
          unanswered = unanswered.filter(({ at }) => now - at < GIVEN_UP_MS);
          if (unanswered.length >= MOST_UNANSWERED || !video.current) continue;
          const blob = await frameOf(video.current);
          if (blob && live.send(blob)) unanswered.push({ number: ++sent, blob, at: now });
        }
      },
      () => {},
    );
  });
}

/** Resolves when the video shows another picture, or after a moment: a camera may stand still. */
function nextFrame(video: HTMLVideoElement | null): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, 100);
    video?.requestVideoFrameCallback?.(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** null while the video has no picture. */
async function frameOf(video: HTMLVideoElement): Promise<Blob | null> {
  const { videoWidth: width, videoHeight: height } = video;
  if (width === 0 || height === 0) return null;
  const scale = Math.min(1, LONGER_SIDE / Math.max(width, height));
  const canvas = new OffscreenCanvas(Math.round(width * scale), Math.round(height * scale));
  canvas.getContext('2d')!.drawImage(video, 0, 0, canvas.width, canvas.height);
  return canvas.convertToBlob({ type: 'image/jpeg', quality: JPEG_QUALITY });
}
