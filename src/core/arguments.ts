import { closestName } from './closest-name.ts';

/** What a value from outside is asked to be. unknown: whoever takes it looks at it. */
type PlainKind = 'string' | 'number' | 'boolean' | 'function' | 'array' | 'object' | 'signal';
export type Kind = PlainKind | `${PlainKind} or null` | 'unknown';

/** The kind of every option of a type: the compiler keeps names and kinds as the type has them. */
export type Kinds<Options> = {
  readonly [Name in keyof Options]-?: KindOf<Exclude<Options[Name], undefined>> | 'unknown';
};

type KindOf<Value> = null extends Value ? `${PlainKindOf<NonNullable<Value>>} or null` : PlainKindOf<Value>;

type PlainKindOf<Value> = [Value] extends [string]
  ? 'string'
  : [Value] extends [number]
    ? 'number'
    : [Value] extends [boolean]
      ? 'boolean'
      : [Value] extends [readonly unknown[]]
        ? 'array'
        : [Value] extends [(...given: never[]) => unknown]
          ? 'function'
          : [Value] extends [{ readonly aborted: boolean }]
            ? 'signal'
            : 'object';

const DESCRIPTIONS: Readonly<Record<PlainKind, string>> = {
  string: 'a string',
  number: 'a number',
  boolean: 'true or false',
  function: 'a function',
  array: 'an array',
  object: 'an object',
  signal: 'an AbortSignal',
};

/**
 * Callers without a compiler misspell options, which would be dropped without a word.
 * of      the function that takes the options
 * throws  TypeError unless they are an object with options of these names and kinds
 */
export function requireOptions<Options extends object>(
  of: string,
  options: Options,
  kinds: Kinds<Options>,
): void {
  requireKind(`the options of ${of}`, 'object', options);
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(kinds, name)) throw unknownOption(of, name, Object.keys(kinds));
    requireKind(name, kinds[name as keyof Options], value);
  }
}

/** throws  TypeError unless the value is an object whose fields of these names are of these kinds */
export function requireFields<Value extends object>(
  name: string,
  value: Value,
  kinds: Partial<Kinds<Value>>,
): void {
  requireKind(name, 'object', value);
  for (const [field, kind] of Object.entries(kinds)) {
    requireKind(`${name}.${field}`, kind as Kind, value[field as keyof Value]);
  }
}

/** throws  TypeError; its message repeats no text, which may be a name or a passphrase */
export function requireKind(name: string, kind: Kind, value: unknown): void {
  const plain = kind.replace(' or null', '') as PlainKind;
  if (kind === 'unknown' || isOfKind(plain, value) || (value === null && plain !== kind)) return;
  const expected = plain === kind ? DESCRIPTIONS[plain] : `${DESCRIPTIONS[plain]} or null`;
  throw refused(name, expected, value);
}

/** throws  TypeError unless the value is an array; what `requireItem` throws of an item */
export function requireArray<Item>(
  name: string,
  items: readonly Item[],
  requireItem: (name: string, item: Item) => void = () => {},
): void {
  requireKind(name, 'array', items);
  for (const [position, item] of items.entries()) requireItem(`${name}[${position}]`, item);
}

/** throws  TypeError */
export function requireBytes(name: string, value: unknown): void {
  if (!(value instanceof Uint8Array)) throw refused(name, 'a Uint8Array', value);
}

/** throws  TypeError */
export function requireString(name: string, value: unknown): void {
  requireKind(name, 'string', value);
}

/** throws  TypeError unless the value is an array, or other numbers in a row */
export function requireNumbers(name: string, value: unknown): void {
  if (Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))) return;
  throw refused(name, 'a Float32Array', value);
}

/** throws  TypeError unless the value is one of these */
export function requireOneOf(name: string, choices: readonly unknown[], value: unknown): void {
  if (choices.includes(value)) return;
  throw refused(name, choices.map((choice) => `'${String(choice)}'`).join(' or '), value);
}

/** `Expected … for … but received …` */
export function refused(name: string, expected: string, value: unknown): TypeError {
  return new TypeError(`Expected ${expected} for ${name} but received ${described(value)}`);
}

function isOfKind(kind: PlainKind, value: unknown): boolean {
  if (kind === 'array') return Array.isArray(value);
  if (kind === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  if (kind === 'signal') return isSignal(value);
  return typeof value === kind;
}

function isSignal(value: unknown): boolean {
  const { aborted, addEventListener } = Object(value) as Record<string, unknown>;
  return typeof aborted === 'boolean' && typeof addEventListener === 'function';
}

function described(value: unknown): string {
  if (typeof value === 'string') return value === '' ? 'an empty string' : 'a string';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'function' ? 'a function' : String(value);
}

function unknownOption(of: string, name: string, known: readonly string[]): TypeError {
  const closest = closestName(name, known);
  const advice = closest === null ? `it takes ${known.join(', ')}` : `did you mean ${closest}?`;
  return new TypeError(`Expected an option of ${of} but received ${name}; ${advice}`);
}
