import { execFileSync } from 'node:child_process';

/**
 * Frames of a film from a second on, as pixels { width, height, data }.
 * throws  what ffmpeg says
 */
export function filmFrames(ffmpeg, film, { from, seconds, fps, width, height }) {
  const args = ['-v', 'error', '-ss', `${from}`, '-i', film, '-t', `${seconds}`];
  const filter = `fps=${fps},scale=${width}:${height}`;
  const raw = ['-vf', filter, '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'];
  const bytes = execFileSync(ffmpeg, [...args, ...raw], { maxBuffer: 2 ** 31 - 1 });
  const size = width * height * 3;
  return Array.from({ length: Math.floor(bytes.length / size) }, (_, i) => ({
    width,
    height,
    data: new Uint8Array(bytes.subarray(i * size, (i + 1) * size)),
  }));
}
