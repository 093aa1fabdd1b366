import { MAX_EMBEDDING_LENGTH } from './portable-format.ts';
import { ValueProblem } from './value-problem.ts';

/** What the header of a .npy file says of embeddings: one a row, row after row. */
export interface NpyHeader {
  readonly bytesPerNumber: 4 | 8;
  readonly littleEndian: boolean;
  readonly rows: number;
  readonly columns: number;
}

/**
 * Reads the header's text, the literal of a Python dict with exactly three keys:
 * `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 128), }`, padded with spaces and ended by a line feed
 * (numpy.org/neps/nep-0001-npy-format). Nothing else of Python's syntax is known here.
 * throws  ValueProblem for other text, and for arrays that are no rows of embeddings
 */
export function parseNpyHeader(text: string): NpyHeader {
  const { descr, fortran_order: isFortran, shape } = parseDict(text);
  const [order, bytes] = parseNumberType(descr);
  if (isFortran !== false) {
    const received =
      isFortran === true ? 'one in Fortran order; save numpy.ascontiguousarray(it)' : 'another';
    throw new ValueProblem('an array in C order', received);
  }
  if (!Array.isArray(shape) || shape.length !== 2) {
    const received = Array.isArray(shape) ? `one of ${shape.length} dimensions` : 'one without a shape';
    throw new ValueProblem('an array of two dimensions, one row an embedding,', received);
  }
  const [rows, columns] = shape as [number, number];
  if (columns < 1 || columns > MAX_EMBEDDING_LENGTH) {
    throw new ValueProblem(`rows of 1 to ${MAX_EMBEDDING_LENGTH} numbers`, `rows of ${columns}`);
  }
  return { bytesPerNumber: bytes, littleEndian: order === '<', rows, columns };
}

function parseNumberType(descr: Value | undefined): readonly ['<' | '>', 4 | 8] {
  const match = typeof descr === 'string' ? /^([<>])f([48])$/.exec(descr) : null;
  if (match) return [match[1] as '<' | '>', Number(match[2]) as 4 | 8];
  throw new ValueProblem("numbers of the type '<f4', '<f8', '>f4' or '>f8'", describeType(descr));
}

function describeType(descr: Value | undefined): string {
  if (typeof descr !== 'string') return 'another type';
  if (/^[<>|=]?O/.test(descr)) return 'Python objects, which only running code could read';
  return /^[<>|=]?[a-zA-Z]\d{0,6}$/.test(descr) ? `'${descr}'` : 'another type';
}

type Value = string | boolean | readonly number[];

const KEYS = ['descr', 'fortran_order', 'shape'] as const;
type Dict = { readonly [key in (typeof KEYS)[number]]?: Value };

/** One entry with the comma behind it; the last one may go without. `(3L, 128L)` is what Python 2 wrote. */
const ENTRY =
  /^\s*'([a-z_]{1,20})'\s*:\s*(?:'([^'\\]{0,40})'|(True|False)|\(([\dL,\s]{0,200})\))\s*(,|(?=\s*\}))/;
const DIMENSION = /^\s*(\d{1,15})L?\s*$/;

function parseDict(text: string): Dict {
  const problem = new ValueProblem('the header of a .npy array', 'another');
  const dict: Record<string, Value> = Object.create(null);
  let rest = text.trim();
  if (!rest.startsWith('{')) throw problem;
  for (rest = rest.slice(1); rest.trim() !== '}'; ) {
    const entry = ENTRY.exec(rest);
    if (!entry)
      throw describesFields(rest) ? new ValueProblem('an array of numbers', 'one of records') : problem;
    const [all, key = '', word, truth, tuple] = entry;
    if (!KEYS.some((known) => known === key) || key in dict) throw problem;
    const value = word ?? (truth === undefined ? parseTuple(tuple ?? '') : truth === 'True');
    if (value === null) throw problem;
    dict[key] = value;
    rest = rest.slice(all.length);
  }
  return dict;
}

/** A structured type is a list of fields. */
function describesFields(rest: string): boolean {
  return /^\s*'descr'\s*:\s*\[/.test(rest);
}

/** The numbers of `3, 128` or `3,`; null when they are none, or too large to be counted with. */
function parseTuple(text: string): readonly number[] | null {
  const parts = text.split(',');
  if (parts.at(-1)?.trim() === '') parts.pop();
  const numbers = parts.map((part) => Number(DIMENSION.exec(part)?.[1] ?? Number.NaN));
  return numbers.every(Number.isSafeInteger) ? numbers : null;
}
