import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { type Command, InvalidArgumentError, type Option } from 'commander';
import { UsageError } from './exit-codes.ts';
import { alternatives, configurableOptions } from './options.ts';

/** Looked for in the working folder; $ACQUAINT_CONFIG names another. */
const DEFAULT_FILE = 'acquaint.json';

/** Paths in the file are meant from the folder it lies in. */
const pathKeys: ReadonlySet<string> = new Set(['gallery', 'models', 'keyFile']);

/**
 * Gives the options of `command` the values of the configuration file. The command line and the environment come
 * first, the file second, the defaults last.
 * throws  UsageError as `readConfiguration`
 */
export async function applyConfiguration(command: Command): Promise<void> {
  const known = new Set(command.options.map((option) => option.attributeName()));
  const isGiven = (key: string): boolean => /^(cli|env)$/.test(command.getOptionValueSource(key) ?? '');
  for (const [key, value] of await readConfiguration()) {
    if (!known.has(key) || [key, ...rivalsOf(key)].some(isGiven)) continue;
    command.setOptionValueWithSource(key, value, 'config');
  }
}

/**
 * What the configuration file says, checked; empty when there is none.
 * throws  UsageError naming file and key for what the file must not hold, and for a file that cannot be read
 */
export async function readConfiguration(): Promise<ReadonlyMap<string, unknown>> {
  const file = process.env.ACQUAINT_CONFIG || DEFAULT_FILE;
  const content = await readObject(file);
  const options = configurableOptions();
  const values = new Map<string, unknown>();
  for (const [key, value] of Object.entries(content)) {
    const option = options.get(key);
    if (option === undefined) {
      throw new UsageError(
        `${file}: expected keys out of ${[...options.keys()].join(', ')} but received ${JSON.stringify(key)}.`,
      );
    }
    const rival = rivalsOf(key).find((other) => values.has(other));
    if (rival !== undefined) {
      throw new UsageError(`${file}: expected one of ${rival} and ${key} but received both.`);
    }
    values.set(key, checkedValue(file, key, option, value));
  }
  return values;
}

function rivalsOf(key: string): readonly string[] {
  return alternatives.find((group) => group.includes(key))?.filter((other) => other !== key) ?? [];
}

async function readObject(file: string): Promise<object> {
  const text = await readText(file);
  if (text === null) return {};
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`${file}: expected JSON but ${(cause as Error).message}.`, { cause });
  }
  if (typeof content === 'object' && content !== null && !Array.isArray(content)) return content;
  throw new UsageError(`${file}: expected a JSON object but received ${JSON.stringify(content)}.`);
}

/** null when there is no file and nobody asked for one. */
async function readText(file: string): Promise<string | null> {
  try {
    return (await readFile(file, 'utf8')).replace(/^\ufeff/, '');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' && !process.env.ACQUAINT_CONFIG) return null;
    throw new UsageError(`${file}: expected a configuration file but it cannot be read (${code}).`, {
      cause,
    });
  }
}

function checkedValue(file: string, key: string, option: Option, value: unknown): unknown {
  const received = JSON.stringify(value);
  const refuse = (expected: string): UsageError =>
    new UsageError(`${file}: expected ${expected} for ${key} but received ${received}.`);
  if (option.isBoolean() || option.negate) {
    if (typeof value !== 'boolean') throw refuse('true or false');
    return value;
  }
  if (option.argChoices) {
    if (!option.argChoices.includes(value as string)) throw refuse(`one of ${option.argChoices.join(', ')}`);
    return value;
  }
  if (option.parseArg) return parsedValue(file, key, option.parseArg, received);
  if (typeof value !== 'string' || value === '') throw refuse('a text');
  return pathKeys.has(key) ? fromFolderOf(file, value) : value;
}

/** A number, by the parser of the option; as JSON, so that "5" in quotes is not taken for 5. */
function parsedValue(
  file: string,
  key: string,
  parse: NonNullable<Option['parseArg']>,
  json: string,
): unknown {
  try {
    return parse(json, undefined);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new UsageError(`${file}: ${key}: ${error.message}`, { cause: error });
  }
}

function fromFolderOf(file: string, path: string): string {
  const folder = dirname(file);
  return folder === '.' || isAbsolute(path) ? path : join(folder, path);
}
