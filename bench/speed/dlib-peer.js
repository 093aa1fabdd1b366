// dlib's C++ (bench/dlib) as a process that repeats one stage on command.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const binary = fileURLToPath(new URL('../dlib/build/dlib-bench', import.meta.url));

/** Why dlib cannot take part, or null when it can. */
export function dlibMissing() {
  if (existsSync(binary)) return null;
  return 'dlib is left out: apt-get install libdlib-dev libopenblas-dev cmake g++, then cmake -S bench/dlib -B bench/dlib/build && cmake --build bench/dlib/build';
}

/** `run()` resolves with the figures of one warm run; `close()` ends the process. */
export function startDlib({ models, stage, threads, pictures }) {
  const args = ['--models', models, '--stage', stage, '--threads', String(threads), ...pictures];
  const child = spawn(binary, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async run() {
      child.stdin.write('run\n');
      const { value, done } = await lines.next();
      if (done) throw new Error('dlib-bench ended without an answer');
      return JSON.parse(value);
    },
    close() {
      child.stdin.end('quit\n');
    },
  };
}
