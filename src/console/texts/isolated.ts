/** Letters of scripts that run from right to left: their blocks in Unicode, as its bidirectional algorithm (UAX 9) has them. */
const RIGHT_TO_LEFT = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;
const FIRST_STRONG_ISOLATE = '\u2068';
const POP_DIRECTIONAL_ISOLATE = '\u2069';

const isolated = (text: string) =>
  RIGHT_TO_LEFT.test(text) ? `${FIRST_STRONG_ISOLATE}${text}${POP_DIRECTIONAL_ISOLATE}` : text;

/** What is copied from the page is what was typed: names with isolates in them are nobody's. */
export function copyWithoutIsolates(event: ClipboardEvent): void {
  // What stands in a field has none.
  if (event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement) return;
  const selected = String(getSelection());
  const plain = selected.replace(/[\u2068\u2069]/gu, '');
  if (plain === selected) return;
  event.clipboardData?.setData('text/plain', plain);
  event.preventDefault();
}

function isolatedIn(value: unknown): unknown {
  if (typeof value === 'string') return isolated(value);
  if (Array.isArray(value)) return value.map(isolatedIn);
  if (typeof value !== 'object' || value === null) return value;
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, isolatedIn(inner)]));
}

/** The same texts; a Hebrew name in an English sentence does not turn the words beside it around. */
export function isolating<Texts extends object>(texts: Texts): Texts {
  const entries = Object.entries(texts).map(([key, value]: [string, unknown]) => {
    if (typeof value === 'function') {
      return [key, (...args: unknown[]) => value(...args.map(isolatedIn)) as unknown];
    }
    const isGroup = typeof value === 'object' && value !== null && !Array.isArray(value);
    return [key, isGroup ? isolating(value) : value];
  });
  return Object.fromEntries(entries) as Texts;
}
