import type { FrameObserver } from 'acquaint/server';
import WebSocket from 'ws';
import {
  createRandom,
  drawHabit,
  drawHead,
  headView,
  obedient,
  pictureView,
} from '../../bench/liveness/simulated-stream.js';

// biome-ignore lint/suspicious/noExplicitAny: what the socket says; the tests look at it field by field.
export type Message = any;

type View = ReturnType<typeof headView>;

/** How often frames come by the clock of the tests. */
const FRAME_MS = 40;
/** As in bench/liveness: how fast a pose follows what its owner wants, a second. */
const QUICKNESS = 7;

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

interface Face {
  readonly box: { left: number; top: number; right: number; bottom: number };
  readonly score: number;
}

/**
 * Somebody who does what is asked before the camera, or moves a picture so. The frames' bytes are a real photo with a
 * real face; its landmarks are those of the simulated head, because nobody was filmed.
 */
export class Actor {
  readonly #clock: SteppedClock;
  readonly #view: View;
  readonly #scene: Parameters<View>[1];
  readonly #wants: ReturnType<typeof obedient>;
  readonly #face: Face;
  #pose = { yaw: 0, pitch: 0, roll: 0, nearer: 1 };
  readonly observer: FrameObserver;

  constructor(
    clock: SteppedClock,
    { face, width, height, isFlat = false }: { face: Face; width: number; height: number; isFlat?: boolean },
  ) {
    const random = createRandom(7);
    const points = drawHead('yunet5', random);
    const habit = drawHabit(random);
    this.#clock = clock;
    this.#face = face;
    this.#view = isFlat ? pictureView({ points }) : headView({ points, habit });
    const centre = { x: (width - 1) / 2, y: (height - 1) / 2 };
    this.#scene = {
      width,
      height,
      camera: { focalPx: width, centre },
      distanceMm: 600,
      offset: { x: 0, y: 0 },
    };
    this.#wants = obedient(random);
    this.observer = {
      layout: 'yunet5',
      find: async () => [{ ...this.#face, landmarks: this.#view(this.#pose, this.#scene) }],
    };
  }

  /** Sends frames of the picture until the challenge ends; gives its last message. */
  async perform(socket: ChallengeSocket, picture: Uint8Array): Promise<Message> {
    let guidance = { ask: 'look_straight', done: 0, problem: null };
    for (;;) {
      this.#clock.advance(FRAME_MS);
      this.follow(guidance);
      const answer = await socket.ask(picture);
      if (answer.type !== 'guidance') return answer;
      guidance = { ask: answer.action, done: answer.step, problem: answer.problem };
    }
  }

  /** What the next frame shows. */
  follow(guidance: { ask: string; done: number; problem: string | null }): void {
    const goal = this.#wants(guidance, this.#clock.now());
    const share = 1 - Math.exp((-QUICKNESS * FRAME_MS) / 1000);
    const mix = (key: keyof typeof goal) => this.#pose[key] + (goal[key] - this.#pose[key]) * share;
    this.#pose = { yaw: mix('yaw'), pitch: mix('pitch'), roll: mix('roll'), nearer: mix('nearer') };
  }
}
