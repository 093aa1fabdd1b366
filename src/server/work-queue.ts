import { RequestError } from './problems.ts';

/** A place in the queue: taken before a request's body is read, given back when it was answered. */
export interface Place {
  /** Waits for its turn, then works. throws  RequestError('stopping') when the server or the client ends first */
  run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** At once, or when what it works on has come to its end. */
  leave(): void;
}

interface Waiting {
  readonly start: () => void;
  readonly refuse: (error: Error) => void;
}

/**
 * So many requests work on pictures at once, and so many more wait; the next is refused at once. Bounding them before
 * their bodies are read bounds memory.
 */
export class WorkQueue {
  readonly #atOnce: number;
  readonly #length: number;
  /** Whoever comes first is first in each; the two take turns. */
  readonly #urgent: Waiting[] = [];
  readonly #ordinary: Waiting[] = [];
  #wasUrgent = false;
  #places = 0;
  #working = 0;

  constructor({ atOnce, length }: { readonly atOnce: number; readonly length: number }) {
    this.#atOnce = atOnce;
    this.#length = length;
  }

  get working(): number {
    return this.#working;
  }

  get waiting(): number {
    return this.#urgent.length + this.#ordinary.length;
  }

  /** throws  RequestError('busy') */
  enter(): Place {
    if (this.#places >= this.#atOnce + this.#length) {
      throw new RequestError(
        'busy',
        `Expected room in the queue but ${this.#length} requests are waiting; come again`,
        { retryAfterSeconds: 1 },
      );
    }
    this.#places++;
    let inWork = 0;
    let isLeaving = false;
    let isHere = true;
    const leaveIfDone = () => {
      if (!isHere || !isLeaving || inWork > 0) return;
      isHere = false;
      this.#places--;
    };
    return {
      run: async (work, signal) => {
        inWork++;
        try {
          return await this.run(work, { signal });
        } finally {
          inWork--;
          leaveIfDone();
        }
      },
      leave: () => {
        isLeaving = true;
        leaveIfDone();
      },
    };
  }

  /** For work that has no place. Urgent work and the rest take turns; each waits behind its own kind. */
  async run<T>(
    work: () => Promise<T>,
    { urgent = false, signal }: { readonly urgent?: boolean; readonly signal?: AbortSignal | undefined } = {},
  ): Promise<T> {
    if (this.#working >= this.#atOnce) await this.#turn(urgent ? this.#urgent : this.#ordinary, signal);
    else this.#working++;
    try {
      return await work();
    } finally {
      const next = this.#next();
      // Whoever is next takes over the turn.
      if (next) next.start();
      else this.#working--;
    }
  }

  /** Refuses whoever waits. */
  close(): void {
    for (const { refuse } of [...this.#urgent.splice(0), ...this.#ordinary.splice(0)]) {
      refuse(new RequestError('stopping', 'The server is being stopped', { retryAfterSeconds: 5 }));
    }
  }

  #next(): Waiting | undefined {
    const [one, other] = this.#wasUrgent ? [this.#ordinary, this.#urgent] : [this.#urgent, this.#ordinary];
    const from = one.length > 0 ? one : other;
    this.#wasUrgent = from === this.#urgent;
    return from.shift();
  }

  #turn(line: Waiting[], signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = () => {
        line.splice(line.indexOf(waiting), 1);
        reject(new RequestError('stopping', 'The client is gone'));
      };
      const done = () => signal?.removeEventListener('abort', abort);
      const waiting: Waiting = {
        start: () => {
          done();
          resolve();
        },
        refuse: (error) => {
          done();
          reject(error);
        },
      };
      if (signal?.aborted) {
        reject(new RequestError('stopping', 'The client is gone'));
        return;
      }
      signal?.addEventListener('abort', abort, { once: true });
      line.push(waiting);
    });
  }
}
