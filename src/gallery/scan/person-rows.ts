const NONE = -1;
const FIRST_CAPACITY = 64;

/**
 * Which rows belong to whom. The rows of a person are a list that runs both ways through typed arrays, so that any row
 * can be taken out or renumbered in constant time. People go by number; a removed person's number is used again.
 */
export class PersonRows {
  readonly #ids: string[] = [];
  readonly #firstRows: number[] = [];
  readonly #freed: number[] = [];
  readonly #byId = new Map<string, number>();
  #owners = new Int32Array(FIRST_CAPACITY);
  #next = new Int32Array(FIRST_CAPACITY);
  #previous = new Int32Array(FIRST_CAPACITY);

  get peopleCount(): number {
    return this.#byId.size;
  }

  /** The person's number, or undefined. */
  find(personId: string): number | undefined {
    return this.#byId.get(personId);
  }

  idOf(person: number): string {
    return this.#ids[person]!;
  }

  ownerOf(row: number): number {
    return this.#owners[row]!;
  }

  /** The person's rows, the youngest first. */
  *rowsOf(person: number): Iterable<number> {
    for (let row = this.#firstRows[person]!; row !== NONE; row = this.#next[row]!) yield row;
  }

  /** A row of the person, or undefined. */
  anyRowOf(person: number): number | undefined {
    const row = this.#firstRows[person]!;
    return row === NONE ? undefined : row;
  }

  /** The person's number; new people get one. */
  ensure(personId: string): number {
    const known = this.#byId.get(personId);
    if (known !== undefined) return known;
    const person = this.#freed.pop() ?? this.#ids.length;
    this.#ids[person] = personId;
    this.#firstRows[person] = NONE;
    this.#byId.set(personId, person);
    return person;
  }

  /** requires  a row that is nobody's */
  attach(row: number, person: number): void {
    while (row >= this.#owners.length) this.#grow();
    const first = this.#firstRows[person]!;
    this.#owners[row] = person;
    this.#next[row] = first;
    this.#previous[row] = NONE;
    if (first !== NONE) this.#previous[first] = row;
    this.#firstRows[person] = row;
  }

  detach(row: number): void {
    const next = this.#next[row]!;
    const previous = this.#previous[row]!;
    if (next !== NONE) this.#previous[next] = previous;
    if (previous === NONE) this.#firstRows[this.#owners[row]!] = next;
    else this.#next[previous] = next;
  }

  /** Gives the row `from` the number `to`. requires  `to` is nobody's */
  renumber(from: number, to: number): void {
    const person = this.#owners[from]!;
    this.detach(from);
    this.attach(to, person);
  }

  /** requires  a person without rows */
  remove(person: number): void {
    this.#byId.delete(this.#ids[person]!);
    this.#ids[person] = '';
    this.#freed.push(person);
  }

  #grow(): void {
    const twice = (array: Int32Array<ArrayBuffer>) => {
      const larger = new Int32Array(array.length * 2);
      larger.set(array);
      return larger;
    };
    this.#owners = twice(this.#owners);
    this.#next = twice(this.#next);
    this.#previous = twice(this.#previous);
  }
}
