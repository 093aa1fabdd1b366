import { ValueProblem } from './value-problem.ts';

/** A list or tuple of text. */
export interface Texts {
  readonly kind: 'list' | 'tuple';
  readonly items: string[];
}

type Value = string | Texts;

const MARK = Symbol('mark');

/** More is no list of people's names, and would fill the memory. */
const MAX_VALUES = 2_000_000;

/**
 * Stack and memo of a pickle whose only values are texts, and lists and tuples of them. Nothing is deeper than that:
 * a list in a list is refused when it is put there.
 * Every method throws ValueProblem for what does not fit together, other values, and more than 2 million of anything.
 */
export class PickleStack {
  readonly #stack: (Value | typeof MARK)[] = [];
  readonly #memo = new Map<number, Value>();
  /** In all lists and tuples together. */
  #items = 0;

  get size(): number {
    return this.#stack.length;
  }

  /** The uppermost values, as far as they are texts. */
  textsOnTop(count: number): readonly string[] {
    return this.#stack.slice(-count).filter((value) => typeof value === 'string');
  }

  push(value: string): void {
    this.#push(value);
  }

  mark(): void {
    this.#push(MARK);
  }

  pushNew(kind: Texts['kind'], items: string[] = []): void {
    this.#push({ kind, items });
  }

  pop(): Value {
    const value = this.#top();
    this.#stack.pop();
    return value;
  }

  /** The texts above the last mark, which goes too. */
  popToMark(): string[] {
    return this.#counted(this.#stack.splice(this.#lastMark()).slice(1));
  }

  popTexts(count: number): string[] {
    if (count > this.#stack.length) throw malformed();
    return this.#counted(this.#stack.splice(-count));
  }

  /** Forgets the uppermost, be it a value or a mark. */
  drop(): void {
    if (this.#stack.length === 0) throw malformed();
    this.#stack.pop();
  }

  dropToMark(): void {
    this.#stack.length = this.#lastMark();
  }

  duplicate(): void {
    this.#push(this.#top());
  }

  /** To the list that is uppermost. */
  append(items: readonly string[]): void {
    const list = this.#top();
    if (typeof list === 'string' || list.kind !== 'list') throw malformed();
    for (const item of items) list.items.push(item);
  }

  /** Keeps the uppermost value under a number; by default the next. */
  keep(index: number = this.#memo.size): void {
    this.#memo.set(index, this.#top());
    if (this.#memo.size > MAX_VALUES) throw tooMany();
  }

  recall(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) throw malformed();
    this.#push(value);
  }

  #push(value: Value | typeof MARK): void {
    if (this.#stack.push(value) > MAX_VALUES) throw tooMany();
  }

  #top(): Value {
    const value = this.#stack.at(-1);
    if (value === undefined || value === MARK) throw malformed();
    return value;
  }

  #lastMark(): number {
    const mark = this.#stack.lastIndexOf(MARK);
    if (mark === -1) throw malformed();
    return mark;
  }

  #counted(values: readonly (Value | typeof MARK)[]): string[] {
    this.#items += values.length;
    if (this.#items > MAX_VALUES) throw tooMany();
    return values.map(requireText);
  }
}

function requireText(value: Value | typeof MARK): string {
  if (typeof value === 'string') return value;
  if (value === MARK) throw malformed();
  throw new ValueProblem('a list of text', `one with a ${value.kind} in it`);
}

function malformed(): ValueProblem {
  return new ValueProblem('a pickle as Python writes it', 'one whose parts do not fit together');
}

function tooMany(): ValueProblem {
  return new ValueProblem(`a list of at most ${MAX_VALUES} texts`, 'more');
}
