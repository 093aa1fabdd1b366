import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import ffmpeg from '@ffmpeg-installer/ffmpeg';
import { createDecoder } from 'acquaint';
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
  return cached(`held-${version}.mp4`, async (path) => {
    const size = `${image.width}x${image.height}`;
    const raw = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', size, '-r', `${FPS}`, '-i', 'pipe:0'];
    const args = ['-v', 'error', '-y', ...raw, '-pix_fmt', 'yuv420p', '-f', 'mp4', path];
    const child = spawn(ffmpeg.path, args, { stdio: ['pipe', 'ignore', 'inherit'] });
    const closed = once(child, 'close');
    for (let i = 0; i < SECONDS * FPS; i++) {
      const { data } = seenPrint(image, HOLDS[name](i / FPS));
      if (!child.stdin.write(data)) await once(child.stdin, 'drain');
    }
    child.stdin.end();
    const [code] = await closed;
    if (code !== 0) throw new Error(`Expected a film from ffmpeg but it ended with ${code}`);
  });
}
