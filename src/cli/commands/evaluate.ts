import { type Command, Option } from 'commander';
import type {
  EmbeddingCache,
  Evaluation,
  PadEvaluation,
  PairsEvaluation,
  PeopleEvaluation,
  Recognizer,
} from '../../index.ts';
import { addExamples, type RunContext } from '../command.ts';
import { labelledPicturesBelow } from '../enroll-jobs.ts';
import { exitCodes, isAcquaintError, UsageError } from '../exit-codes.ts';
import { loadLibrary } from '../library.ts';
import { addLivenessOptions, type LivenessFlags, livenessOptions } from '../liveness-options.ts';
import {
  addCommonOptions,
  type CommonFlags,
  recognizerOptions,
  share,
  wholeFromOne,
  wholeFromZero,
} from '../options.ts';
import {
  colors,
  complain,
  counted,
  type Failure,
  failureJson,
  failureText,
  note,
  print,
  printJson,
  shareText,
} from '../output.ts';
import { padPicturesBelow } from '../pad-pictures.ts';
import { padText } from '../pad-text.ts';
import { locatePath } from '../picture-files.ts';
import { printable } from '../printable.ts';
import { startProgress } from '../progress.ts';
import { requireWritable, writeReport } from '../report-file.ts';
import { renderTable } from '../table.ts';

interface EvaluateFlags extends CommonFlags, LivenessFlags {
  readonly lfw?: string;
  readonly pairs?: string;
  readonly pad?: string;
  readonly padSplit?: number;
  readonly seed?: number;
  readonly report?: string;
  readonly cache: string | boolean;
  readonly face?: 'largest' | 'centre';
  readonly gallerySize?: number[];
  readonly photos?: number;
  readonly trials?: number;
  readonly calibration?: string;
}

export function addEvaluate(program: Command, context: RunContext): void {
  const command = program
    .command('evaluate')
    .argument('[dir]', 'a folder with one folder per person')
    .summary('measure how right the answers are')
    .description(
      'Measures accuracy on pictures whose truth is known: a folder of people (some are enrolled, the others are ' +
        'strangers), a file of pairs, LFW, or live faces and attacks. Changes no gallery.',
    )
    .usage(
      '[options] DIR\n       acquaint evaluate --pairs FILE\n       acquaint evaluate --lfw DIR\n       acquaint evaluate --pad DIR',
    )
    .option('--lfw <dir>', 'the folder of LFW: pairs.txt and the pictures')
    .option('--pairs <file>', 'a CSV file of lines like a.jpg,b.jpg,1 (0: different people)')
    .option(
      '--pad <dir>',
      'live faces and attacks: real/PERSON/…, and print/PERSON/… for each kind of attack',
    )
    .option(
      '--pad-split <share>',
      'choose the threshold on this share of the people (1 % of attacks accepted), measure it on the others',
      share,
    )
    .option('--seed <n>', 'where drawing people begins: another one draws others (default: 1)', wholeFromZero)
    .option('--report <file>', 'write an HTML page with curves and the worst mistakes; it shows faces')
    .addOption(
      new Option('--cache <dir>', 'where embeddings are kept, so that a second run takes seconds').default(
        true,
        "in the user's cache",
      ),
    )
    .option('--no-cache', 'keep no embeddings')
    .addOption(
      new Option('--face <which>', 'of several faces: largest, or nearest the centre as for LFW').choices([
        'largest',
        'centre',
      ]),
    )
    .option('--gallery-size <n,…>', 'numbers of people to enrol: 10,100', (text) =>
      text.split(',').map(wholeFromOne),
    )
    .option('--photos <n>', 'at most so many pictures of each are enrolled', wholeFromOne)
    .option(
      '--trials <n>',
      'how often other people are enrolled (default: 10, fewer with many pictures)',
      wholeFromOne,
    )
    .option('--calibration <gallery>', 'measure the calibrated thresholds of this gallery, with its recipe');
  addLivenessOptions(command);
  addCommonOptions(command, ['rate', 'picture', 'recipe', 'progress']);
  addExamples(command, [
    ['acquaint evaluate people/ --report report.html', 'strangers named, enrolled people missed'],
    ['acquaint evaluate people/ --rate 0.001', 'at another share of strangers'],
    ['acquaint evaluate people/ --gallery-size 10,50', 'with 10 and with 50 people enrolled'],
    ['acquaint evaluate --pairs pairs.csv', 'pairs of your own'],
    ['acquaint evaluate others/ --calibration acquaint.db', 'do its thresholds hold for other people?'],
    ['acquaint evaluate --lfw lfw/ --effort accurate', "LFW's protocol"],
    ['acquaint evaluate --pad attacks/ --pad-split 0.5', 'are prints and screens told from faces?'],
  ]);
  command.action((dir: string | undefined, flags: EvaluateFlags) => runEvaluate(dir, flags, context));
}

async function runEvaluate(
  dir: string | undefined,
  flags: EvaluateFlags,
  context: RunContext,
): Promise<void> {
  const sources = [dir, flags.lfw, flags.pairs, flags.pad].filter((source) => source !== undefined);
  if (sources.length !== 1) {
    throw new UsageError(
      `Expected one of a folder of people, --pairs, --lfw and --pad but received ${sources.length === 0 ? 'none' : 'several'}.`,
    );
  }
  if (
    dir === undefined &&
    [flags.gallerySize, flags.photos, flags.trials].some((flag) => flag !== undefined)
  ) {
    throw new UsageError('Expected --gallery-size, --photos and --trials with a folder of people only.');
  }
  requirePadOptions(flags);
  const report = flags.report === undefined ? null : await locatePath(flags.report);
  if (report !== null) await requireWritable(report);
  const recognizer = await openFor(flags);
  const failures: Failure[] = [];
  try {
    const evaluation = await evaluate(recognizer, dir, flags, context, failures).catch((error: unknown) => {
      // They may be why there is no result.
      for (const failure of failures) complain(failureText(failure));
      throw error;
    });
    const unwritten = report && (await writeReport(report, evaluation));
    if (unwritten) failures.push(unwritten);
    output(evaluation, failures, flags);
    if (report !== null && !unwritten && !flags.quiet) note(`report: ${report}`);
  } finally {
    await recognizer.close();
  }
  context.finish(failures.length > 0 ? exitCodes.someFailed : exitCodes.done);
}

/** One without a gallery, or with the gallery whose calibration is to be measured. */
async function openFor(flags: EvaluateFlags): Promise<Recognizer> {
  const { AcquaintError, openRecognizer } = await loadLibrary();
  if (flags.calibration === undefined) {
    return openRecognizer({ ...recognizerOptions(flags), ...livenessOptions(flags) });
  }
  const gallery = await locatePath(flags.calibration);
  const recognizer = await openRecognizer({ ...recognizerOptions(flags), gallery, createGallery: false });
  const calibration = await recognizer.calibration();
  if (calibration?.applies) return recognizer;
  await recognizer.close();
  throw new AcquaintError(
    'not_calibrated',
    `Expected a gallery with a calibration that holds for ${recognizer.recipe} but ${gallery} has ` +
      `${calibration ? `one for ${calibration.recipe}` : 'none'}; acquaint calibrate makes one`,
  );
}

async function evaluate(
  recognizer: Recognizer,
  dir: string | undefined,
  flags: EvaluateFlags,
  context: RunContext,
  failures: Failure[],
): Promise<Evaluation | PadEvaluation> {
  if (flags.pad !== undefined) return evaluatePadOf(recognizer, flags.pad, flags, context, failures);
  const cache = await openCache(recognizer, flags);
  try {
    const evaluation =
      dir === undefined
        ? await evaluatePairsOf(recognizer, cache, flags, context)
        : await evaluateFolder(recognizer, cache, dir, flags, context, failures);
    for (const { path, code, message } of evaluation.unusable) {
      if (code !== 'no_face') failures.push({ file: path, code, message });
    }
    return evaluation;
  } finally {
    await cache?.close();
  }
}

/** throws UsageError for options that a folder of attacks alone has, or has not */
function requirePadOptions({ pad, padSplit, seed, liveFrom, calibration }: EvaluateFlags): void {
  if (pad === undefined && [padSplit, seed, liveFrom].some((flag) => flag !== undefined)) {
    throw new UsageError('Expected --pad-split, --seed and --live-from with --pad only.');
  }
  if (pad !== undefined && calibration !== undefined) {
    throw new UsageError('Expected either --pad or --calibration but received both.');
  }
}

async function evaluatePadOf(
  recognizer: Recognizer,
  pad: string,
  flags: EvaluateFlags,
  { signal }: RunContext,
  failures: Failure[],
): Promise<PadEvaluation> {
  const { evaluatePad } = await loadLibrary();
  const { pictures, failures: unread } = await padPicturesBelow(await locatePath(pad));
  failures.push(...unread);
  const { padSplit: split, seed } = flags;
  const evaluation = await withProgress(pictures.length, flags, (onProgress) =>
    evaluatePad(recognizer, pictures, { split, seed, signal, onProgress }),
  );
  for (const { path, code, message } of evaluation.unusable) failures.push({ file: path, code, message });
  return evaluation;
}

async function openCache(
  recognizer: Recognizer,
  { cache, quiet }: EvaluateFlags,
): Promise<EmbeddingCache | undefined> {
  if (cache === false) return undefined;
  const { cacheFolder, openEmbeddingCache } = await loadLibrary();
  const folder = typeof cache === 'string' ? await locatePath(cache) : cacheFolder();
  const opened = await openEmbeddingCache(folder, recognizer.analysisKey).catch((error: unknown) => {
    // Nobody asked for the usual folder: without it the measurement only takes its time again.
    if (typeof cache === 'string' || !isAcquaintError(error)) throw error;
    if (!quiet) note(`${error.message}.`);
    return undefined;
  });
  if (opened && opened.damaged > 0 && !quiet) {
    note(`Damaged in the cache ${folder} and measured again: ${counted(opened.damaged, 'picture')}.`);
  }
  return opened;
}

async function evaluatePairsOf(
  recognizer: Recognizer,
  cache: EmbeddingCache | undefined,
  flags: EvaluateFlags,
  { signal }: RunContext,
): Promise<PairsEvaluation> {
  const { evaluatePairs, readLfwPairs, readPairs } = await loadLibrary();
  const pairs =
    flags.lfw === undefined
      ? await readPairs(await locatePath(flags.pairs ?? ''))
      : await readLfwPairs(await locatePath(flags.lfw));
  const choose = flags.face ?? (flags.lfw === undefined ? 'largest' : 'centre');
  const pictures = new Set(pairs.flatMap(({ a, b }) => [a, b])).size;
  return withProgress(pictures, flags, (onProgress) =>
    evaluatePairs(recognizer, pairs, { choose, cache, signal, onProgress, rate: flags.rate }),
  );
}

async function evaluateFolder(
  recognizer: Recognizer,
  cache: EmbeddingCache | undefined,
  dir: string,
  flags: EvaluateFlags,
  { signal }: RunContext,
  failures: Failure[],
): Promise<PeopleEvaluation> {
  const { evaluatePeople } = await loadLibrary();
  const { pictures, failures: unread } = await labelledPicturesBelow(await locatePath(dir));
  failures.push(...unread);
  const { gallerySize, photos, trials, rate, face = 'largest' } = flags;
  return withProgress(pictures.length, flags, (onProgress) =>
    evaluatePeople(recognizer, pictures, {
      choose: face,
      cache,
      signal,
      onProgress,
      rate,
      gallerySizes: gallerySize,
      facesPerPerson: photos,
      trials,
    }),
  );
}

async function withProgress<T>(
  total: number,
  { quiet }: EvaluateFlags,
  work: (onProgress: () => void) => Promise<T>,
): Promise<T> {
  const progress = await startProgress({
    title: 'measuring',
    total,
    quiet: Boolean(quiet),
    streaming: false,
  });
  try {
    return await work(() => progress.advance());
  } finally {
    progress.stop();
  }
}

function output(
  evaluation: Evaluation | PadEvaluation,
  failures: readonly Failure[],
  { json }: EvaluateFlags,
): void {
  if (json) {
    printJson({ ...evaluation, failures: failures.map(failureJson) });
    return;
  }
  print(textOf(evaluation));
  for (const failure of failures) complain(failureText(failure));
}

function textOf(evaluation: Evaluation | PadEvaluation): string {
  if (evaluation.kind === 'pad') return padText(evaluation);
  return evaluation.kind === 'pairs' ? pairsText(evaluation) : peopleText(evaluation);
}

const THRESHOLD_NAMES: Readonly<Record<Evaluation['thresholdFrom'], string>> = {
  calibrated: 'calibrated',
  measured: 'threshold',
  'these-pictures': 'chosen here',
};

const THRESHOLDS_ALLOW: Readonly<Record<Evaluation['thresholdFrom'], string>> = {
  calibrated: 'calibrated thresholds allow',
  measured: 'thresholds allow',
  'these-pictures': 'nobody has measured thresholds for this recipe: chosen on these pictures to allow',
};

function pairsText(evaluation: PairsEvaluation): string {
  const { pairs, accuracy, acceptRates, atDefault, thresholdFrom } = evaluation;
  const lines = [
    `${counted(pairs.same, 'pair')} of one person, ${pairs.different} of different people; ${evaluation.recipe}`,
  ];
  if (pairs.withoutFace > 0)
    lines.push(`${counted(pairs.withoutFace, 'pair')} without a face count as errors`);
  if (pairs.leftOut > 0)
    lines.push(`${counted(pairs.leftOut, 'pair')} left out: a picture could not be read`);
  lines.push('');
  if (accuracy) {
    const [error, deviation] = [accuracy.standardError, accuracy.standardDeviation].map((share) =>
      (share * 100).toFixed(2),
    );
    lines.push(
      `accuracy over ${accuracy.folds.length} folds   ${colors.bold(`${(accuracy.mean * 100).toFixed(2)} %`)} ± ${error} (standard error; the folds deviate by ${deviation})`,
    );
  }
  lines.push(`equal error rate        ${(evaluation.equalErrorRate * 100).toFixed(2)} %`, '');
  const row = (rate: string, threshold: number, accepted: number): string[] => [
    rate,
    threshold.toFixed(3),
    `${(accepted * 100).toFixed(2)} %`,
  ];
  lines.push(
    renderTable(
      [
        { title: 'different people accepted' },
        { title: 'distance up to', align: 'right' },
        { title: 'one person accepted', align: 'right' },
      ],
      [
        ...acceptRates.map(({ falseMatchRate, threshold, trueAcceptRate }) =>
          row(shareText(falseMatchRate), threshold, trueAcceptRate),
        ),
        row(
          `${shareText(atDefault.falseMatchRate)} (${THRESHOLD_NAMES[thresholdFrom]} for ${shareText(atDefault.statedRate)})`,
          atDefault.threshold,
          1 - atDefault.falseNonMatchRate,
        ),
      ],
    ),
  );
  return lines.join('\n');
}

function peopleText(evaluation: PeopleEvaluation): string {
  const { recipe, people, enrollable, statedRate, thresholdFrom, galleries, unusable } = evaluation;
  const withoutFace = unusable.filter(({ code }) => code === 'no_face').length;
  const cell = ({
    rate,
    interval,
  }: PeopleEvaluation['galleries'][number]['atDefault']['strangersNamed']): string =>
    Number.isNaN(rate)
      ? '-'
      : `${shareText(rate)} (${shareText(interval.low)} to ${shareText(interval.high)})`;
  const rows = galleries.map(({ galleryPeople, galleryFaces, atDefault }) => [
    String(galleryPeople),
    galleryFaces.toFixed(0),
    atDefault.threshold.toFixed(3),
    cell(atDefault.strangersNamed),
    cell(atDefault.enrolledMissed),
    cell(atDefault.enrolledMistaken),
  ]);
  const columns = [
    { title: 'enrolled', align: 'right' as const },
    { title: 'faces', align: 'right' as const },
    { title: 'distance up to', align: 'right' as const },
    { title: 'strangers named' },
    { title: 'enrolled missed' },
    { title: 'given another name' },
  ];
  return [
    `${counted(people, 'person', 'people')}, ${enrollable} with two pictures or more; ${printable(recipe)}`,
    ...(withoutFace > 0 ? [`${counted(withoutFace, 'picture')} without a face left out`] : []),
    `${THRESHOLDS_ALLOW[thresholdFrom]} ` +
      `${shareText(statedRate)} of the strangers a name; in brackets 95 % intervals over people`,
    '',
    renderTable(columns, rows),
  ].join('\n');
}
