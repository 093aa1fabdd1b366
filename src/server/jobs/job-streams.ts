/** Open streams of events, which would hold up the end of the server. */
export class JobStreams {
  readonly #open = new Set<() => void>();

  /** ensures  what says that the stream is over */
  add(end: () => void): () => void {
    this.#open.add(end);
    return () => this.#open.delete(end);
  }

  get count(): number {
    return this.#open.size;
  }

  endAll(): void {
    for (const end of [...this.#open]) end();
  }
}
