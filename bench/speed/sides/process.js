// A side of a comparison: a process of its own, so that no other's memory or caches help or hinder it. It loads and warms up,
// then runs once a line on its input and answers with a line of JSON: { ms, faces, cpuMs, peakMb }.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** In the parent: `run()` resolves with one run's figures. `script`: a file of this folder. */
export function startSide(script, options) {
  const path = fileURLToPath(new URL(script, import.meta.url));
  return talkTo(
    spawn(process.execPath, [path, JSON.stringify(options)], { stdio: ['pipe', 'pipe', 'inherit'] }),
    script,
  );
}

export function talkTo(child, name) {
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async run() {
      child.stdin.write('run\n');
      const { value, done } = await lines.next();
      if (done) throw new Error(`${name} ended without an answer: ${(await ended).join(' ')}`);
      return JSON.parse(value);
    },
    close() {
      child.stdin.end('quit\n');
    },
  };
}

/** In the child: `open(options)` loads and gives `run`, which may return figures of its own, and `close`. */
export async function serve(open) {
  const { run, close } = await open(JSON.parse(process.argv[2]));
  for await (const line of createInterface({ input: process.stdin })) {
    if (line !== 'run') break;
    const cpu = process.cpuUsage();
    const start = performance.now();
    const figures = await run();
    const ms = performance.now() - start;
    const { user, system } = process.cpuUsage(cpu);
    const peakMb = process.resourceUsage().maxRSS / 1024;
    process.stdout.write(`${JSON.stringify({ ms, cpuMs: (user + system) / 1000, peakMb, ...figures })}\n`);
  }
  await close?.();
}
