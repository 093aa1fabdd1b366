import type { LiveFaces, LiveMessage, LiveProblem } from '../api/live-messages.ts';

export interface LiveHandlers {
  /** The answer to a frame. */
  onFaces(answer: LiveFaces): void;
  /** A frame could not be worked on; the connection goes on. */
  onProblem?(answer: LiveProblem): void;
  /** The connection is over; `code` is the WebSocket's. */
  onClose?(code: number): void;
}

/** Frames nobody has taken yet: more only make answers older. */
const MOST_UNSENT_BYTES = 1024 * 1024;

/** Frames of a camera to the server, answers back. */
export class LiveConnection {
  readonly #socket: WebSocket;
  /** Resolves when frames can be sent; throws when the server refuses. */
  readonly ready: Promise<void>;

  constructor(socket: WebSocket, { onFaces, onProblem, onClose }: LiveHandlers) {
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    this.ready = new Promise((resolve, reject) => {
      socket.addEventListener('open', () => resolve(), { once: true });
      socket.addEventListener(
        'error',
        () => reject(new Error('Expected a live connection but the server refused it')),
        {
          once: true,
        },
      );
    });
    // Whoever waits for it is told.
    this.ready.catch(() => {});
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
  send(frame: Blob | ArrayBuffer | Uint8Array<ArrayBuffer>): boolean {
    if (this.#socket.readyState !== 1 || this.#socket.bufferedAmount > MOST_UNSENT_BYTES) return false;
    this.#socket.send(frame);
    return true;
  }

  close(): void {
    this.#socket.close(1000);
  }
}
