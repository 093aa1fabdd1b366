import type { PersonDistance, Searcher, SearchRow } from '../ports/searcher.ts';

/** A searcher that follows changes without being built anew. */
export interface ExactSearcher extends Searcher {
  /** throws  RangeError for an embedding of another length */
  add(entry: SearchRow): void;
  /** Nothing happens when nobody has that id. */
  removePerson(personId: string): void;
}

/**
 * Compares with every embedding: O(rows * length) per search, no approximation. The embeddings are copied.
 * requires  length >= 1
 * throws    RangeError for a length that is none, or an embedding of another one
 */
export function createExactSearcher(rows: Iterable<SearchRow>, length: number): ExactSearcher {
  if (!Number.isInteger(length) || length < 1) {
    throw new RangeError(`Expected an embedding length of at least 1 but received ${length}`);
  }
  const searcher = new PackedSearcher(length);
  for (const entry of rows) searcher.add(entry);
  return searcher;
}

const FIRST_CAPACITY = 64;

/** Row r of `values` (`length` numbers) belongs to the person `personIds[owners[r]]`. */
class PackedSearcher implements ExactSearcher {
  readonly #length: number;
  #rows = 0;
  #values: Float32Array;
  #owners = new Int32Array(FIRST_CAPACITY);
  readonly #personIds: string[] = [];
  readonly #personIndex = new Map<string, number>();

  constructor(length: number) {
    this.#length = length;
    this.#values = new Float32Array(FIRST_CAPACITY * length);
  }

  get peopleCount(): number {
    return this.#personIds.length;
  }

  get rowCount(): number {
    return this.#rows;
  }

  add({ personId, embedding }: SearchRow): void {
    this.#requireLength(embedding);
    if (this.#rows === this.#owners.length) this.#grow();
    let person = this.#personIndex.get(personId);
    if (person === undefined) {
      person = this.#personIds.push(personId) - 1;
      this.#personIndex.set(personId, person);
    }
    this.#values.set(embedding, this.#rows * this.#length);
    this.#owners[this.#rows++] = person;
  }

  removePerson(personId: string): void {
    const removed = this.#personIndex.get(personId);
    if (removed === undefined) return;
    const last = this.#personIds.length - 1;
    const lastId = this.#personIds.pop()!;
    this.#personIndex.delete(personId);
    if (removed !== last) {
      this.#personIds[removed] = lastId;
      this.#personIndex.set(lastId, removed);
    }
    this.#dropRows(removed, last);
  }

  search(embedding: Float32Array, k: number): readonly PersonDistance[] {
    this.#requireLength(embedding);
    if (!Number.isInteger(k) || k < 1) throw new RangeError(`Expected k of at least 1 but received ${k}`);
    return this.#nearest(this.#squaredDistances(embedding), k);
  }

  #requireLength(embedding: Float32Array): void {
    if (embedding.length !== this.#length) {
      throw new RangeError(
        `Expected an embedding of ${this.#length} numbers but received one of ${embedding.length}`,
      );
    }
  }

  #grow(): void {
    const values = new Float32Array(this.#values.length * 2);
    const owners = new Int32Array(this.#owners.length * 2);
    values.set(this.#values);
    owners.set(this.#owners);
    this.#values = values;
    this.#owners = owners;
  }

  /** Closes the gaps of `removed`, gives its index to the rows of `last`, and wipes what is left over. */
  #dropRows(removed: number, last: number): void {
    const length = this.#length;
    let kept = 0;
    for (let row = 0; row < this.#rows; row++) {
      const owner = this.#owners[row]!;
      if (owner === removed) continue;
      this.#owners[kept] = owner === last ? removed : owner;
      if (kept !== row) this.#values.copyWithin(kept * length, row * length, (row + 1) * length);
      kept++;
    }
    this.#values.fill(0, kept * length, this.#rows * length);
    this.#rows = kept;
  }

  /** By person: the square of the distance of the nearest row. */
  #squaredDistances(embedding: Float32Array): Float64Array {
    const nearest = new Float64Array(this.#personIds.length).fill(Number.POSITIVE_INFINITY);
    const values = this.#values;
    const length = this.#length;
    for (let row = 0, at = 0; row < this.#rows; row++) {
      let sum = 0;
      for (let i = 0; i < length; i++, at++) {
        const difference = embedding[i]! - values[at]!;
        sum += difference * difference;
      }
      const owner = this.#owners[row]!;
      if (sum < nearest[owner]!) nearest[owner] = sum;
    }
    return nearest;
  }

  /** Keeps a sorted list of the best k: nearly always one comparison per person. */
  #nearest(squared: Float64Array, k: number): PersonDistance[] {
    const best: PersonDistance[] = [];
    squared.forEach((square, person) => {
      const candidate = { personId: this.#personIds[person]!, distance: Math.sqrt(square) };
      if (best.length === k && !isBefore(candidate, best[k - 1]!)) return;
      best.splice(insertionIndex(best, candidate), 0, candidate);
      if (best.length > k) best.pop();
    });
    return best;
  }
}

function isBefore(a: PersonDistance, b: PersonDistance): boolean {
  return a.distance < b.distance || (a.distance === b.distance && a.personId < b.personId);
}

function insertionIndex(sorted: readonly PersonDistance[], candidate: PersonDistance): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(candidate, sorted[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
