import type { Recognizer } from '../index.ts';

/**
 * The recognizers of the gallery's collections, each opened when first asked for, all on one recognizer's nets and
 * threads.
 */
export class OpenCollections {
  readonly main: Recognizer;
  readonly #open = new Map<string, Promise<Recognizer>>();

  constructor(main: Recognizer) {
    this.main = main;
    this.#open.set(main.gallery.collection, Promise.resolve(main));
  }

  /** throws  AcquaintError('collection_not_found'); RangeError for a name that is none */
  get(name: string): Promise<Recognizer> {
    return this.#open.get(name) ?? this.#opened(name, false);
  }

  /** Makes the collection if there is none. */
  async create(name: string): Promise<Recognizer> {
    return this.#open.get(name) ?? this.#opened(name, true);
  }

  /** Erases a collection with everybody in it. throws  RangeError for the one that the server was started with */
  async drop(name: string) {
    if (name === this.main.gallery.collection) {
      throw new RangeError(`Expected another collection than ${name}, which this server was started with`);
    }
    const erasure = await this.main.gallery.dropCollection(name);
    const open = this.#open.get(name);
    this.#open.delete(name);
    await (await open?.catch(() => null))?.close();
    return erasure;
  }

  /** Erases whoever's time is over, in every collection that is open. */
  async sweep(): Promise<void> {
    for (const opened of [...this.#open.values()]) await (await opened).gallery.sweep();
  }

  async close(): Promise<void> {
    for (const opened of this.#open.values()) {
      const recognizer = await opened.catch(() => null);
      if (recognizer !== this.main) await recognizer?.close();
    }
    await this.main.close();
  }

  #opened(name: string, create: boolean): Promise<Recognizer> {
    const opening = this.main.openCollection(name, { create });
    this.#open.set(name, opening);
    // What could not be opened may be there the next time.
    opening.catch(() => this.#open.delete(name));
    return opening;
  }
}
