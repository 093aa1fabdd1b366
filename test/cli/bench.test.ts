import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clmtrackrPath } from '../models/golden.ts';
import { finished, makeFolder, startCli } from './cli-process.ts';

let folder: string;

beforeAll(async () => {
  folder = await makeFolder();
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const run = (...args: string[]) =>
  finished(startCli(folder, ['bench', '--seconds', '1', '--min-face', '80', ...args]));

describe('acquaint bench', () => {
  it('measures a made-up picture, and says so', async () => {
    const { code, stdout, stderr } = await run();
    expect(code).toBe(0);
    expect(stdout).toContain('made-up picture of 1920x1280');
    expect(stdout).toMatch(/one picture +\S+ m?s; 95 % within \S+ m?s \(\d+ measured\)/);
    expect(stdout).toMatch(/several in work +[\d.]+ pictures a second/);
    expect(stderr).toContain('Measuring');
  });

  it('measures given pictures by the given settings, for programs', async () => {
    const { code, stdout, stderr } = await run(
      clmtrackrPath('audrey.jpg'),
      clmtrackrPath('cage.jpg'),
      '--detector',
      'hog',
      '--effort',
      'fast',
      '--json',
      '--quiet',
    );
    expect([code, stderr]).toEqual([0, '']);
    const { machine, settings, pictures, latencyMs, picturesPerSecond, peakMemoryMb } = JSON.parse(stdout);
    expect(machine).toMatchObject({ node: process.version, cores: expect.any(Number) });
    expect(settings).toEqual({ detector: 'hog', recipe: 'dlib-resnet-v1', minFacePx: 80 });
    expect(pictures).toMatchObject({ count: 2, madeUp: false, width: 540, height: 720 });
    expect(latencyMs.median).toBeGreaterThan(0);
    expect(latencyMs.percentile95).toBeGreaterThanOrEqual(latencyMs.median);
    expect(latencyMs.count).toBeGreaterThan(0);
    expect(picturesPerSecond).toBeGreaterThan(0);
    expect(peakMemoryMb).toBeGreaterThan(50);
  });

  it('goes on without what is no picture, and says when nothing is left', async () => {
    const text = join(folder, 'text.jpg');
    await writeFile(text, 'no picture');
    const some = await run(text, clmtrackrPath('cage.jpg'), '--json');
    expect(JSON.parse(some.stdout).pictures.count).toBe(1);
    expect(some.stderr).toContain('text.jpg');
    const none = await run(text);
    expect([none.code, none.stdout]).toEqual([1, '']);
  });

  it('refuses a time that is none', async () => {
    const { code, stderr } = await run('--seconds', '0');
    expect(code).toBe(2);
    expect(stderr).toContain('Expected a number above 0');
  });
});
