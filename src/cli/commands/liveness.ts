import { type Command, InvalidArgumentError, Option } from 'commander';
import type { FaceMark, JudgedFace, LivenessDecision, PictureFaces } from '../../index.ts';
import { addDrawingOptions, addExamples, type RunContext } from '../command.ts';
import { UsageError } from '../exit-codes.ts';
import { livenessJson } from '../json-shapes.ts';
import { loadLibrary } from '../library.ts';
import { addLivenessOptions, livenessOptions } from '../liveness-options.ts';
import { addCommonOptions, recognizerOptions } from '../options.ts';
import { colors, counted } from '../output.ts';
import { locatePath } from '../picture-files.ts';
import { runPictureCommand } from '../picture-run.ts';
import { isVideoName } from '../video-frames.ts';
import { runVideos, type VideoFlags } from '../video-run.ts';

type Result = PictureFaces<JudgedFace>;

export function addLiveness(program: Command, context: RunContext): void {
  const command = program
    .command('liveness')
    .argument(
      '<pictures...>',
      'picture files, or folders with pictures at any depth; or short videos of one face',
    )
    .summary('tell faces before the camera from pictures of faces')
    .description(
      'Says of each face whether it stood before the camera, or whether a print or a screen was held before it. ' +
        'Of a video it also says whether the head moves as one that has depth. ' +
        'Needs no gallery, but a fetched model (acquaint models pull faceplugin-liveness). docs/liveness.md says ' +
        'what was measured, and what was not.',
    );
  addLivenessOptions(addDrawingOptions(command));
  addVideoOptions(command);
  addCommonOptions(command, ['picture', 'progress']);
  addExamples(command, [
    ['acquaint liveness door.jpg', 'is that a face or a photo of one?'],
    ['acquaint liveness shots/ --json | jq .faces', 'scores and reasons, for programs'],
    ['acquaint liveness shots/ --live-from 0.99', 'stricter'],
    ['acquaint liveness clip.mp4', 'a second or two in which the head turns a little; needs ffmpeg'],
  ]);
  command.action((paths: string[], flags: VideoFlags) => runLiveness(paths, flags, context));
}

function addVideoOptions(command: Command): void {
  command
    .addOption(new Option('--video', 'the files are videos, whatever they are called'))
    .addOption(new Option('--ffmpeg <path>', 'the program that reads videos; default: ffmpeg on PATH'))
    .addOption(
      new Option('--seconds <seconds>', 'how much of a video is looked at, 1 to 10; default: 3').argParser(
        secondsFrom,
      ),
    );
}

function secondsFrom(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value >= 1 && value <= 10) return value;
  throw new InvalidArgumentError(
    `Expected a number of seconds from 1 to 10 but received ${text === '' ? 'nothing' : text}.`,
  );
}

async function runLiveness(args: string[], flags: VideoFlags, context: RunContext): Promise<void> {
  const paths = await Promise.all(args.map(locatePath));
  const videos = flags.video ? paths : paths.filter(isVideoName);
  if (videos.length === 0) return runPictures(args, flags, context);
  if (videos.length < paths.length) {
    throw new UsageError('Expected pictures or videos but received both: ask about them in two calls.');
  }
  if (flags.out !== undefined || flags.show) {
    throw new UsageError('Expected --out and --show with pictures only: nothing is drawn into videos.');
  }
  return runVideos(videos, flags, context);
}

async function runPictures(pictures: string[], flags: VideoFlags, context: RunContext): Promise<void> {
  const { LIVENESS_REASON_TEXTS: texts } = await loadLibrary();
  await runPictureCommand<Result>(
    {
      title: 'looking',
      purpose: 'detect',
      options: { ...recognizerOptions(flags), ...livenessOptions(flags) },
      analyse: (recognizer, image) => recognizer.liveness(image),
      json: livenessJson,
      marks: ({ faces }) => faces.map(markOf),
      columns: [
        { title: 'liveness' },
        { title: 'score', align: 'right' },
        { title: 'live from', align: 'right' },
        { title: 'face at', align: 'right' },
        { title: 'size', align: 'right' },
        { title: 'because' },
      ],
      rows: ({ faces }) => faces.map((face) => [...faceRow(face), texts[face.liveness.reason]]),
      summary: livenessSummary,
    },
    pictures,
    flags,
    context,
  );
}

const MARK_KINDS = { live: 'match', spoof: 'not_live', unsure: 'ambiguous' } as const;

function markOf({ box, liveness: { decision, score } }: JudgedFace): FaceMark {
  return { box, label: `${decision} ${scoreText(score)}`, kind: MARK_KINDS[decision] };
}

const DECISION_COLORS = { live: colors.green, spoof: colors.red, unsure: colors.yellow };

function faceRow({ box, liveness: { decision, score, thresholds } }: JudgedFace): string[] {
  return [
    DECISION_COLORS[decision](decision),
    scoreText(score),
    String(thresholds.liveFrom),
    `${box.left},${box.top}`,
    `${box.right - box.left} px`,
  ];
}

/** Rounded down: 0.9996 is not 1. */
function scoreText(score: number | null): string {
  return score === null ? '-' : (Math.floor(score * 1000) / 1000).toFixed(3);
}

function livenessSummary(results: readonly Result[]): string {
  const faces = results.flatMap((result) => result.faces);
  const count = (decision: LivenessDecision): number =>
    faces.filter(({ liveness }) => liveness.decision === decision).length;
  return (
    `${counted(faces.length, 'face')} in ${counted(results.length, 'picture')}: ` +
    `${count('live')} live, ${count('spoof')} spoof, ${count('unsure')} unsure`
  );
}
