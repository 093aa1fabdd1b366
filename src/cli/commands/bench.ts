import { cpus } from 'node:os';
import { type Command, Option } from 'commander';
import type { PictureInput, Recognizer, RecognizerOptions, RgbImage } from '../../index.ts';
import { addExamples, type RunContext, requireNotAborted } from '../command.ts';
import { concernsOnePicture, exitCodes } from '../exit-codes.ts';
import { loadLibrary } from '../library.ts';
import { aboveZero, addCommonOptions, type CommonFlags, recognizerOptions } from '../options.ts';
import { colors, complain, counted, failureText, note, print, printJson } from '../output.ts';
import { listPictures, locatePath } from '../picture-files.ts';
import { printable } from '../printable.ts';
import { renderTable } from '../table.ts';

interface BenchFlags extends CommonFlags {
  readonly seconds: number;
}

export function addBench(program: Command, context: RunContext): void {
  const command = program
    .command('bench')
    .argument('[pictures...]', 'picture files, or folders with pictures; without any a picture is made up')
    .summary('how fast this machine is')
    .description(
      'Measures how long one picture takes from its file to its embeddings, how many a second are done when several are in work, and how much memory that needs.',
    )
    .addOption(new Option('--seconds <s>', 'about how long to measure').argParser(aboveZero).default(10));
  addCommonOptions(command, ['picture', 'recipe', 'models', 'progress']);
  addExamples(command, [
    ['acquaint bench', 'a made-up picture of 1920x1280, as if one face were in it'],
    ['acquaint bench photos/ --min-face 80', 'your pictures, your settings'],
    ['acquaint bench --detector hog --json', 'for programs'],
  ]);
  command.action((pictures: string[], flags: BenchFlags) => runBench(pictures, flags, context));
}

async function runBench(args: readonly string[], flags: BenchFlags, context: RunContext): Promise<void> {
  const { defaultMinFacePx } = await loadLibrary();
  const work = args.length === 0 ? madeUpWork() : await workOnFiles(args);
  if (work.pictures.length === 0) {
    context.finish(exitCodes.someFailed);
    return;
  }
  const options = recognizerOptions(flags);
  const half = (flags.seconds * 1000) / 2;
  if (!flags.quiet) note(`Measuring ${work.description} for about ${flags.seconds} s ...`);
  const latency = await withRecognizer(options, (recognizer) =>
    measureLatency(recognizer, work, half, context.signal),
  );
  const throughput = await withRecognizer({ ...options, threadsPerPicture: 1 }, (recognizer) =>
    measureThroughput(recognizer, work, half, context.signal),
  );
  const results: BenchResults = {
    machine: await machineFacts(),
    settings: {
      detector: flags.detector ?? 'mmod',
      recipe: latency.recipe,
      minFacePx: flags.minFace ?? defaultMinFacePx(work.width, work.height),
    },
    pictures: { count: work.pictures.length, madeUp: work.madeUp, width: work.width, height: work.height },
    latencyMs: latency.figures,
    picturesPerSecond: throughput,
    peakMemoryMb: process.resourceUsage().maxRSS / 1024,
  };
  if (flags.json) printJson(results);
  else printResults(results, work.description);
  context.finish(exitCodes.done);
}

/** What is measured again and again. */
interface Work {
  readonly pictures: readonly PictureInput[];
  readonly madeUp: boolean;
  /** Of the largest picture. */
  readonly width: number;
  readonly height: number;
  readonly description: string;
}

const MADE_UP = { width: 1920, height: 1280 };
const CHIP_SIDE = 150;

/** What a net computes does not depend on what is seen; only the number of faces does. */
function madeUpWork(): Work {
  return {
    pictures: [noise(MADE_UP.width, MADE_UP.height)],
    madeUp: true,
    ...MADE_UP,
    description: `a made-up picture of ${MADE_UP.width}x${MADE_UP.height} pixels, as if one face were in it`,
  };
}

function noise(width: number, height: number): RgbImage {
  let state = 1;
  const data = Uint8Array.from({ length: width * height * 3 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
  return { data, width, height };
}

async function workOnFiles(args: readonly string[]): Promise<Work> {
  const { createDecoder } = await loadLibrary();
  const decoder = createDecoder();
  const pictures: string[] = [];
  let [width, height] = [0, 0];
  for (const entry of await listPictures(await Promise.all(args.map(locatePath)))) {
    if ('failure' in entry) {
      complain(failureText(entry.failure));
      continue;
    }
    try {
      const { image } = await decoder.decode(entry.path);
      pictures.push(entry.path);
      if (image.width * image.height > width * height) ({ width, height } = image);
    } catch (error) {
      if (!concernsOnePicture(error)) throw error;
      complain(failureText({ file: entry.path, code: error.code, message: error.message }));
    }
  }
  const description = `${counted(pictures.length, 'picture')} of up to ${width}x${height} pixels`;
  return { pictures, madeUp: false, width, height, description };
}

async function withRecognizer<T>(
  options: RecognizerOptions,
  work: (recognizer: Recognizer) => Promise<T>,
): Promise<T> {
  const { openRecognizer } = await loadLibrary();
  const recognizer = await openRecognizer(options);
  try {
    return await work(recognizer);
  } finally {
    await recognizer.close();
  }
}

/** One picture after another. */
async function measureLatency(recognizer: Recognizer, work: Work, forMs: number, signal: AbortSignal) {
  await doPicture(recognizer, work, 0);
  const times: number[] = [];
  const end = performance.now() + forMs;
  while (times.length === 0 || performance.now() < end) {
    await requireNotAborted(signal);
    const start = performance.now();
    await doPicture(recognizer, work, times.length);
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(share * times.length))]!;
  return {
    recipe: recognizer.recipe,
    figures: { median: at(0.5), percentile95: at(0.95), count: times.length },
  };
}

/** As many pictures in work as the recognizer has threads for, and one more. */
async function measureThroughput(
  recognizer: Recognizer,
  work: Work,
  forMs: number,
  signal: AbortSignal,
): Promise<number> {
  const { defaultConcurrency } = await loadLibrary();
  const lanes = Array.from({ length: defaultConcurrency() + 1 });
  await Promise.all(lanes.map((_, lane) => doPicture(recognizer, work, lane)));
  let done = 0;
  const start = performance.now();
  await Promise.all(
    lanes.map(async (_, lane) => {
      for (let i = lane; i === lane || performance.now() - start < forMs; i += lanes.length) {
        await requireNotAborted(signal);
        await doPicture(recognizer, work, i);
        done++;
      }
    }),
  );
  return done / ((performance.now() - start) / 1000);
}

async function doPicture(recognizer: Recognizer, work: Work, index: number): Promise<void> {
  await recognizer.embed(work.pictures[index % work.pictures.length]!);
  if (work.madeUp) await recognizer.embedChips([noise(CHIP_SIDE, CHIP_SIDE)]);
}

interface BenchResults {
  readonly machine: Awaited<ReturnType<typeof machineFacts>>;
  readonly settings: { readonly detector: string; readonly recipe: string; readonly minFacePx: number };
  readonly pictures: Pick<Work, 'madeUp' | 'width' | 'height'> & { readonly count: number };
  readonly latencyMs: { readonly median: number; readonly percentile95: number; readonly count: number };
  readonly picturesPerSecond: number;
  readonly peakMemoryMb: number;
}

async function machineFacts() {
  const { usableCores } = await loadLibrary();
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: usableCores(),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
  };
}

function printResults(results: BenchResults, description: string): void {
  const { machine, settings, latencyMs, picturesPerSecond, peakMemoryMb } = results;
  const seconds = (ms: number) => (ms < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(2)} s`);
  const rows = [
    [
      'machine',
      `${printable(machine.processor)}, ${counted(machine.cores, 'core')}, ${machine.platform}, Node ${machine.node}`,
    ],
    ['pictures', description],
    ['settings', `${settings.detector}, faces from ${Math.round(settings.minFacePx)} px, ${settings.recipe}`],
    [
      'one picture',
      `${colors.bold(seconds(latencyMs.median))}; 95 % within ${seconds(latencyMs.percentile95)} (${latencyMs.count} measured)`,
    ],
    [
      'several in work',
      `${colors.bold(picturesPerSecond.toFixed(picturesPerSecond < 10 ? 2 : 0))} pictures a second`,
    ],
    ['memory at most', `${peakMemoryMb.toFixed(0)} MB`],
  ];
  print(renderTable([{ title: 'what' }, { title: 'figure' }], rows));
}
