import { normalizeName } from '../core/person-name.ts';
import { kindOf, ValueProblem } from './value-problem.ts';

/**
 * Readers of single values: what is not exactly what `what` must be is a ValueProblem. Each returns the value, typed.
 */

export type Fields = Readonly<Record<string, unknown>>;

/** An object with all of the required fields, perhaps some of the optional ones, and no other. */
export function readObject(
  value: unknown,
  what: string,
  required: readonly string[],
  optional: readonly string[] = [],
): Fields {
  if (!isPlainObject(value)) throw new ValueProblem(`an object for ${what}`, kindOf(value));
  const missing = required.find((key) => !Object.hasOwn(value, key));
  if (missing !== undefined) throw new ValueProblem(`the field ${missing} in ${what}`, 'none');
  if (Object.keys(value).some((key) => !required.includes(key) && !optional.includes(key))) {
    const known = [...required, ...optional].join(', ');
    throw new ValueProblem(`no other fields than ${known} in ${what}`, 'another');
  }
  return value;
}

export function isPlainObject(value: unknown): value is Fields {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

export function readWholeNumber(value: unknown, what: string, min: number, max: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  const received = typeof value === 'number' && Number.isFinite(value) ? String(value) : kindOf(value);
  throw new ValueProblem(`a whole number from ${min} to ${max} for ${what}`, received);
}

export function readFinite(value: unknown, what: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new ValueProblem(`a finite number for ${what}`, kindOf(value));
}

/** A moment exactly as Date's toISOString writes it. */
export function readMoment(value: unknown, what: string): string {
  if (typeof value === 'string' && value.length <= MOMENT_LENGTH) {
    const moment = new Date(value);
    if (!Number.isNaN(moment.getTime()) && moment.toISOString() === value) return value;
  }
  throw new ValueProblem(`a moment like 2026-01-31T12:00:00.000Z for ${what}`, kindOf(value));
}

/** Years beyond 9999 are written with a sign and six digits. */
const MOMENT_LENGTH = '+275760-09-13T00:00:00.000Z'.length;

export function readPattern(value: unknown, what: string, pattern: RegExp, expected: string): string {
  if (typeof value === 'string' && pattern.test(value)) return value;
  throw new ValueProblem(`${expected} for ${what}`, kindOf(value));
}

/** Bytes in base64 as Buffer writes it: with padding, without spaces, and no bits left over. */
export function readBase64(value: unknown, what: string, maxBytes: number): Buffer {
  if (typeof value !== 'string') throw new ValueProblem(`base64 for ${what}`, kindOf(value));
  if (value.length > Math.ceil(maxBytes / 3) * 4) {
    throw new ValueProblem(`at most ${maxBytes} bytes in base64 for ${what}`, kindOf(value));
  }
  const bytes = Buffer.from(value, 'base64');
  if (bytes.toString('base64') === value) return bytes;
  throw new ValueProblem(`base64 for ${what}`, 'other text');
}

/** The name in the form in which a gallery keeps it. throws  ValueProblem */
export function readName(value: unknown, what: string): string {
  const expected = `a name of 1 to 200 characters without control characters for ${what}`;
  if (typeof value !== 'string' || value.length > LONGEST_NAME)
    throw new ValueProblem(expected, kindOf(value));
  try {
    return normalizeName(value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ValueProblem(expected, 'another text');
  }
}

/** Far more than 200 characters and the white space around them: saves normalising megabytes. */
const LONGEST_NAME = 4096;
