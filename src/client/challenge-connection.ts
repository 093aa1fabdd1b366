import type {
  ChallengeDrawn,
  ChallengeFailed,
  ChallengeGuidance,
  ChallengeMessage,
  ChallengePassed,
} from '../api/challenge-messages.ts';
import type { LiveProblem } from '../api/live-messages.ts';
import { type LiveFrame, opened, sendFrame } from './frame-socket.ts';
import type { PictureUpload } from './transport.ts';

export interface ChallengeHandlers {
  /** What is asked, at once. */
  onChallenge?(challenge: ChallengeDrawn): void;
  /** The answer to a frame: what the person is to do now. */
  onGuidance(guidance: ChallengeGuidance): void;
  /** `picture` is the frame that the pass is for: search for it with the pass. */
  onPassed(passed: ChallengePassed & { readonly picture: PictureUpload }): void;
  onFailed(failed: ChallengeFailed): void;
  /** A frame could not be worked on; the challenge goes on. */
  onProblem?(answer: LiveProblem): void;
  /** The connection is over; `code` is the WebSocket's. */
  onClose?(code: number): void;
}

/** One challenge: frames of a camera, not mirrored, to the server, guidance back, a pass at the end. */
export class ChallengeConnection {
  readonly #socket: WebSocket;
  readonly #handlers: ChallengeHandlers;
  /** Frames by their number that a pass may be for. */
  readonly #frames = new Map<number, LiveFrame>();
  #sent = 0;
  /** Resolves when frames can be sent; throws when the server refuses. */
  readonly ready: Promise<void>;

  constructor(socket: WebSocket, handlers: ChallengeHandlers) {
    this.#socket = socket;
    this.#handlers = handlers;
    socket.binaryType = 'arraybuffer';
    this.ready = opened(socket);
    socket.addEventListener('message', ({ data }) =>
      this.#take(JSON.parse(String(data)) as ChallengeMessage),
    );
    socket.addEventListener('close', ({ code }) => handlers.onClose?.(code));
  }

  /**
   * Sends one frame, a JPEG or WebP file; its bytes must not change afterwards.
   * ensures  false when the network does not keep up, or the connection is not open: the frame was not sent
   */
  send(frame: LiveFrame): boolean {
    if (!sendFrame(this.#socket, frame)) return false;
    this.#frames.set(++this.#sent, frame);
    return true;
  }

  /** Gives up: it counts as a challenge that was not passed. */
  close(): void {
    this.#socket.close(1000);
  }

  #take(message: ChallengeMessage): void {
    const { onChallenge, onGuidance, onFailed, onProblem } = this.#handlers;
    switch (message.type) {
      case 'challenge':
        onChallenge?.(message);
        break;
      case 'guidance':
        this.#forget(message);
        onGuidance(message);
        break;
      case 'problem':
        onProblem?.(message);
        break;
      case 'passed':
        this.#handlers.onPassed({ ...message, picture: asPicture(this.#frames.get(message.frame)!) });
        break;
      case 'failed':
        onFailed(message);
        break;
    }
  }

  /** A pass is for a frame after the last step: those before need not be kept. */
  #forget({ frame, step, steps }: ChallengeGuidance): void {
    if (step === steps) return;
    for (const number of this.#frames.keys()) if (number <= frame) this.#frames.delete(number);
  }
}

function asPicture(frame: LiveFrame): PictureUpload {
  return frame instanceof ArrayBuffer ? new Uint8Array(frame) : frame;
}
