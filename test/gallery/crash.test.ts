import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
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

function enrolling(path: string, name: string, count: number, node = process.execPath) {
  const child = spawn(node, [script, path, name, String(count)], { stdio: ['ignore', 'pipe', 'pipe'] });
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
