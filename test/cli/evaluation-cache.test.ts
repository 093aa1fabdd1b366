import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type CliResult,
  finished,
  makeFolder,
  type ProcessOptions,
  runCli,
  startCli,
} from './cli-process.ts';
import { KNOWN_PEOPLE, makePeople } from './known-people.ts';
import { runProbed } from './native-libraries.ts';

let folder: string;
/** What a run without any cache says. */
let uncached: CliResult;

/** Three people, one of them with two pictures. */
const PICTURES = 4;
const evaluation = ['evaluate', 'people', '--effort', 'fast', '--json', '-q'];

const run = (args: readonly string[], options?: ProcessOptions): Promise<CliResult> =>
  finished(startCli(folder, [...evaluation, ...args], options));

const withoutQuiet = (args: readonly string[]): Promise<CliResult> =>
  runCli(folder, ...evaluation.filter((arg) => arg !== '-q'), ...args);

/** The figures, and how many pictures no net was needed for. */
function figures({ code, stdout }: CliResult) {
  expect(code).toBe(0);
  const { fromCache, ...figures } = JSON.parse(stdout) as { fromCache: number };
  return { fromCache, figures };
}

const cacheFile = async (cache: string): Promise<string> =>
  join(folder, cache, (await readdir(join(folder, cache)))[0]!);

beforeAll(async () => {
  folder = await makeFolder();
  await makePeople(join(folder, 'people'), KNOWN_PEOPLE.slice(0, 3));
  await rm(join(folder, 'people', KNOWN_PEOPLE[0]!, '2.jpg'));
  await rm(join(folder, 'people', KNOWN_PEOPLE[1]!, '2.jpg'));
  uncached = await run(['--no-cache'], { env: { ACQUAINT_CACHE: join(folder, 'unused') } });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the embedding cache of evaluate', () => {
  afterEach(() => rm(join(folder, 'cache'), { recursive: true, force: true }));

  it('is not written with --no-cache', async () => {
    expect(figures(uncached).fromCache).toBe(0);
    // The nets' graphs, which say nothing of anybody.
    expect(await readdir(join(folder, 'unused'))).toEqual(['prepared']);
  });

  it('spares the second run every net, and it says the same to the last digit', async () => {
    const librariesOf = async (): Promise<string> => {
      const { libraries, ...result } = await runProbed(folder, [...evaluation, '--cache', 'cache']);
      expect(figures(result).figures).toEqual(figures(uncached).figures);
      return libraries;
    };
    expect(await librariesOf()).toContain('onnxruntime');
    expect(await librariesOf()).not.toContain('onnxruntime');
    expect(figures(await run(['--cache', 'cache'])).fromCache).toBe(PICTURES);
  });

  it('keeps neither names nor paths, and lies in the usual place for its owner only', async () => {
    const env = { ACQUAINT_CACHE: join(folder, 'cache') };
    expect(figures(await run([], { env })).fromCache).toBe(0);
    expect(figures(await run([], { env })).fromCache).toBe(PICTURES);
    const file = await cacheFile('cache');
    const text = (await readFile(file, 'utf8')).replace(/"embedding":"[^"]*"/g, '').toLowerCase();
    for (const word of [...KNOWN_PEOPLE.slice(0, 3), 'Cage', 'people', '.jpg', folder]) {
      expect(text).not.toContain(word.toLowerCase());
    }
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('measures again what is damaged and says so once', async () => {
    await run(['--cache', 'cache']);
    const file = await cacheFile('cache');
    const lines = (await readFile(file, 'utf8')).split('\n');
    await writeFile(
      file,
      [lines[0]!.replace('"score":', '"score":1'), ...lines.slice(1, 3), lines[3]!.slice(0, 99)].join('\n'),
    );
    const damaged = await withoutQuiet(['--cache', 'cache']);
    expect(damaged.stderr).toContain('Damaged in the cache cache and measured again: 2 pictures.');
    expect(figures(damaged)).toEqual({ fromCache: PICTURES - 2, figures: figures(uncached).figures });
    const mended = await withoutQuiet(['--cache', 'cache']);
    expect(mended.stderr).not.toContain('damaged');
    expect(figures(mended).fromCache).toBe(PICTURES);
  });

  it('is shared by two processes at once', async () => {
    const both = await Promise.all([run(['--cache', 'cache']), run(['--cache', 'cache'])]);
    for (const result of both) expect(figures(result).figures).toEqual(figures(uncached).figures);
    const third = await withoutQuiet(['--cache', 'cache']);
    expect(third.stderr).not.toContain('damaged');
    expect(figures(third).fromCache).toBe(PICTURES);
  });

  it('stops nothing where the usual folder cannot be written, and says so', async () => {
    await writeFile(join(folder, 'cache'), 'a file');
    const env = { ACQUAINT_CACHE: join(folder, 'cache', 'below') };
    const result = await finished(
      startCli(folder, ['evaluate', 'people', '--effort', 'fast', '--json'], { env }),
    );
    expect(figures(result).figures).toEqual(figures(uncached).figures);
    expect(result.stderr).toMatch(/^Embeddings cannot be kept in .*below \(E[A-Z]+\)/m);
  });

  it('is an error where a folder was asked for', async () => {
    await writeFile(join(folder, 'cache'), 'a file');
    const { code, stdout, stderr } = await run(['--cache', 'cache/below']);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^acquaint: Embeddings cannot be kept in cache\/below \(E[A-Z]+\).*\n$/);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'cache_unusable' } });
  });

  it.runIf(process.getuid?.() === 0)(
    'is an error for a user who may not write the folder or the file',
    async () => {
      const nobody = 65_534;
      await chmod(folder, 0o755);
      await mkdir(join(folder, 'cache'), { mode: 0o755 });
      const inFolder = await run(['--cache', 'cache'], { uid: nobody });
      expect([inFolder.code, inFolder.stderr]).toEqual([
        3,
        expect.stringMatching(/kept in cache \(EACCES\)/),
      ]);
      await run(['--cache', 'cache']);
      const inFile = await run(['--cache', 'cache'], { uid: nobody });
      expect([inFile.code, inFile.stderr]).toEqual([3, expect.stringMatching(/kept in cache \(EACCES\)/)]);
    },
  );
});

describe('evaluate that is interrupted', () => {
  it('ends with 130, and the next run takes what was measured', async () => {
    await makePeople(join(folder, 'many'), KNOWN_PEOPLE.slice(0, 6));
    const args = ['evaluate', 'many', '--effort', 'fast', '--json', '-q', '--cache', 'kept'];
    const child = startCli(folder, args);
    const ending = finished(child);
    const written = async (): Promise<number> => {
      const file = await cacheFile('kept').catch(() => null);
      return file === null ? 0 : (await readFile(file, 'utf8')).split('\n').length - 1;
    };
    while ((await written()) < 2 && child.exitCode === null) await sleep(20);
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ending;
    expect([code, stdout]).toEqual([130, '']);
    expect(stderr).toBe('acquaint: interrupted; what was measured before is kept.\n');
    const kept = await written();
    expect(kept).toBeGreaterThanOrEqual(2);
    expect(kept).toBeLessThan(12);
    expect(figures(await runCli(folder, ...args)).fromCache).toBe(kept);
  });
});
