import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { cached, contentHash } from './test-cache.ts';

function ownName(): string {
  const name = `test-${randomUUID()}`;
  onTestFinished(async () => rm(await cached(name, (path) => writeFile(path, '')), { recursive: true }));
  return name;
}

it('makes a folder once, also when several ask at the same time', async () => {
  const name = ownName();
  let made = 0;
  const make = async (path: string) => {
    made++;
    await mkdir(path);
    await writeFile(join(path, 'proof'), 'whole');
  };
  const paths = await Promise.all([1, 2, 3].map(() => cached(name, make, 'proof')));
  expect(new Set(paths).size).toBe(1);
  expect(made).toBe(3);
  expect(await cached(name, make, 'proof')).toBe(paths[0]);
  expect(made).toBe(3);
  expect(await readFile(join(paths[0]!, 'proof'), 'utf8')).toBe('whole');
});

it('makes a folder again that was swept', async () => {
  const name = ownName();
  const make = async (path: string) => {
    await mkdir(path);
    await writeFile(join(path, 'other'), '');
    await writeFile(join(path, 'proof'), '');
  };
  const path = await cached(name, make, 'proof');
  await rm(join(path, 'proof'));
  expect(await cached(name, make, 'proof')).toBe(path);
  expect(existsSync(join(path, 'proof'))).toBe(true);
});

it('keeps nothing of what could not be made', async () => {
  const name = ownName();
  let unfinished = '';
  const fail = async (path: string) => {
    unfinished = path;
    await writeFile(path, 'half');
    throw new Error('no more room');
  };
  await expect(cached(name, fail)).rejects.toThrow('no more room');
  expect(existsSync(unfinished)).toBe(false);
  expect(await readFile(await cached(name, (path) => writeFile(path, 'all')), 'utf8')).toBe('all');
});

it('tells parts apart, not only their text one after another', () => {
  expect(contentHash('ab', 'c')).not.toBe(contentHash('a', 'bc'));
  expect(contentHash('ab', 'c')).toBe(contentHash('ab', Buffer.from('c')));
});
