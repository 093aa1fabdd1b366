import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { openSqliteGallery } from '../../src/gallery/sqlite-gallery.ts';
import { installNewerNodes } from './newer-nodes.ts';

const folder = mkdtempSync(join(tmpdir(), 'acquaint-crash-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const script = fileURLToPath(new URL('enroll-loop.js', import.meta.url));
const options = { kind: { recipe: 'test-recipe', embeddingLength: 128 }, create: true };

const lifeScript = fileURLToPath(new URL('life-loop.js', import.meta.url));

/** A line of life-loop.js. */
interface LifeEvent {
  readonly begun?: 'merge' | 'forget' | 'switch';
  readonly done?: 'enrolled' | 'merged' | 'forgotten' | 'switched';
  readonly name: string;
  readonly into: string;
  readonly face: string;
  readonly bytes: string;
  readonly collection: string;
}

/** Nothing acknowledged is lost, nothing forgotten is there, and what was begun is done or was never begun. */
async function expectAsTold(path: string, events: readonly LifeEvent[]): Promise<void> {
  const gallery = await openSqliteGallery(path, options);
  const nameOfFace = new Map<string, string>();
  for (const { id, name } of await gallery.people()) {
    for (const face of await gallery.facesOf(id)) nameOfFace.set(face.id, name);
  }
  const names = new Set(nameOfFace.values());
  const files = Buffer.concat(
    [path, `${path}-wal`].filter((file) => existsSync(file)).map((file) => readFileSync(file)),
  );
  for (const event of events) {
    switch (event.done ?? event.begun) {
      case 'enrolled':
        expect(nameOfFace.get(event.face)).toBe(event.name);
        break;
      case 'merged':
        expect(nameOfFace.get(event.face)).toBe(event.into);
        expect(names.has(event.name)).toBe(false);
        break;
      case 'forget':
        // Begun and not done: it is there whole, or gone without a byte.
        expect(files.includes(Buffer.from(event.bytes, 'hex'))).toBe(names.has(event.name));
        break;
      case 'forgotten':
        expect(names.has(event.name)).toBe(false);
        expect(files.includes(event.name)).toBe(false);
        break;
      case 'switch':
        await expectWholeCollection(path, event.collection, false);
        break;
      case 'switched':
        await expectWholeCollection(path, event.collection, true);
    }
  }
  await gallery.close();
}

async function expectWholeCollection(path: string, collection: string, isSwitched: boolean): Promise<void> {
  const team = await openSqliteGallery(path, { ...options, create: false, collection, accepts: () => true });
  if (isSwitched) expect(team.recipe).toBe('other-recipe');
  const lengths = (await team.embeddings()).map(({ embedding }) => embedding.length);
  expect(lengths).toEqual(Array(10).fill(team.recipe === 'other-recipe' ? 64 : 128));
  await team.close();
}

function enrolling(path: string, name: string, count: number, node = process.execPath) {
  return looping(script, [path, name, String(count)], node);
}

function looping(loop: string, args: readonly string[], node = process.execPath) {
  const child = spawn(node, [loop, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  // The last line may be cut off by the kill: it was not acknowledged.
  const acknowledged = () =>
    stdout
      .slice(0, stdout.lastIndexOf('\n') + 1)
      .split('\n')
      .filter(Boolean);
  return { child, ended, acknowledged, stderr: () => stderr };
}

async function hashesIn(path: string): Promise<Set<string>> {
  const gallery = await openSqliteGallery(path, options);
  const hashes = new Set<string>();
  for (const { id } of await gallery.people()) {
    for (const { contentHash } of await gallery.facesOf(id)) hashes.add(contentHash);
  }
  await gallery.close();
  return hashes;
}

describe('a gallery', () => {
  it('loses nothing acknowledged when its process is killed, ten times', async () => {
    const path = join(folder, 'killed.db');
    const acknowledged: string[] = [];
    for (let round = 0; round < 10; round++) {
      const run = enrolling(path, `Round ${round}`, 100_000);
      while (run.acknowledged().length < 3) await wait(5);
      await wait(Math.random() * 60);
      run.child.kill('SIGKILL');
      await run.ended;
      acknowledged.push(...run.acknowledged());
      const kept = await hashesIn(path);
      expect(acknowledged.filter((hash) => !kept.has(hash))).toEqual([]);
    }
    expect(acknowledged.length).toBeGreaterThan(30);
  });

  it('is as it was told, or as it was before, when it is killed while people are merged, forgotten and migrated, 100 times', async () => {
    const path = join(folder, 'life.db');
    const events: LifeEvent[] = [];
    for (let round = 0; round < 100; round++) {
      const run = looping(lifeScript, [path, String(round)]);
      const least = 1 + (round % 15);
      while (run.acknowledged().length < least && run.child.exitCode === null) await wait(2);
      await wait(Math.random() * 30);
      run.child.kill('SIGKILL');
      await run.ended;
      expect(run.stderr()).toBe('');
      events.push(...run.acknowledged().map((line) => JSON.parse(line) as LifeEvent));
      if (round % 10 === 9) await expectAsTold(path, events);
    }
    for (const kind of ['enrolled', 'merged', 'forgotten', 'switched']) {
      expect(events.filter(({ done }) => done === kind).length, kind).toBeGreaterThan(10);
    }
  }, 600_000);

  it('takes the writes of two processes at once, created by both at the same moment', async () => {
    const path = join(folder, 'shared.db');
    const runs = [enrolling(path, 'One', 60), enrolling(path, 'Other', 60)];
    await Promise.all(runs.map(({ ended }) => ended));
    expect(runs.map(({ stderr }) => stderr())).toEqual(['', '']);
    expect((await hashesIn(path)).size).toBe(120);
  });

  for (const [version, node] of installNewerNodes()) {
    it(`is written by Node ${version}'s own SQLite and read by this one, in silence`, async () => {
      const path = join(folder, `node-${version}.db`);
      const run = enrolling(path, 'Newer', 5, node);
      await run.ended;
      expect(run.stderr()).toBe('');
      expect(await hashesIn(path)).toEqual(new Set(run.acknowledged()));
    });
  }
});
