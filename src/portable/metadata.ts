import { type JsonObject, MAX_METADATA_BYTES, MAX_METADATA_DEPTH } from '../ports/gallery.ts';
import { kindOf, ValueProblem } from './value-problem.ts';
import { isPlainObject } from './values.ts';

/**
 * A person's metadata: an object of any JSON values, of bounded size and depth.
 * ensures  no key is __proto__: an object put together key by key from it would get another prototype
 * throws   ValueProblem
 */
export function readMetadata(value: unknown, what: string): JsonObject {
  if (!isPlainObject(value)) throw new ValueProblem(`an object for ${what}`, kindOf(value));
  requireJson(value, what, MAX_METADATA_DEPTH);
  if (Buffer.byteLength(JSON.stringify(value)) > MAX_METADATA_BYTES) {
    throw new ValueProblem(`at most ${MAX_METADATA_BYTES} bytes of JSON for ${what}`, 'more');
  }
  return value as JsonObject;
}

function requireJson(value: unknown, what: string, depth: number): void {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return;
  if (typeof value === 'number' && Number.isFinite(value)) return;
  if (!Array.isArray(value) && !isPlainObject(value)) {
    throw new ValueProblem(`JSON values in ${what}`, kindOf(value));
  }
  if (depth === 0) {
    throw new ValueProblem(`at most ${MAX_METADATA_DEPTH} levels in ${what}`, 'more');
  }
  if (Object.hasOwn(value, '__proto__')) throw new ValueProblem(`no key __proto__ in ${what}`, 'one');
  for (const each of Object.values(value)) requireJson(each, what, depth - 1);
}
