import type { LiveFaces, LiveMessage, LiveProblem } from '../api/live-messages.ts';
import { type LiveFrame, opened, sendFrame } from './frame-socket.ts';

export interface LiveHandlers {
  /** The answer to a frame. */
  onFaces(answer: LiveFaces): void;
  /** A frame could not be worked on; the connection goes on. */
  onProblem?(answer: LiveProblem): void;
  /** The connection is over; `code` is the WebSocket's. */
  onClose?(code: number): void;
}

/** Frames of a camera to the server, answers back. */
export class LiveConnection {
  readonly #socket: WebSocket;
  /** Resolves when frames can be sent; throws when the server refuses. */
  readonly ready: Promise<void>;

  constructor(socket: WebSocket, { onFaces, onProblem, onClose }: LiveHandlers) {
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    this.ready = opened(socket);
    socket.addEventListener('message', ({ data }) => {
      const message = JSON.parse(String(data)) as LiveMessage;
      if (message.type === 'faces') onFaces(message);
      else onProblem?.(message);
    });
    socket.addEventListener('close', ({ code }) => onClose?.(code));
  }

  /**
   * Sends one frame, a JPEG or WebP file.
   * ensures  false when the network does not keep up, or the connection is not open: the frame was not sent
   */
  send(frame: LiveFrame): boolean {
    return sendFrame(this.#socket, frame);
  }

  close(): void {
    this.#socket.close(1000);
  }
}
