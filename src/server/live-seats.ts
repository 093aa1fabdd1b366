import { RequestError } from './problems.ts';

/** Sessions that look at a client's frames: so many at once. */
export class LiveSeats {
  readonly #most: number;
  #taken = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** throws  RequestError('busy') */
  require(): void {
    if (this.#taken < this.#most) return;
    throw new RequestError('busy', `Expected at most ${this.#most} live sessions at once`, {
      retryAfterSeconds: 5,
    });
  }

  /** Takes a seat until the connection closes. */
  take(connection: { on(event: 'close', left: () => void): unknown }): void {
    this.#taken++;
    connection.on('close', () => this.#taken--);
  }
}
