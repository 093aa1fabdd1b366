import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { annotate, Recognizer, RecognizerOptions, RgbImage } from '../index.ts';
import { makeFolder, planAnnotatedFiles } from './annotated-files.ts';
import { type RunContext, requireNotAborted } from './command.ts';
import { concernsOnePicture, type ExitCode, exitCodes } from './exit-codes.ts';
import { planWork } from './in-work.ts';
import { loadLibrary } from './library.ts';
import type { CommonFlags } from './options.ts';
import { complain, type Failure, failureJson, failureText, note, print, printJson } from './output.ts';
import { listPictures, locatePath, type PictureEntry, type PictureFile } from './picture-files.ts';
import { printable } from './printable.ts';
import { type Progress, startProgress } from './progress.ts';
import { type Column, renderTable } from './table.ts';

type Mark = Parameters<typeof annotate>[1][number];

/** A command that looks at pictures one by one. */
export interface PictureCommand<Result> {
  /** For the progress: `recognizing`. */
  readonly title: string;
  /** Which nets `analyse` needs. */
  readonly purpose: 'embed' | 'detect';
  readonly options: RecognizerOptions;
  /** Said once, before the first picture. */
  remark?(recognizer: Recognizer): Promise<string | null>;
  analyse(recognizer: Recognizer, image: RgbImage): Promise<Result>;
  json(file: string, result: Result): object;
  csv?(file: string, result: Result): readonly string[];
  /** What is drawn. */
  marks(result: Result): readonly Mark[];
  readonly columns: readonly Column[];
  /** One row a face, without the picture's name; empty for a picture without faces. */
  rows(result: Result): readonly (readonly string[])[];
  /** The last line: how many were found. */
  summary(results: readonly Result[]): string;
}

export interface PictureFlags extends CommonFlags {
  readonly out?: string;
  readonly show?: boolean;
  readonly csv?: boolean;
}

interface Analysed<Result> {
  readonly file: PictureFile;
  readonly result: Result;
  readonly annotatedPath: string | null;
  /** Names the picture shows as numbers. */
  readonly numbered: readonly { readonly number: number; readonly label: string }[];
}

type Outcome<Result> = Analysed<Result> | { readonly failure: Failure };

/** More windows than that help nobody. */
const MOST_SHOWN = 10;

/** Lists the pictures, analyses several at once and prints the results in order, in the form that was asked for. */
export async function runPictureCommand<Result>(
  command: PictureCommand<Result>,
  args: readonly string[],
  flags: PictureFlags,
  context: RunContext,
): Promise<void> {
  const out = await outputFolder(flags);
  const entries = await listPictures(await Promise.all(args.map(locatePath)), out ?? undefined);
  const files = entries.filter((entry): entry is PictureFile => !('failure' in entry));
  const { mapInOrder, openRecognizer } = await loadLibrary();
  const plan = await planWork(files.length);
  const recognizer = await openRecognizer({ ...command.options, ...plan.recognizer });
  const streaming = Boolean(flags.json || flags.csv);
  const report = createReport(command, flags, out);
  // Beside the gallery and the first picture; what is missing is told when that picture comes.
  if (files.length > 0) recognizer.warmUp(command.purpose).catch(() => {});
  try {
    const remark = (await command.remark?.(recognizer)) ?? null;
    if (remark !== null && !flags.quiet) note(remark);
    const planned = out === null ? null : await planAnnotatedFiles(out, files);
    const progress = await startProgress({
      title: command.title,
      total: entries.length,
      quiet: Boolean(flags.quiet),
      streaming,
    });
    try {
      const work = (entry: PictureEntry) => analyseEntry(command, recognizer, entry, planned, context.signal);
      for await (const outcome of mapInOrder(entries, plan.inWork, work)) {
        report.add(outcome, progress);
        progress.advance();
      }
    } finally {
      progress.stop();
      report.end();
    }
  } finally {
    await recognizer.close();
  }
  if (flags.show) await showPictures(report.annotated);
  context.finish(report.exitCode());
}

async function outputFolder({ out, show }: PictureFlags): Promise<string | null> {
  if (out !== undefined) return locatePath(out);
  return show ? mkdtemp(join(tmpdir(), 'acquaint-')) : null;
}

async function analyseEntry<Result>(
  command: PictureCommand<Result>,
  recognizer: Recognizer,
  entry: PictureEntry,
  planned: ReadonlyMap<PictureFile, string> | null,
  signal: AbortSignal,
): Promise<Outcome<Result>> {
  if ('failure' in entry) return entry;
  await requireNotAborted(signal);
  const { createDecoder } = await loadLibrary();
  try {
    const { image } = await createDecoder().decode(entry.path);
    const result = await command.analyse(recognizer, image);
    const annotatedPath = planned?.get(entry) ?? null;
    const numbered =
      annotatedPath === null ? [] : await drawPicture(annotatedPath, image, command.marks(result));
    return { file: entry, result, annotatedPath, numbered };
  } catch (error) {
    if (!concernsOnePicture(error)) throw error;
    return { failure: { file: entry.path, code: error.code, message: error.message } };
  }
}

async function drawPicture(path: string, image: RgbImage, marks: readonly Mark[]) {
  const { annotate, writePicture } = await loadLibrary();
  const annotated = await annotate(image, marks);
  await makeFolder(dirname(path));
  await writePicture(path, annotated.image);
  return annotated.numbered;
}

/** JSON and CSV are printed as they come; the table for people, and what failed, at the end. */
function createReport<Result>(command: PictureCommand<Result>, flags: PictureFlags, out: string | null) {
  const analysed: Analysed<Result>[] = [];
  const annotated: string[] = [];
  const failures: Failure[] = [];
  let failed = 0;
  const addFailure = (failure: Failure, progress: Progress): void => {
    failed++;
    if (flags.json) printJson(failureJson(failure));
    else if (flags.csv) progress.log(`acquaint: ${failureText(failure)}`);
    else failures.push(failure);
  };
  return {
    annotated,
    add(outcome: Outcome<Result>, progress: Progress): void {
      if ('failure' in outcome) {
        addFailure(outcome.failure, progress);
        return;
      }
      const { file, result, annotatedPath, numbered } = outcome;
      if (annotatedPath !== null) annotated.push(annotatedPath);
      if (flags.json) printJson(command.json(file.path, result));
      else if (flags.csv && command.csv) for (const line of command.csv(file.path, result)) print(line);
      else analysed.push(outcome);
      if (flags.json || flags.csv) for (const line of numberLines(file, numbered)) progress.log(line);
    },
    end(): void {
      if (analysed.length > 0) printTable(command, analysed);
      for (const failure of failures) complain(failureText(failure));
      if (annotated.length > 0 && !flags.quiet) {
        note(
          `Annotated pictures: ${annotated.length === 1 ? annotated[0] : `${annotated.length} in ${out}`}`,
        );
      }
    },
    exitCode: (): ExitCode => (failed > 0 ? exitCodes.someFailed : exitCodes.done),
  };
}

function printTable<Result>(command: PictureCommand<Result>, analysed: readonly Analysed<Result>[]): void {
  const rows = analysed.flatMap(({ file, result }) => {
    const faces = command.rows(result);
    const name = printable(file.path);
    if (faces.length === 0) return [[name, 'no face', ...command.columns.slice(1).map(() => '')]];
    return faces.map((cells, index) => [index === 0 ? name : '', ...cells]);
  });
  print(renderTable([{ title: 'picture' }, ...command.columns], rows));
  for (const { file, numbered } of analysed) for (const line of numberLines(file, numbered)) print(line);
  print(`\n${command.summary(analysed.map(({ result }) => result))}`);
}

function numberLines(file: PictureFile, numbered: Analysed<unknown>['numbered']): string[] {
  return numbered.map(({ number, label }) =>
    printable(`${file.path}: ${number} = ${label} (no font here can write the name into the picture)`),
  );
}

async function showPictures(paths: readonly string[]): Promise<void> {
  const { default: open } = await import('open');
  for (const path of paths.slice(0, MOST_SHOWN)) {
    await open(path).catch((error: unknown) => complain(`${path} cannot be opened: ${String(error)}`));
  }
  if (paths.length > MOST_SHOWN) note(`Opened the first ${MOST_SHOWN} of ${paths.length} pictures.`);
}
