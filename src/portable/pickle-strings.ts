import { ValueProblem } from './value-problem.ts';

/** The texts of pickles in their several spellings. */

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** throws  ValueProblem for bytes that are not UTF-8 */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new ValueProblem('text in UTF-8', 'other bytes');
  }
}

/** A str of Python 2: UTF-8 where it is that, else Latin-1, in which every byte is a letter. */
export function decodeByteString(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  }
}

/** A line of UNICODE: Latin-1 with \uXXXX and \UXXXXXXXX, which also stand for line feed and backslash. */
export function decodeRawUnicode(line: string): string {
  return line.replace(/\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g, (_, short?: string, long?: string) => {
    const code = Number.parseInt(short ?? long ?? '', 16);
    if (code > 0x10ffff) throw new ValueProblem('text of Unicode characters', 'a code beyond them');
    // Half of a pair becomes whole with its neighbour: so Python 2 wrote what lies beyond U+FFFF.
    return short === undefined ? String.fromCodePoint(code) : String.fromCharCode(code);
  });
}

const ESCAPES: ReadonlyMap<string, number> = new Map([
  ['\\', 0x5c],
  ["'", 0x27],
  ['"', 0x22],
  ['a', 0x07],
  ['b', 0x08],
  ['f', 0x0c],
  ['n', 0x0a],
  ['r', 0x0d],
  ['t', 0x09],
  ['v', 0x0b],
]);

/** A line of STRING: a literal of Python 2 in its quotes. throws  ValueProblem */
export function decodeQuoted(line: string): string {
  const quoted = /^(['"])(.*)\1$/s.exec(line);
  if (!quoted) throw new ValueProblem('text in quotes', 'other text');
  const [, quote, inner = ''] = quoted;
  const bytes: number[] = [];
  for (let i = 0; i < inner.length; ) {
    const character = inner[i]!;
    if (character === quote) throw new ValueProblem('text in quotes', 'quotes within');
    const escaped = character === '\\' ? parseEscape(inner, i + 1) : null;
    bytes.push(escaped ? escaped.byte : character.charCodeAt(0));
    i = escaped ? escaped.next : i + 1;
  }
  return decodeByteString(Uint8Array.from(bytes));
}

/** What follows a backslash. */
function parseEscape(text: string, at: number): { readonly byte: number; readonly next: number } {
  const hexadecimal = /^x([0-9a-fA-F]{2})/.exec(text.slice(at, at + 3));
  if (hexadecimal) return { byte: Number.parseInt(hexadecimal[1]!, 16), next: at + 3 };
  const byte = ESCAPES.get(text[at] ?? '');
  if (byte === undefined) throw new ValueProblem('text as Python writes it', 'an unknown escape');
  return { byte, next: at + 1 };
}
