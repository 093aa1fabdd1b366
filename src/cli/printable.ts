/** C0 and C1 controls and DEL: a name holding them could move the cursor, recolour or retitle the terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const controls = /[\u0000-\u001f\u007f-\u009f]/g;
/** Embeddings, overrides and isolates reach beyond the name and would turn the rest of the line around. */
const directionSpans = /[\u202a-\u202e\u2066-\u2069]/g;
const c1Controls = /[\u007f-\u009f]/g;

/**
 * Text from outside (names of people and files, messages with them) as one harmless line for a terminal.
 * Controls become their visible pictures (U+2400...); single direction marks and every letter stay.
 */
export function printable(text: string): string {
  return text.replace(directionSpans, '').replace(controls, pictureOf);
}

function pictureOf(control: string): string {
  const code = control.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '\u2421' : '\ufffd';
}

/** JSON on one line. What JSON.stringify leaves raw (DEL and C1 controls) is escaped too. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(
    c1Controls,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** So much of a face's id tells a person's faces apart; every command that takes an id takes its beginning. */
export function shortId(id: string): string {
  return id.slice(0, 8);
}

/** `2026-03-01 14:05` in local time. */
export function dateText(iso: string): string {
  const date = new Date(iso);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
