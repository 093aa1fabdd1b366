import type { Recognizer, VideoLivenessAnswer } from '../index.ts';
import { type RunContext, requireNotAborted } from './command.ts';
import { concernsOnePicture, exitCodes } from './exit-codes.ts';
import { loadLibrary } from './library.ts';
import { type LivenessFlags, livenessOptions } from './liveness-options.ts';
import { recognizerOptions } from './options.ts';
import { colors, complain, failureJson, failureText, print, printJson } from './output.ts';
import type { PictureFlags } from './picture-run.ts';
import { printable } from './printable.ts';
import { renderTable } from './table.ts';
import { videoFrames } from './video-frames.ts';

export interface VideoFlags extends PictureFlags, LivenessFlags {
  readonly video?: boolean;
  readonly ffmpeg?: string;
  readonly seconds?: number;
}

const DEFAULT_SECONDS = 3;
const DECISION_COLORS = { live: colors.green, spoof: colors.red, unsure: colors.yellow };
const COLUMNS = [
  { title: 'video' },
  { title: 'liveness' },
  { title: 'score', align: 'right' },
  { title: 'depth', align: 'right' },
  { title: 'frames', align: 'right' },
  { title: 'because' },
] as const;

/** Says of each video whether its face is live. One that cannot be read is named, and the others go on. */
export async function runVideos(
  paths: readonly string[],
  flags: VideoFlags,
  context: RunContext,
): Promise<void> {
  const { openRecognizer, VIDEO_REASON_TEXTS } = await loadLibrary();
  const recognizer = await openRecognizer({ ...recognizerOptions(flags), ...livenessOptions(flags) });
  const rows: string[][] = [];
  const failures: string[] = [];
  let failed = 0;
  try {
    for (const path of paths) {
      await requireNotAborted(context.signal);
      try {
        const answer = await judgeVideo(recognizer, path, flags, context.signal);
        if (flags.json) printJson({ file: path, ...answer });
        else rows.push([printable(path), ...cells(answer), VIDEO_REASON_TEXTS[answer.reason]]);
      } catch (error) {
        if (!concernsOnePicture(error)) throw error;
        failed++;
        const failure = { file: path, code: error.code, message: error.message };
        if (flags.json) printJson(failureJson(failure));
        else failures.push(failureText(failure));
      }
    }
  } finally {
    if (rows.length > 0) print(renderTable(COLUMNS, rows));
    for (const failure of failures) complain(failure);
    await recognizer.close();
  }
  context.finish(failed > 0 ? exitCodes.someFailed : exitCodes.done);
}

async function judgeVideo(
  recognizer: Recognizer,
  path: string,
  { ffmpeg = 'ffmpeg', seconds = DEFAULT_SECONDS }: VideoFlags,
  signal: AbortSignal,
): Promise<VideoLivenessAnswer> {
  const { createVideoLiveness } = await loadLibrary();
  const liveness = createVideoLiveness(recognizer);
  for await (const frame of videoFrames(path, { ffmpeg, seconds, signal })) await liveness.add(frame);
  return liveness.answer();
}

/** Rounded down: 0.9996 is not 1. */
function cells({ decision, score, motion, frames }: VideoLivenessAnswer): string[] {
  const text = (value: number | null, digits: number): string =>
    value === null ? '-' : (Math.floor(value * 10 ** digits) / 10 ** digits).toFixed(digits);
  return [DECISION_COLORS[decision](decision), text(score, 3), text(motion.depth, 2), String(frames)];
}
