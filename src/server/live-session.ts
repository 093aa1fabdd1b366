import type { WebSocket } from '@fastify/websocket';
import { whoIsIt } from '../api/face-json.ts';
import type { LiveFaces } from '../api/live-messages.ts';
import type { FaceTracker, TrackedFace } from '../index.ts';
import { type Frame, type FrameStreamOptions, openFrameStream } from './frame-stream.ts';
import type { WorkQueue } from './work-queue.ts';

export interface LiveSessionOptions extends Omit<FrameStreamOptions, 'answer' | 'now'> {
  readonly tracker: FaceTracker;
  readonly queue: WorkQueue;
}

/** Answers the frames of one client with who is in them until it goes. */
export function runLiveSession(socket: WebSocket, options: LiveSessionOptions): void {
  const { tracker, queue } = options;
  const answer = async ({ number: frame, bytes, arrivedAt }: Frame): Promise<void> => {
    const { width, height, faces } = await queue.run(() => tracker.next(bytes, { at: arrivedAt }), {
      urgent: true,
    });
    const ageMs = round(performance.now() - arrivedAt);
    const { dropped } = stream;
    const message: LiveFaces = {
      type: 'faces',
      frame,
      ageMs,
      dropped,
      width,
      height,
      faces: faces.map(trackedJson),
    };
    stream.send(message);
  };
  const stream = openFrameStream(socket, { ...options, answer });
}

function trackedJson(face: TrackedFace) {
  const { left, top, right, bottom } = face.box;
  const { track, score, isSettled } = face;
  return { track, box: { left, top, right, bottom }, score, isSettled, ...whoIsIt(face) };
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
