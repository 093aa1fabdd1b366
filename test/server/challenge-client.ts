import type { RgbImage } from 'acquaint';
import sharp from 'sharp';
import WebSocket from 'ws';
import { FPS, type obedientMan } from '../../bench/liveness/filmed.js';

// biome-ignore lint/suspicious/noExplicitAny: what the socket says; the tests look at it field by field.
export type Message = any;

/** How often frames come by the clock of the tests. */
const FRAME_MS = 1000 / FPS;

/** A clock that goes on when it is told to. */
export class SteppedClock {
  #ms = Date.now();
  readonly now = (): number => this.#ms;
  advance(ms: number): void {
    this.#ms += ms;
  }
}

/** A challenge over a socket: one frame, then its answer. */
export class ChallengeSocket {
  readonly socket: WebSocket;
  readonly messages: Message[] = [];
  #waiting: (() => void)[] = [];

  constructor(url: string, { collection = 'default', query = 'minFacePx=120' } = {}) {
    this.socket = new WebSocket(
      `${url.replace('http', 'ws')}/v1/collections/${collection}/challenge?${query}`,
    );
    this.socket.on('message', (text) => {
      this.messages.push(JSON.parse(String(text)));
      for (const go of this.#waiting.splice(0)) go();
    });
    this.socket.on('error', () => {});
  }

  closed(): Promise<number> {
    return new Promise((done) => this.socket.once('close', done));
  }

  async message(i: number): Promise<Message> {
    while (this.messages.length <= i) await new Promise<void>((go) => this.#waiting.push(go));
    return this.messages[i];
  }

  /** Sends a frame and waits for its answer. */
  async ask(bytes: Uint8Array): Promise<Message> {
    const before = Math.max(1, this.messages.length);
    await this.message(0);
    this.socket.send(bytes);
    return this.message(before);
  }
}

/** The refusal of a socket that never opened. */
export function refused({
  socket,
}: ChallengeSocket): Promise<{ status: number; retryAfter: string | undefined }> {
  return new Promise((done) => {
    socket.on('unexpected-response', (_request, answer) => {
      answer.resume();
      done({ status: answer.statusCode ?? 0, retryAfter: answer.headers['retry-after'] });
    });
  });
}

type Show = ReturnType<typeof obedientMan>;

/**
 * A man who was filmed and does what is asked, or a print of him that is moved so, before the camera of a client; the
 * nets that judge it are the real ones.
 */
export class Actor {
  readonly #clock: SteppedClock;
  readonly #show: Show;
  /** Every frame that was sent; the server counts them from 1. */
  readonly sent: Uint8Array<ArrayBuffer>[] = [];

  constructor(clock: SteppedClock, show: Show) {
    this.#clock = clock;
    this.#show = show;
  }

  /** Sends frames until the challenge ends; gives its last message. */
  async perform(socket: ChallengeSocket): Promise<Message> {
    let asked = 'look_straight';
    for (;;) {
      const frame = await this.next(asked);
      // The time for a step can be over while no frame is on its way.
      const last = socket.messages.at(-1);
      const answer = last?.type === 'failed' ? last : await socket.ask(frame);
      if (answer.type !== 'guidance') return answer;
      asked = answer.action;
    }
  }

  /** The next frame; the clock goes on until there is one. */
  async next(asked: string): Promise<Uint8Array<ArrayBuffer>> {
    let frame: ReturnType<Show>;
    do {
      this.#clock.advance(FRAME_MS);
      frame = this.#show(asked);
    } while (frame === null);
    const bytes = await jpegOf(frame);
    this.sent.push(bytes);
    return bytes;
  }
}

export async function jpegOf({ width, height, data }: RgbImage): Promise<Uint8Array<ArrayBuffer>> {
  const jpeg = await sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 90 })
    .toBuffer();
  return new Uint8Array(jpeg);
}
