import { spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import type { RgbImage, VideoFrame } from '../index.ts';
import { loadLibrary } from './library.ts';
import { createPpmReader } from './ppm-reader.ts';

/** What is read of a video. */
export interface VideoReading {
  /** The program, by its path or its name on PATH. */
  readonly ffmpeg: string;
  /** From the beginning. */
  readonly seconds: number;
  readonly signal: AbortSignal;
}

const VIDEO_EXTENSIONS: ReadonlySet<string> = new Set(
  ['3gp', 'avi', 'm4v', 'mkv', 'mov', 'mp4', 'mpeg', 'mpg', 'ogv', 'webm', 'wmv', 'y4m'].map(
    (extension) => `.${extension}`,
  ),
);

export function isVideoName(path: string): boolean {
  return VIDEO_EXTENSIONS.has(extname(path).toLowerCase());
}

/** About 15 frames a second: more tell nothing new, and each one costs. */
const LEAST_INTERVAL_SECONDS = 0.065;
/** Larger frames are made smaller, and never larger than the tracker takes. */
const MOST_PX = { width: 1920, height: 1920 };
/** What is kept of ffmpeg's messages. */
const MOST_MESSAGE = 4000;

/**
 * The first seconds of a video, frame by frame, with the times the video states: a slow video gets no frames made up.
 * The path is never seen by a shell, and ffmpeg opens nothing but files.
 * throws  AcquaintError('ffmpeg_missing' | 'unreadable' | 'not_a_video' | 'aborted')
 */
export async function* videoFrames(path: string, reading: VideoReading): AsyncGenerator<VideoFrame> {
  await requireFile(path);
  const { AcquaintError } = await loadLibrary();
  const ffmpeg = startFfmpeg(path, reading);
  let count = 0;
  try {
    for await (const picture of ffmpeg.pictures()) yield { picture, atMs: await ffmpeg.timeOf(count++) };
    const problem = await ffmpeg.problem();
    if (problem?.isMissing) throw new AcquaintError('ffmpeg_missing', missingText(reading.ffmpeg));
    // A video that is damaged further on has been seen as far as it goes.
    if (count > 0) return;
    const what = problem ? 'is no video that ffmpeg can read' : 'holds no frames';
    throw new AcquaintError(
      'not_a_video',
      `${path} ${what}: see whether it plays elsewhere, or record it anew.`,
    );
  } finally {
    ffmpeg.stop();
  }
}

function missingText(ffmpeg: string): string {
  return (
    `Expected ffmpeg, which reads videos, but ${ffmpeg} cannot be started. Install it (apt install ffmpeg, ` +
    'brew install ffmpeg, winget install ffmpeg; or npm install @ffmpeg-installer/ffmpeg), or say where it is: --ffmpeg PATH'
  );
}

async function requireFile(path: string): Promise<void> {
  const { AcquaintError } = await loadLibrary();
  const found = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'ENOENT' ? 'there is no such file' : cause.message;
    throw new AcquaintError('unreadable', `${path} cannot be read: ${why}.`, { cause });
  });
  if (!found.isFile()) throw new AcquaintError('unreadable', `${path} cannot be read: it is no file.`);
}

function ffmpegArguments(path: string, seconds: number): readonly string[] {
  const filters = [
    `select='isnan(prev_selected_t)+gte(t-prev_selected_t,${LEAST_INTERVAL_SECONDS})'`,
    `scale='min(iw,${MOST_PX.width})':'min(ih,${MOST_PX.height})':force_original_aspect_ratio=decrease`,
    'showinfo',
  ];
  return [
    ...['-nostdin', '-hide_banner', '-nostats', '-loglevel', 'info', '-protocol_whitelist', 'file'],
    ...['-t', `${seconds}`, '-i', `file:${resolve(path)}`, '-map', '0:v:0', '-vf', filters.join(',')],
    ...['-vsync', '0', '-c:v', 'ppm', '-pix_fmt', 'rgb24', '-f', 'image2pipe', 'pipe:1'],
  ];
}

interface Problem {
  readonly isMissing: boolean;
}

function startFfmpeg(path: string, { ffmpeg, seconds, signal }: VideoReading) {
  const child = spawn(ffmpeg, ffmpegArguments(path, seconds), {
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const times = frameTimes(child.stderr);
  const ended = new Promise<Problem | null>((done) => {
    child.once('error', () => done({ isMissing: true }));
    child.once('close', (code) => done(code === 0 ? null : { isMissing: false }));
  });
  return {
    async *pictures(): AsyncGenerator<RgbImage> {
      const read = createPpmReader();
      for await (const bytes of child.stdout) {
        for (const picture of read(bytes as Uint8Array)) {
          const { AcquaintError } = await loadLibrary();
          if (signal.aborted) throw new AcquaintError('aborted', 'The work was interrupted');
          yield picture;
        }
      }
    },
    timeOf: times,
    problem: () => ended,
    stop: () => child.kill('SIGKILL'),
  };
}

/** The time of each frame, milliseconds, as the filter `showinfo` writes it before the frame comes out. */
function frameTimes(messages: NodeJS.ReadableStream): (frame: number) => Promise<number> {
  const times: number[] = [];
  let rest = '';
  let wake = (): void => {};
  const isOver = new Promise<void>((done) => messages.once('close', done));
  messages.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!.slice(-MOST_MESSAGE);
    for (const line of lines) {
      const [, seconds] = /showinfo.*\bn: *\d+ .*\bpts_time: *(-?[\d.]+)/.exec(line) ?? [];
      if (seconds !== undefined) times.push(Number(seconds) * 1000);
    }
    wake();
  });
  return async (frame) => {
    while (times.length <= frame) {
      const more = new Promise<void>((done) => {
        wake = done;
      });
      const over = await Promise.race([more, isOver.then(() => true)]);
      if (over && times.length <= frame) throw new Error('Expected a time for each frame of ffmpeg');
    }
    return times[frame]!;
  };
}
