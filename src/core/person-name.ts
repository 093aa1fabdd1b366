const MAX_LENGTH = 200;

/** Control characters, line and paragraph separators, and halves of surrogate pairs, which UTF-8 cannot hold. */
const FORBIDDEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u;
/** What turns the order of letters round: embeddings, overrides and isolates of Unicode UAX #9. */
const REORDERING = /[\u202A-\u202E\u2066-\u2069]/u;

/**
 * The form in which a name is kept and compared: Unicode NFC, without white space at its ends.
 * ensures  1 to 200 characters (code points), none of them a control character
 * throws   TypeError, RangeError; their messages do not repeat the name
 */
export function normalizeName(name: string): string {
  if (typeof name !== 'string')
    throw new TypeError(`Expected a name as a string but received ${typeof name}`);
  const normal = name.normalize('NFC').trim();
  const length = [...normal].length;
  if (length < 1 || length > MAX_LENGTH) {
    throw new RangeError(`Expected a name of 1 to ${MAX_LENGTH} characters but received ${length}`);
  }
  refuse(FORBIDDEN, normal, 'control characters');
  return normal;
}

/**
 * The same for a name that somebody is given: it must not be read as another. Names of before may hold such characters,
 * and are looked up, forgotten and imported all the same.
 * throws   TypeError, RangeError; their messages do not repeat the name
 */
export function normalizeNewName(name: string): string {
  const normal = normalizeName(name);
  refuse(REORDERING, normal, 'characters that turn the order of letters round');
  return normal;
}

function refuse(what: RegExp, name: string, described: string): void {
  const found = what.exec(name);
  if (!found) return;
  const code = found[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
  throw new RangeError(`Expected a name without ${described} but received one with U+${code}`);
}
