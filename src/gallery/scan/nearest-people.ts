import type { PersonDistance } from '../../ports/searcher.ts';

interface Nearest extends PersonDistance {
  readonly person: number;
}

/**
 * The k nearest people of those offered, each by its nearest row; ties by id. A heap whose top is the farthest of them;
 * people go by number, so that a nearer row of somebody who is in it is found.
 */
export class NearestPeople {
  readonly #k: number;
  readonly #heap: Nearest[] = [];
  readonly #places = new Map<number, number>();

  constructor(k: number) {
    this.#k = k;
  }

  /** What is farther changes nothing; Infinity until there are k people. What is as far may win by its id. */
  get limit(): number {
    return this.#heap.length < this.#k ? Number.POSITIVE_INFINITY : this.#heap[0]!.distance;
  }

  offer(person: number, personId: string, distance: number): void {
    const entry = { person, personId, distance };
    const place = this.#places.get(person);
    if (place !== undefined) {
      if (distance < this.#heap[place]!.distance) this.#sink(entry, place);
    } else if (this.#heap.length < this.#k) {
      this.#rise(entry, this.#heap.length);
    } else if (isBefore(entry, this.#heap[0]!)) {
      this.#places.delete(this.#heap[0]!.person);
      this.#sink(entry, 0);
    }
  }

  /** Nearest first. */
  sorted(): readonly PersonDistance[] {
    return this.#heap
      .toSorted((a, b) => (isBefore(a, b) ? -1 : 1))
      .map(({ personId, distance }) => ({ personId, distance }));
  }

  /** Puts the entry at `place` or, past nearer ones, further up. */
  #rise(entry: Nearest, place: number): void {
    let at = place;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!isBefore(this.#heap[above]!, entry)) break;
      this.#put(this.#heap[above]!, at);
      at = above;
    }
    this.#put(entry, at);
  }

  /** Puts the entry at `place` or, past farther ones, further down. */
  #sink(entry: Nearest, place: number): void {
    let at = place;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= this.#heap.length) break;
      if (below + 1 < this.#heap.length && isBefore(this.#heap[below]!, this.#heap[below + 1]!)) below++;
      if (!isBefore(entry, this.#heap[below]!)) break;
      this.#put(this.#heap[below]!, at);
      at = below;
    }
    this.#put(entry, at);
  }

  #put(entry: Nearest, place: number): void {
    this.#heap[place] = entry;
    this.#places.set(entry.person, place);
  }
}

function isBefore(a: PersonDistance, b: PersonDistance): boolean {
  return a.distance < b.distance || (a.distance === b.distance && a.personId < b.personId);
}
