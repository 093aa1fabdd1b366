import { RequestError } from './problems.ts';

/** A place in the queue: taken before a request's body is read, given back when it was answered. */
export interface Place {
  /** Waits for its turn, then works. throws  RequestError('stopping') when the server ends first */
  run<T>(work: () => Promise<T>): Promise<T>;
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
  readonly #waiting: Waiting[] = [];
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
    return this.#waiting.length;
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
    let isHere = true;
    return {
      run: (work) => this.run(work),
      leave: () => {
        if (isHere) this.#places--;
        isHere = false;
      },
    };
  }

  /** For work that has no place: it waits behind the others, or `first` before them. */
  async run<T>(work: () => Promise<T>, { first = false }: { readonly first?: boolean } = {}): Promise<T> {
    if (this.#working >= this.#atOnce) await this.#turn(first);
    else this.#working++;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      // Whoever is next takes over the turn.
      if (next) next.start();
      else this.#working--;
    }
  }

  /** Refuses whoever waits. */
  close(): void {
    for (const { refuse } of this.#waiting.splice(0)) {
      refuse(new RequestError('stopping', 'The server is being stopped', { retryAfterSeconds: 5 }));
    }
  }

  #turn(first: boolean): Promise<void> {
    return new Promise((start, refuse) => {
      if (first) this.#waiting.unshift({ start, refuse });
      else this.#waiting.push({ start, refuse });
    });
  }
}
