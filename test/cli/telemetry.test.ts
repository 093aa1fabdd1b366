import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { finished, photos, startCli } from './cli-process.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'acquaint-telemetry-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Where ONNX Runtime would keep what it tells its maker. */
const traces = async (home: string): Promise<readonly string[]> =>
  (await readdir(home, { recursive: true })).filter((path) => /deviceid$|onnxruntime\.db$/.test(path));

/**
 * An ordinary user's environment. Of this process's own only the path is kept: where one of a dozen variables of build
 * servers is set, telemetry is off by itself and nothing would be tested.
 */
const environment = (home: string): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.keys(process.env).map((name) => [name, undefined])),
  PATH: process.env.PATH,
  HOME: home,
  ACQUAINT_CACHE: join(home, 'acquaint'),
});

describe.runIf(process.platform === 'linux')("ONNX Runtime's telemetry", () => {
  it.each([['detect', photos.cage], ['doctor']])('tells nobody of %s', async (...args) => {
    const home = await mkdtemp(join(folder, 'home-'));
    const { code } = await finished(startCli(home, args, { env: environment(home) }));
    expect(code).toBe(0);
    expect(await traces(home)).toEqual([]);
  });

  it('would tell of it otherwise: what is looked for is there', async () => {
    const home = await mkdtemp(join(folder, 'home-'));
    const env = { ...environment(home), ORT_DISABLE_TELEMETRY: '0' };
    await finished(startCli(home, ['detect', photos.cage], { env }));
    expect(await traces(home)).not.toEqual([]);
  });
});
