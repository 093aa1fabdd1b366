import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import ffmpeg from '@ffmpeg-installer/ffmpeg';
import { createDecoder, type RgbImage } from 'acquaint';
import { filmedMan, obedientMan } from '../../bench/liveness/filmed.js';
import { HOLDS, seenPrint } from '../../bench/liveness/held-print.js';
import { franckVideo, stillOf } from '../console/fake-camera.ts';
import { cached, contentHash } from '../console/test-cache.ts';

export const ffmpegPath = ffmpeg.path;
export type HoldName = keyof typeof HOLDS;

const FPS = 12;
const SECONDS = 2.2;

/** A piece of the film of a man who talks: he turns his head from 100 s on. Further arguments of ffmpeg come first. */
export function franckPiece(fromSeconds: number, seconds: number, framesPerSecond = 24): Promise<string> {
  const filter = `scale=600:480,minterpolate=fps=${framesPerSecond}:mi_mode=dup`;
  const args = ['-ss', `${fromSeconds}`, '-t', `${seconds}`, '-i', franckVideo, '-an', '-vf', filter];
  return film(`franck-${fromSeconds}-${seconds}-${framesPerSecond}`, args);
}

/** A made film, kept: ffmpeg's arguments but for the output. */
export function film(name: string, args: readonly string[]): Promise<string> {
  return cached(`liveness-${name}.mp4`, async (path) => {
    const common = ['-nostdin', '-v', 'error', '-y'];
    await promisify(execFile)(ffmpeg.path, [...common, ...args, '-pix_fmt', 'yuv420p', '-f', 'mp4', path]);
  });
}

/** A still of that film, printed and held before a camera in one of the ways of the bench. */
export async function heldPrint(name: HoldName): Promise<string> {
  const still = await stillOf({ video: franckVideo, fromSeconds: 70, seconds: 1 });
  const { image } = await createDecoder().decode(still);
  const version = contentHash(image.data, HOLDS[name].toString(), seenPrint.toString());
  const frames = Array.from(
    { length: Math.ceil(SECONDS * FPS) },
    (_, i) => () => seenPrint(image, HOLDS[name](i / FPS)),
  );
  return cached(`held-${version}.mp4`, (path) => writeFilm(path, frames, FPS));
}

/** Of a man who does what the script asks, for so many seconds each, also when it is not what a challenge asks. */
export async function actedFilm(
  script: readonly (readonly [asked: string, seconds: number])[],
): Promise<string> {
  const version = contentHash(JSON.stringify(script), obedientMan.toString(), filmedMan.toString());
  return cached(`acted-${version}.mp4`, async (path) => {
    const show = obedientMan(filmedMan(ffmpeg.path));
    const shown = script.flatMap(([asked, seconds]) =>
      Array.from({ length: Math.round(seconds * ACTED_FPS) }, () => show(asked)),
    );
    // Where he sat elsewhere for a while a camera would go on: a moment without him tells that nothing was joined.
    const frames = shown.filter((frame, i) => frame || shown[i - MOMENT] !== null);
    const { width, height } = shown[0]!;
    const nobody = { width, height, data: new Uint8Array(width * height * 3).fill(128) };
    await writeFilm(
      path,
      frames.map((frame) => () => frame ?? nobody),
      ACTED_FPS,
    );
  });
}

/** A little slower than he was: a browser on the same machine shows the judge fewer frames. */
const ACTED_FPS = 20;
/** Frames: a face may be gone for half a second. */
const MOMENT = 4;

async function writeFilm(path: string, frames: readonly (() => RgbImage)[], fps: number): Promise<void> {
  const { width, height } = frames[0]!();
  const raw = [
    '-f',
    'rawvideo',
    '-pix_fmt',
    'rgb24',
    '-s',
    `${width}x${height}`,
    '-r',
    `${fps}`,
    '-i',
    'pipe:0',
  ];
  const args = ['-v', 'error', '-y', ...raw, '-pix_fmt', 'yuv420p', '-f', 'mp4', path];
  const child = spawn(ffmpeg.path, args, { stdio: ['pipe', 'ignore', 'inherit'] });
  const closed = once(child, 'close');
  for (const frame of frames) if (!child.stdin.write(frame().data)) await once(child.stdin, 'drain');
  child.stdin.end();
  const [code] = await closed;
  if (code !== 0) throw new Error(`Expected a film from ffmpeg but it ended with ${code}`);
}
