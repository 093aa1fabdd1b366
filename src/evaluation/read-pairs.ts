import { readFile, stat } from 'node:fs/promises';
import { dirname, extname, isAbsolute, join } from 'node:path';
import { requireString } from '../core/arguments.ts';
import { AcquaintError } from '../errors.ts';

/** Two pictures, and whether they show one person. */
export interface PicturePair {
  readonly a: string;
  readonly b: string;
  readonly same: boolean;
  /** Pairs of one fold are measured at a threshold chosen on the other folds. */
  readonly fold: number;
}

const LFW_LINES = '"name i j" or "name i name j", by tabulators';

/** Where the archives of LFW keep the folders of people. */
const LFW_PICTURE_FOLDERS = ['images', 'lfw', 'lfw-deepfunneled', 'lfw_funneled'];

/**
 * The pairs of LFW's protocol: `pairs.txt` in `folder`, whose first line says how many folds of how many pairs of
 * each kind follow; "name i j" are two pictures of one person, "name i name j" of two.
 * throws  AcquaintError('bad_pairs') naming the line, or the file when it cannot be read
 */
export async function readLfwPairs(folder: string): Promise<readonly PicturePair[]> {
  requireString('folder', folder);
  const path = join(folder, 'pairs.txt');
  const [first = '', ...lines] = linesOf(await readText(path));
  const header = /^(\d+)\s+(\d+)$/.exec(first.trim());
  if (!header) {
    throw badPairs(path, 1, 'the numbers of folds and of pairs in each ("10 300")', first);
  }
  const [folds, perKind] = [Number(header[1]), Number(header[2])];
  if (folds === 0 || perKind === 0)
    throw badPairs(path, 1, 'one fold of one pair of each kind at least', first);
  const pictures = await lfwPictures(folder);
  const numbered = lines.map((line, i) => ({ line: line.trim(), number: i + 2 })).filter(({ line }) => line);
  const pairs = numbered.map(({ line, number }, i): PicturePair => {
    const fields = line.split('\t');
    const fold = Math.floor(i / (2 * perKind));
    const picture = (name: string | undefined, index: string | undefined): string => {
      if (!name || !/^\d+$/.test(index ?? '')) {
        throw badPairs(path, number, LFW_LINES, line);
      }
      return join(pictures, name, `${name}_${index!.padStart(4, '0')}.jpg`);
    };
    const [name, one, two, three] = fields;
    if (fields.length === 3) return { a: picture(name, one), b: picture(name, two), same: true, fold };
    if (fields.length > 4) throw badPairs(path, number, LFW_LINES, line);
    return { a: picture(name, one), b: picture(two, three), same: false, fold };
  });
  if (pairs.length !== folds * 2 * perKind) {
    throw new AcquaintError(
      'bad_pairs',
      `${path} promises ${folds * 2 * perKind} pairs but holds ${pairs.length}; get the file again`,
    );
  }
  return pairs;
}

async function lfwPictures(folder: string): Promise<string> {
  for (const name of LFW_PICTURE_FOLDERS) {
    const candidate = join(folder, name);
    const found = await stat(candidate).catch(() => null);
    if (found?.isDirectory()) return candidate;
  }
  return folder;
}

/** Pairs of a file of one's own are spread over so many folds. */
const FOLDS = 10;

const SAME: ReadonlySet<string> = new Set(['1', 'true', 'yes', 'same']);
const DIFFERENT: ReadonlySet<string> = new Set(['0', 'false', 'no', 'different']);

/**
 * Pairs from a CSV file: two paths, from the file's own folder, and whether they show one person (1 or 0, true or
 * false, yes or no, same or different). A first line of titles, not of names with an extension, is skipped, as are empty
 * lines and lines behind a #.
 * throws  AcquaintError('bad_pairs') naming the line, or the file when it cannot be read
 */
export async function readPairs(path: string): Promise<readonly PicturePair[]> {
  requireString('path', path);
  const { CsvError, parse } = await import('csv-parse/sync');
  const text = await readText(path);
  let rows: { readonly info: { readonly lines: number }; readonly record: readonly string[] }[];
  try {
    rows = parse(text, {
      bom: true,
      comment: '#',
      comment_no_infix: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as typeof rows;
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new AcquaintError('bad_pairs', `${path} is not a CSV file: ${cause.message}`, { cause });
  }
  const located = (name: string): string => (isAbsolute(name) ? name : join(dirname(path), name));
  const pairs = rows.flatMap(({ record, info: { lines } }, i): Omit<PicturePair, 'fold'>[] => {
    const [a = '', b = '', kind = ''] = record;
    const word = kind.toLowerCase();
    if (i === 0 && isTitles(record)) return [];
    if (record.length === 3 && a && b && (SAME.has(word) || DIFFERENT.has(word))) {
      return [{ a: located(a), b: located(b), same: SAME.has(word) }];
    }
    throw badPairs(path, lines, 'two pictures and 1 or 0: "a.jpg,b.jpg,1"', record.join(','));
  });
  if (pairs.length === 0)
    throw new AcquaintError('bad_pairs', `${path} holds no pairs: expected lines like "a.jpg,b.jpg,1"`);
  return withFolds(pairs);
}

/** `a,b,same` or `picture 1,picture 2,truth`, but neither `a.jpg,b.jpg,perhaps` nor `a,b,1`. */
function isTitles(record: readonly string[]): boolean {
  const [a = '', b = '', kind = ''] = record;
  return (
    record.length === 3 && extname(a) === '' && extname(b) === '' && !/^(0|1|true|false|yes|no)$/i.test(kind)
  );
}

/** Both kinds go round the folds in turn, so that every fold has its share of each. */
function withFolds(pairs: readonly Omit<PicturePair, 'fold'>[]): readonly PicturePair[] {
  const seen = { same: 0, different: 0 };
  return pairs.map((pair) => ({ ...pair, fold: seen[pair.same ? 'same' : 'different']++ % FOLDS }));
}

const LONGEST_QUOTE = 80;

function badPairs(path: string, line: number, expected: string, found: string): AcquaintError {
  const quote = found.length > LONGEST_QUOTE ? `${found.slice(0, LONGEST_QUOTE)}…` : found;
  return new AcquaintError('bad_pairs', `${path}, line ${line}: expected ${expected} but found "${quote}"`);
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new AcquaintError('bad_pairs', `The list of pairs ${path} cannot be read (${cause.code})`, {
      cause,
    });
  });
}

function linesOf(text: string): string[] {
  return text.split(/\r?\n/);
}
