const MAX_LENGTH = 200;

/**
 * Control characters, line and paragraph separators, halves of surrogate pairs, which UTF-8 cannot hold, and what turns
 * the order of letters round (Unicode UAX #9, embeddings, overrides and isolates): a name would be read as another.
 */
const FORBIDDEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202A-\u202E\u2066-\u2069]/u;

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
  const forbidden = FORBIDDEN.exec(normal);
  if (forbidden) {
    const code = forbidden[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
    throw new RangeError(`Expected a name without control characters but received one with U+${code}`);
  }
  return normal;
}
