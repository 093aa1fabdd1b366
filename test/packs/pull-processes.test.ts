import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ModelPack } from '../../src/packs/catalog.ts';
import { pullPack } from '../../src/packs/pull.ts';
import { type Answer, serve, startFileServer } from './file-server.ts';
import { expectFile, filesIn, modelFolder, packAt, someBytes } from './packs.ts';

const bytes = someBytes(300_000);
const built = pathToFileURL(resolve('dist/packs/pull.js')).href;

/** Pulls in a process of its own; prints the status or the error's code and message. */
function startPull(pack: ModelPack, folder: string, identity: { uid?: number } = {}): ChildProcess {
  const program = `
    import { pullPack } from ${JSON.stringify(built)};
    const told = await pullPack(${JSON.stringify(pack)}, { folder: ${JSON.stringify(folder)} }).then(
      ({ status }) => status,
      ({ code, message }) => code + ': ' + message,
    );
    console.log(told);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
    ...identity,
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function told(child: ChildProcess): Promise<string> {
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  await once(child, 'close');
  return text.trim();
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((done) => setTimeout(done, 20));
}

async function partHas(folder: string, byteLength: number): Promise<boolean> {
  return readFile(join(folder, 'model.onnx.part')).then(
    ({ length }) => length === byteLength,
    () => false,
  );
}

describe('a process that is killed while it pulls', () => {
  it('leaves its part and its lock, and the next one goes on', async () => {
    const server = await startFileServer(serve(bytes, { silentAfter: 120_000 }));
    const folder = await modelFolder();
    const pack = packAt(server.address, bytes);
    const child = startPull(pack, folder);
    await until(() => partHas(folder, 120_000));
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(await filesIn(folder)).toEqual(['model.onnx.lock', 'model.onnx.part', 'model.onnx.part.json']);
    server.answer(serve(bytes));
    expect(await told(startPull(pack, folder))).toBe('fetched');
    await expectFile(join(folder, 'model.onnx'), bytes);
    expect(server.ranges).toEqual([undefined, 'bytes=120000-']);
    expect(await filesIn(folder)).toEqual(['model.onnx']);
  });
});

describe('two that pull at once', () => {
  it('do not disturb each other: the second names the first', async () => {
    const server = await startFileServer(serve(bytes, { silentAfter: 120_000 }), serve(bytes));
    const folder = await modelFolder();
    const pack = packAt(server.address, bytes);
    const first = startPull(pack, folder);
    await until(() => partHas(folder, 120_000));
    await expect(pullPack(pack, { folder })).rejects.toMatchObject({
      code: 'download_failed',
      message: expect.stringMatching(`Process ${first.pid} on ${hostname()} is fetching it at this moment`),
    });
    expect(await partHas(folder, 120_000)).toBe(true);
    first.kill('SIGKILL');
  });

  it('of one process do not either', async () => {
    const server = await startFileServer(serve(bytes));
    const folder = await modelFolder();
    const pulls = [1, 2, 3, 4].map(() => pullPack(packAt(server.address, bytes), { folder }));
    const results = await Promise.allSettled(pulls);
    expect(results.some(({ status }) => status === 'fulfilled')).toBe(true);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'download_failed' });
    }
    await expectFile(join(folder, 'model.onnx'), bytes);
    expect(await filesIn(folder)).toEqual(['model.onnx']);
  });

  it.each([
    [
      'of another machine that has been silent for minutes',
      { pid: 1, host: 'elsewhere', token: 'x' },
      300,
      true,
    ],
    ['of another machine that is at work', { pid: 1, host: 'elsewhere', token: 'x' }, 5, false],
    ['of a process number in use again', { pid: process.pid, host: hostname(), token: 'x' }, 300, true],
    ['of which a crash left no text', null, 300, true],
    ['that is being written', null, 1, false],
  ])('a lock %s', async (_title, holder, ageSeconds, isTakenOver) => {
    const server = await startFileServer(serve(bytes));
    const folder = await modelFolder();
    const lock = join(folder, 'model.onnx.lock');
    await writeFile(lock, holder === null ? '' : JSON.stringify(holder));
    const touched = new Date(Date.now() - ageSeconds * 1000);
    await utimes(lock, touched, touched);
    const pull = pullPack(packAt(server.address, bytes), { folder });
    if (isTakenOver) expect((await pull).status).toBe('fetched');
    else await expect(pull).rejects.toThrow(/is fetching it at this moment.*delete .*model\.onnx\.lock/);
  });
});

describe.skipIf(process.platform === 'win32')(
  'a process that sleeps until another takes its lock over',
  () => {
    it.each([
      ['as soon as it has something to write', true],
      ['even when nothing comes for it to write', false],
    ])('stops %s, and leaves part and lock alone', async (_title, hasMore) => {
      // Both connections are held open here: each process gets more when the test says so.
      const responses: ServerResponse[] = [];
      const beginning =
        (silentAfter: number): Answer =>
        (request, response) => {
          responses.push(response);
          serve(bytes, { silentAfter })(request, response);
        };
      const server = await startFileServer(beginning(120_000), beginning(80_000));
      const folder = await modelFolder();
      const pack = packAt(server.address, bytes);
      const sleeper = startPull(pack, folder);
      const saying = told(sleeper);
      await until(() => partHas(folder, 120_000));
      sleeper.kill('SIGSTOP');
      const lock = join(folder, 'model.onnx.lock');
      const longAgo = new Date(Date.now() - 300_000);
      await utimes(lock, longAgo, longAgo);
      const pull = pullPack(pack, { folder });
      await until(() => partHas(folder, 200_000));
      const held = await readFile(lock, 'utf8');
      sleeper.kill('SIGCONT');
      if (hasMore) responses[0]!.end(bytes.subarray(120_000));
      expect(await saying).toMatch(
        /^download_failed: .*no longer that of this process.*Nothing more was written/,
      );
      expect(await readFile(lock, 'utf8')).toBe(held);
      expect(await partHas(folder, 200_000)).toBe(true);
      responses[1]!.end(bytes.subarray(200_000));
      expect((await pull).status).toBe('fetched');
      await expectFile(join(folder, 'model.onnx'), bytes);
      expect(server.ranges).toEqual([undefined, 'bytes=120000-']);
      expect(await filesIn(folder)).toEqual(['model.onnx']);
    });
  },
);

describe('a folder that may not be written', () => {
  it('is named, and what lies in it can still be used', async () => {
    const server = await startFileServer(serve(bytes));
    const folder = await modelFolder();
    const pack = packAt(server.address, bytes);
    await chmod(folder, 0o555);
    // Root may write everywhere: be somebody else.
    const identity = process.getuid?.() === 0 ? { uid: 65534 } : {};
    const refused = await told(startPull(pack, folder, identity));
    expect(refused).toMatch(/^download_failed: .*model\.onnx\.lock cannot be written: permission denied\./);
    await chmod(folder, 0o755);
    await writeFile(join(folder, 'model.onnx'), bytes);
    await chmod(folder, 0o555);
    expect(await told(startPull(pack, folder, identity))).toBe('present');
    await chmod(folder, 0o755);
  });

  it('because a file is in its place is named too', async () => {
    const folder = await modelFolder();
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'file'), '');
    const pull = pullPack(packAt('https://example.com/a', bytes), { folder: join(folder, 'file', 'models') });
    await expect(pull).rejects.toMatchObject({
      code: 'download_failed',
      message: expect.stringMatching(/models cannot be written: a part of the path is no folder/),
    });
  });
});
