import { appendFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type EmbeddingCache,
  type MeasuredPicture,
  openEmbeddingCache,
} from '../../src/evaluation/embedding-cache.ts';

let folder: string;
let path: string;

const hashes = ['aa', 'bb', 'cc'].map((pair) => pair.repeat(32));

/** Numbers that JSON would round or cannot hold well, in boxes beyond the picture's edge. */
function picture(seed: number): MeasuredPicture {
  const embedding = Float32Array.from({ length: 128 }, (_, i) => Math.fround(Math.sin(seed + i) / 3));
  return {
    width: 640,
    height: 480,
    faces: [
      {
        box: { left: -3.25, top: 7, right: 99.5, bottom: 110 },
        score: 1.0887500047683716,
        embedding,
        quality: {
          sizePx: 102.75,
          sharpness: 0.1 + 0.2,
          brightness: 127.5,
          contrast: 31,
          yaw: -12.5,
          roll: 2,
          eyeLight: 0.9,
          mouthLines: 0.17,
          outside: 0,
          landmarkSpread: null,
          viewSpread: null,
        },
      },
    ],
  };
}

async function withCache<T>(work: (cache: EmbeddingCache) => Promise<T> | T, key = 'a key'): Promise<T> {
  const cache = await openEmbeddingCache(folder, key);
  try {
    return await work(cache);
  } finally {
    await cache.close();
  }
}

const knownIn = (cache: EmbeddingCache): boolean[] => hashes.map((hash) => cache.get(hash) !== null);

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'acquaint-cache-')), 'below');
  await withCache(async (cache) => {
    for (const [seed, hash] of hashes.entries()) await cache.put(hash, picture(seed));
  });
  path = join(folder, (await readdir(folder))[0]!);
});

afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }));

describe('an embedding cache', () => {
  it('gives back every bit of what was measured, also in the run that measured it', async () => {
    await withCache(async (cache) => {
      expect(cache.damaged).toBe(0);
      for (const [seed, hash] of hashes.entries()) expect(cache.get(hash)).toEqual(picture(seed));
      expect(cache.get('dd'.repeat(32))).toBeNull();
      const empty = { width: 3, height: 2, faces: [] };
      await cache.put('dd'.repeat(32), empty);
      expect(cache.get('dd'.repeat(32))).toEqual(empty);
    });
  });

  it('keeps what was made in another way apart', async () => {
    await withCache((cache) => expect(knownIn(cache)).toEqual([false, false, false]), 'another key');
    expect(await readdir(folder)).toHaveLength(2);
  });

  it.skipIf(process.platform === 'win32')('is for the eyes of its owner only', async () => {
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  it('measures again what was damaged, says so once, and keeps the rest', async () => {
    const bytes = await readFile(path);
    bytes[bytes.indexOf('"embedding":"') + 40]! ^= 1;
    await writeFile(path, bytes);
    await withCache(async (cache) => {
      expect(cache.damaged).toBe(1);
      expect(knownIn(cache)).toEqual([false, true, true]);
      await cache.put(hashes[0]!, picture(0));
    });
    await withCache((cache) => {
      expect(cache.damaged).toBe(0);
      expect(knownIn(cache)).toEqual([true, true, true]);
      expect(cache.get(hashes[0]!)).toEqual(picture(0));
    });
  });

  it('cut short anywhere, keeps the lines before and takes new ones after', async () => {
    const bytes = await readFile(path);
    const lastLine = bytes.lastIndexOf('\n', bytes.length - 2) + 1;
    for (const end of [lastLine + 1, lastLine + 17, lastLine + 100, bytes.length - 2, bytes.length - 1]) {
      await writeFile(path, bytes.subarray(0, end));
      await withCache(async (cache) => {
        expect([cache.damaged, knownIn(cache)]).toEqual([1, [true, true, false]]);
        await cache.put(hashes[2]!, picture(2));
      });
      await withCache((cache) => expect([cache.damaged, knownIn(cache)]).toEqual([0, [true, true, true]]));
    }
  });

  it('is not led astray by garbage, by an empty file or by a line of another picture', async () => {
    const garbage = Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 197 + (i >> 3)) & 0xff));
    const lines = garbage
      .toString('latin1')
      .split('\n')
      .filter((line) => line !== '').length;
    await appendFile(path, garbage);
    await withCache((cache) => {
      expect(cache.damaged).toBe(lines);
      expect(knownIn(cache)).toEqual([true, true, true]);
    });
    await withCache((cache) => expect([cache.damaged, knownIn(cache)]).toEqual([0, [true, true, true]]));
    const swapped = (await readFile(path, 'utf8')).replace(hashes[0]!, hashes[2]!);
    await writeFile(path, swapped);
    await withCache((cache) => expect(cache.get(hashes[2]!)).toEqual(picture(2)));
    await writeFile(path, '');
    await withCache((cache) => expect([cache.damaged, knownIn(cache)]).toEqual([0, [false, false, false]]));
  });

  it('takes the lines of two at once', async () => {
    const many = Array.from({ length: 200 }, (_, i) => i.toString(16).padStart(64, '0'));
    await withCache((one) =>
      withCache(async (other) => {
        await Promise.all(many.map((hash, i) => (i % 2 === 0 ? one : other).put(hash, picture(i))));
      }),
    );
    await withCache((cache) => {
      expect(cache.damaged).toBe(0);
      for (const [i, hash] of many.entries()) expect(cache.get(hash)).toEqual(picture(i));
    });
  });

  it('says so when a line cannot be written any more', async () => {
    const cache = await openEmbeddingCache(folder, 'a key');
    await cache.close();
    await expect(cache.put(hashes[0]!, picture(0))).rejects.toMatchObject({ code: 'cache_unusable' });
  });

  it('says in which folder nothing can be kept', async () => {
    const opening = openEmbeddingCache(join(path, 'below a file'), 'key');
    await expect(opening).rejects.toMatchObject({
      code: 'cache_unusable',
      message: expect.stringContaining(join(path, 'below a file')),
    });
  });
});
