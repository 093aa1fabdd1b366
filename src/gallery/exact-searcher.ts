import { euclideanDistance } from '../core/distance.ts';
import type { PersonDistance, Searcher, SearchOptions, SearchRow } from '../ports/searcher.ts';
import { NearestPeople } from './scan/nearest-people.ts';
import { PersonRows } from './scan/person-rows.ts';
import type { ScanKind } from './scan/row-block.ts';
import { RowBlocks } from './scan/row-blocks.ts';
import { LONGEST_EMBEDDING } from './scan/scan-kernel.ts';

/** A searcher that follows changes without being built anew. */
export interface ExactSearcher extends Searcher {
  /** throws  RangeError for an embedding of another length, and when there is no memory left */
  add(row: SearchRow): void;
  /** Takes time for the person's rows only, and leaves no number of them in memory. Nothing happens when nobody has that id. */
  removePerson(personId: string): void;
  /**
   * The person has these rows from now on; without any it is removed.
   * throws  RangeError for an embedding of another length, and nothing is changed then
   */
  replacePerson(personId: string, embeddings: readonly Float32Array[]): void;
  /** Copies of the person's rows, in no order; none for nobody. */
  embeddingsOf(personId: string): readonly Float32Array[];
}

export interface ExactSearcherOptions {
  /** How rows are ruled out; the answers are the same (docs/decisions/0009-exact-scan.md). Default int8. */
  readonly scan?: ScanKind;
}

/** Of fewer people than this share, comparing with each of their rows is faster than the scan. */
const FEW = 1 / 32;

/**
 * Compares with every embedding, no approximation: a scan (gallery/scan/) rules out the rows that are surely too far,
 * `euclideanDistance` judges the others. The embeddings are copied.
 * requires  1 <= length <= 65536; finite numbers
 * throws    RangeError for a length that is none, or an embedding of another one
 */
export function createExactSearcher(
  rows: Iterable<SearchRow>,
  length: number,
  { scan = 'int8' }: ExactSearcherOptions = {},
): ExactSearcher {
  if (!Number.isInteger(length) || length < 1 || length > LONGEST_EMBEDDING) {
    throw new RangeError(`Expected an embedding length of 1 to ${LONGEST_EMBEDDING} but received ${length}`);
  }
  const searcher = new ScanningSearcher(length, scan);
  for (const row of rows) searcher.add(row);
  return searcher;
}

class ScanningSearcher implements ExactSearcher {
  readonly #length: number;
  readonly #rows: RowBlocks;
  readonly #people = new PersonRows();

  constructor(length: number, scan: ScanKind) {
    this.#length = length;
    this.#rows = new RowBlocks(length, scan);
  }

  get peopleCount(): number {
    return this.#people.peopleCount;
  }

  get rowCount(): number {
    return this.#rows.rowCount;
  }

  add({ personId, embedding }: SearchRow): void {
    this.#requireLength(embedding);
    const row = this.#rows.add(embedding);
    this.#people.attach(row, this.#people.ensure(personId));
  }

  removePerson(personId: string): void {
    const person = this.#people.find(personId);
    if (person === undefined) return;
    for (let row = this.#people.anyRowOf(person); row !== undefined; row = this.#people.anyRowOf(person)) {
      this.#removeRow(row);
    }
    this.#people.remove(person);
    this.#rows.shrink();
  }

  replacePerson(personId: string, embeddings: readonly Float32Array[]): void {
    for (const embedding of embeddings) this.#requireLength(embedding);
    this.removePerson(personId);
    for (const embedding of embeddings) this.add({ personId, embedding });
  }

  embeddingsOf(personId: string): readonly Float32Array[] {
    const person = this.#people.find(personId);
    if (person === undefined) return [];
    return Array.from(this.#people.rowsOf(person), (row) => this.#rows.embedding(row).slice());
  }

  search(embedding: Float32Array, k: number, options?: SearchOptions): readonly PersonDistance[] {
    return this.searchBatch([embedding], k, options)[0]!;
  }

  searchBatch(
    embeddings: readonly Float32Array[],
    k: number,
    { among }: SearchOptions = {},
  ): readonly (readonly PersonDistance[])[] {
    for (const embedding of embeddings) this.#requireLength(embedding);
    if (!Number.isInteger(k) || k < 1) throw new RangeError(`Expected k of at least 1 but received ${k}`);
    if (among === undefined) return this.#scan(embeddings, k, () => true);
    if (among.size <= this.peopleCount * FEW) {
      return embeddings.map((embedding) => this.#compareWith(among, embedding, k));
    }
    return this.#scan(embeddings, k, (personId) => among.has(personId));
  }

  #scan(
    embeddings: readonly Float32Array[],
    k: number,
    isSought: (personId: string) => boolean,
  ): readonly (readonly PersonDistance[])[] {
    const found = embeddings.map(() => new NearestPeople(k));
    const queries = embeddings.map((embedding) => ({ embedding, limit: Number.POSITIVE_INFINITY }));
    this.#rows.scan(queries, (query, row) => {
      const nearest = found[query]!;
      const person = this.#people.ownerOf(row);
      const personId = this.#people.idOf(person);
      if (isSought(personId)) {
        nearest.offer(person, personId, euclideanDistance(embeddings[query]!, this.#rows.embedding(row)));
      }
      return nearest.limit;
    });
    return found.map((nearest) => nearest.sorted());
  }

  #compareWith(among: ReadonlySet<string>, embedding: Float32Array, k: number): readonly PersonDistance[] {
    const nearest = new NearestPeople(k);
    for (const personId of among) {
      const person = this.#people.find(personId);
      if (person === undefined) continue;
      for (const row of this.#people.rowsOf(person)) {
        nearest.offer(person, personId, euclideanDistance(embedding, this.#rows.embedding(row)));
      }
    }
    return nearest.sorted();
  }

  /** The last row takes the number of the removed one. */
  #removeRow(row: number): void {
    const last = this.#rows.rowCount - 1;
    this.#people.detach(row);
    if (row !== last) this.#people.renumber(last, row);
    this.#rows.removeByLast(row);
  }

  #requireLength(embedding: Float32Array): void {
    if (embedding.length !== this.#length) {
      throw new RangeError(
        `Expected an embedding of ${this.#length} numbers but received one of ${embedding.length}`,
      );
    }
  }
}
