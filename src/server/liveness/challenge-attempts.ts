import { RequestError } from '../problems.ts';

const WINDOW_MS = 10 * 60_000;
const MOST_CALLERS = 10_000;

/**
 * Counts challenges that nobody passed: a recording fits one sequence of steps in some hundred, so nobody may draw many.
 * Each counts from the moment it is drawn, because whoever does not like its steps goes away.
 */
export class ChallengeAttempts {
  readonly #most: number;
  readonly #now: () => number;
  /** When they were drawn, the oldest first. */
  readonly #drawn = new Map<string, number[]>();

  constructor({ most, now }: { readonly most: number; readonly now: () => number }) {
    this.#most = most;
    this.#now = now;
  }

  /** throws  RequestError('too_many_requests') */
  require(caller: string): void {
    const drawn = this.#recent(caller);
    if (drawn.length < this.#most) return;
    throw new RequestError(
      'too_many_requests',
      `Expected at most ${this.#most} challenges in ten minutes that nobody passed`,
      { retryAfterSeconds: Math.ceil((drawn[0]! + WINDOW_MS - this.#now()) / 1000) },
    );
  }

  /** Counts one; it counts no more when what is returned is called, once it is passed. */
  begin(caller: string): () => void {
    const at = this.#now();
    // The newest last: the oldest goes when there are too many.
    const drawn = this.#recent(caller);
    this.#drawn.delete(caller);
    this.#drawn.set(caller, [...drawn, at]);
    if (this.#drawn.size > MOST_CALLERS) this.#drawn.delete(this.#drawn.keys().next().value!);
    return () => {
      const own = this.#recent(caller);
      const place = own.indexOf(at);
      if (place >= 0) this.#drawn.set(caller, own.toSpliced(place, 1));
    };
  }

  #recent(caller: string): readonly number[] {
    const now = this.#now();
    // Those of the future are of a clock that was set back since: they would lock a caller out until it caught up.
    return (this.#drawn.get(caller) ?? []).filter((at) => at > now - WINDOW_MS && at <= now);
  }
}
