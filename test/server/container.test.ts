import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { testFolder } from '../cli/cli-process.ts';

const script = resolve('docker/start.sh');
const isPosix = process.platform !== 'win32';

function start(folder: string, ...args: string[]) {
  const child = spawn(script, args, {
    cwd: folder,
    env: {
      ...process.env,
      ACQUAINT_MAIN: resolve('dist/bundle/main.js'),
      ACQUAINT_GALLERY: join(folder, 'people.db'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  const ended = new Promise<number | null>((done) => child.once('close', done));
  return { child, ended, output: () => stdout, errors: () => stderr };
}

describe.runIf(isPosix)("the container's start script", () => {
  it('makes a key, serves the network with it, and ends when it is told to', async () => {
    const folder = await testFolder();
    const refused = start(folder, 'serve', '--port', '0');
    expect(await refused.ended).toBe(2);
    expect(refused.errors()).toMatch(/acquaint keys create/);
    const made = start(folder, 'keys', 'create', '--name', 'admin', '--scopes', 'admin');
    expect(await made.ended).toBe(0);
    const key = made.output().trim();
    expect(key).toMatch(/^acq_/);
    const serving = start(folder, 'serve', '--port', '0', '--quiet');
    while (!/Listening on/.test(serving.errors())) await new Promise((done) => setTimeout(done, 50));
    const [, port] = /Listening on http:\/\/[^:]+:(\d+)/.exec(serving.errors())!;
    expect((await fetch(`http://127.0.0.1:${port}/v1/collections`)).status).toBe(401);
    const headers = { authorization: `Bearer ${key}` };
    expect((await fetch(`http://127.0.0.1:${port}/v1/collections`, { headers })).status).toBe(200);
    serving.child.kill('SIGTERM');
    expect(await serving.ended).toBe(0);
    await rm(folder, { recursive: true });
  });
});

describe('the Dockerfile', () => {
  it('runs as nobody in particular, on Debian, with a health check', async () => {
    const lines = (await readFile('Dockerfile', 'utf8')).split('\n');
    const [last] = lines.filter((line) => line.startsWith('FROM ')).slice(-1);
    expect(last).toMatch(/slim$/);
    expect(lines.indexOf('USER node')).toBeLessThan(lines.findIndex((line) => line.startsWith('ENTRYPOINT')));
    expect(lines.some((line) => line.startsWith('HEALTHCHECK'))).toBe(true);
    const compose = await readFile('compose.yaml', 'utf8');
    expect(compose).toMatch(/read_only: true/);
    expect(compose).toMatch(/127\.0\.0\.1:8420:8420/);
  });
});
