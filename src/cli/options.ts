import { type Command, InvalidArgumentError, Option } from 'commander';
import type { DetectorName, Effort, GalleryKey, Point, RecognizerOptions } from '../index.ts';
import { galleryProgress } from './gallery-progress.ts';

/** The options that every command takes, as commander parses them. */
export interface CommonFlags {
  readonly gallery: string;
  readonly collection?: string;
  readonly keyFile?: string;
  /** Read from the key file or the environment before the command runs. */
  readonly key?: GalleryKey;
  readonly detector?: DetectorName;
  readonly minFace?: number;
  readonly threshold?: number;
  readonly margin?: number;
  readonly effort?: Effort;
  readonly recipe?: string;
  readonly mirror?: boolean;
  readonly rate?: number;
  readonly unique?: boolean;
  readonly tryRotations?: boolean;
  readonly gamma?: number;
  readonly autoGamma?: boolean;
  readonly equalize?: boolean;
  readonly downscale?: number;
  readonly models?: string;
  readonly commercial?: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

export const DEFAULT_GALLERY = './acquaint.db';

/** Groups of common options. A command accepts all of them and shows those that matter to it. */
export type OptionGroup =
  | 'gallery'
  | 'threshold'
  | 'rate'
  | 'decision'
  | 'picture'
  | 'recipe'
  | 'models'
  | 'commercial'
  | 'progress';

/** Adds the common options; groups not in `shown` are accepted without effect and left out of the help. */
export function addCommonOptions(command: Command, shown: readonly OptionGroup[]): Command {
  for (const [group, option] of commonOptions()) {
    command.addOption(group === 'always' || isShown(group, shown) ? option : option.hideHelp());
  }
  return command;
}

/** Whoever chooses a detector or a recipe may need a fetched model for it. */
function isShown(group: OptionGroup, shown: readonly OptionGroup[]): boolean {
  if (shown.includes(group)) return true;
  const ofModels = group === 'models' || group === 'commercial';
  return ofModels && (shown.includes('picture') || shown.includes('recipe'));
}

/** Which of several faces is enrolled. */
export function faceAtOption(): Option {
  return new Option(
    '--at <x,y>',
    'of several faces take the one at this point, pixels of the upright picture',
  )
    .argParser(pointParser)
    .conflicts('largest');
}

/** How good a face must be to be enrolled. */
export function qualityFilterOption(): Option {
  return new Option('--quality-filter <level>', 'refuse faces that are too poor to be recognised')
    .choices(['none', 'low', 'medium', 'high'])
    .default('low');
}

/** What a configuration file may set: each option under its long name in camelCase. */
export function configurableOptions(): ReadonlyMap<string, Option> {
  const options = [...commonOptions().map(([, option]) => option), qualityFilterOption()];
  // Whether a person or a program reads the answer is the call's business.
  return new Map(
    options.map((option) => [option.attributeName(), option] as const).filter(([key]) => key !== 'json'),
  );
}

/** Options that say one thing in several ways: a call that uses one of them replaces all of them. */
export const alternatives: readonly (readonly string[])[] = [
  ['threshold', 'rate'],
  ['effort', 'recipe', 'mirror'],
  ['gamma', 'autoGamma'],
];

function commonOptions(): [OptionGroup | 'always', Option][] {
  return [
    [
      'gallery',
      new Option('-g, --gallery <path>', 'the file with the people')
        .env('ACQUAINT_GALLERY')
        .default(DEFAULT_GALLERY),
    ],
    [
      'gallery',
      new Option('--collection <name>', 'the people of this collection; enroll makes it').env(
        'ACQUAINT_COLLECTION',
      ),
    ],
    [
      'gallery',
      new Option(
        '--key-file <path>',
        'opens a sealed gallery; or its passphrase in $ACQUAINT_PASSPHRASE',
      ).env('ACQUAINT_KEY_FILE'),
    ],
    [
      'threshold',
      new Option('--threshold <distance>', 'greatest distance of a match; smaller is stricter').argParser(
        atLeastZero,
      ),
    ],
    [
      'rate',
      new Option(
        '--rate <share>',
        'errors allowed, instead of a distance: strangers who get a name; for verify pairs of different people',
      )
        .argParser(share)
        .conflicts('threshold'),
    ],
    ['decision', new Option('--no-unique', 'two faces of one picture may be the same person')],
    [
      'decision',
      new Option('--margin <distance>', 'how much nearer than the next person a match must be').argParser(
        atLeastZero,
      ),
    ],
    [
      'picture',
      new Option(
        '--detector <name>',
        'mmod: a net, also turned faces; hog: upright frontal faces; yunet: a fast net (acquaint models pull yunet-n)',
      ).choices(['hog', 'mmod', 'yunet']),
    ],
    [
      'picture',
      new Option('--min-face <px>', 'smallest face to look for, in pixels').argParser(wholeFromOne),
    ],
    [
      'recipe',
      new Option(
        '--effort <name>',
        "work a face: fast (dlib's own numbers), balanced or accurate; default: as the gallery was made",
      ).choices(['fast', 'balanced', 'accurate']),
    ],
    [
      'recipe',
      new Option('--recipe <name>', 'instead of an effort: how embeddings are made, also by fetched models'),
    ],
    ['recipe', new Option('--mirror', 'short for --recipe dlib-resnet-v1+mirror').hideHelp()],
    [
      'picture',
      new Option('--try-rotations', 'look at pictures in all four quarter turns: four times the work'),
    ],
    [
      'picture',
      new Option('--gamma <g>', 'brighten (above 1) or darken (below 1) first').argParser(aboveZero),
    ],
    [
      'picture',
      new Option('--auto-gamma', 'brighten dark and darken burnt pictures first').conflicts('gamma'),
    ],
    ['picture', new Option('--equalize', 'equalise the histogram of brightness first')],
    [
      'picture',
      new Option('--downscale <s>', 'make pictures smaller first: 0.5 halves them').argParser(upToOne),
    ],
    [
      'models',
      new Option(
        '--models <dir>',
        "folder of fetched models; default: in the user's cache, acquaint models path says where",
      ).env('ACQUAINT_MODELS'),
    ],
    ['commercial', new Option('--commercial', 'refuse models whose licence excludes commercial use')],
    ['progress', new Option('-q, --quiet', 'no progress, no remarks')],
    ['always', new Option('--json', 'for machines: JSON')],
  ];
}

/** What the recognizer is opened with; the gallery is the command's business. */
export function recognizerOptions(flags: CommonFlags): RecognizerOptions {
  return {
    collection: flags.collection || undefined,
    key: flags.key,
    onGalleryProgress: flags.quiet ? undefined : galleryProgress(),
    detector: flags.detector,
    minFacePx: flags.minFace,
    distanceThreshold: flags.threshold,
    margin: flags.margin,
    effort: flags.effort,
    recipe: flags.recipe,
    mirror: flags.mirror,
    verifyRate: flags.rate,
    identifyRate: flags.rate,
    uniqueNames: flags.unique,
    tryRotations: flags.tryRotations,
    modelsFolder: flags.models || undefined,
    commercial: flags.commercial,
    preprocess: {
      gamma: flags.gamma,
      autoGamma: flags.autoGamma,
      equalize: flags.equalize,
      downscale: flags.downscale,
    },
  };
}

export const wholeFromOne = numberParser(
  'a whole number of at least 1',
  (n) => Number.isSafeInteger(n) && n >= 1,
);
export const wholeFromZero = numberParser(
  'a whole number of at least 0',
  (n) => Number.isSafeInteger(n) && n >= 0,
);
export const atLeastZero = numberParser('a number of at least 0', (n) => n >= 0);
export const aboveZero = numberParser('a number above 0', (n) => n > 0);
export const share = numberParser('a number above 0 and below 1', (n) => n > 0 && n < 1);
export const upToOne = numberParser('a number above 0 and up to 1', (n) => n > 0 && n <= 1);

function pointParser(text: string): Point {
  const [x, y, ...more] = text.split(',').map(atLeastZero);
  if (x !== undefined && y !== undefined && more.length === 0) return { x, y };
  throw new InvalidArgumentError(`Expected two numbers x,y but received ${text}.`);
}

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function numberParser(expected: string, accepts: (value: number) => boolean): (text: string) => number {
  return (text) => {
    const value = decimal.test(text.trim()) ? Number(text) : Number.NaN;
    if (Number.isFinite(value) && accepts(value)) return value;
    throw new InvalidArgumentError(`Expected ${expected} but received ${text === '' ? 'nothing' : text}.`);
  };
}
