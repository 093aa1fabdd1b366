import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openSqliteGallery } from '../../src/gallery/sqlite-gallery.ts';
import { loadSqlite } from '../../src/sqlite/sqlite-driver.ts';
import { galleryContract, LENGTH, newFace, RECIPE } from './gallery-contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'acquaint-gallery-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const freshPath = () => join(folder, `gallery-${files++}.db`);
const options = { kind: { recipe: RECIPE, embeddingLength: LENGTH }, create: true };
const open = (path: string, more: object = {}) => openSqliteGallery(path, { ...options, ...more });

describe('a gallery in a file', () => galleryContract(() => open(freshPath())));
describe('a gallery in memory', () => galleryContract(() => open(':memory:')));

describe('a gallery file', () => {
  it('is there after closing and opening, and only its owner may read it', async () => {
    const path = freshPath();
    const first = await open(path);
    await first.addFace('Ada', newFace());
    if (process.platform !== 'win32') {
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(statSync(`${path}-wal`).mode & 0o777).toBe(0o600);
    }
    await first.close();
    const second = await open(path, { create: false });
    expect((await second.people())[0]).toMatchObject({ name: 'Ada', faces: 1 });
    await second.close();
  });

  it('holds no byte of a forgotten person, and held them before', async () => {
    const path = freshPath();
    const gallery = await open(path);
    const face = newFace();
    const traces = [
      Buffer.from(face.embedding.buffer.slice(0, 64)),
      Buffer.from(face.chip!.subarray(0, 64)),
      Buffer.from('Unforgettable Name'),
    ];
    await gallery.addFace('Unforgettable Name', face);
    for (let i = 0; i < 50; i++) await gallery.addFace(`Other ${i}`, newFace());
    const bytes = () =>
      Buffer.concat(
        [path, `${path}-wal`].filter((file) => existsSync(file)).map((file) => readFileSync(file)),
      );
    for (const trace of traces) expect(bytes().includes(trace)).toBe(true);
    await gallery.forget(['Unforgettable Name']);
    for (const trace of traces) expect(bytes().includes(trace)).toBe(false);
    await gallery.close();
  });

  it('tells another connection that it has changed', async () => {
    const path = freshPath();
    const [a, b] = [await open(path), await open(path)];
    const before = await b.revision();
    await a.addFace('Ada', newFace());
    expect(await b.revision()).not.toBe(before);
    expect(await b.people()).toHaveLength(1);
    await Promise.all([a.close(), b.close()]);
  });

  it('that another process holds is refused after the stated wait', async () => {
    const path = freshPath();
    const gallery = await open(path, { lockTimeoutMs: 200 });
    const other = (await loadSqlite())(path);
    other.exec('BEGIN IMMEDIATE');
    await expect(gallery.addFace('Ada', newFace())).rejects.toMatchObject({ code: 'gallery_locked' });
    other.exec('ROLLBACK');
    await gallery.addFace('Ada', newFace());
    other.close();
    await gallery.close();
  });

  it('of another recipe is refused', async () => {
    const path = freshPath();
    await (await open(path)).close();
    await expect(open(path, { kind: { recipe: 'other', embeddingLength: LENGTH } })).rejects.toMatchObject({
      code: 'recipe_mismatch',
      message: expect.stringContaining(RECIPE),
    });
  });
});

describe('what is no gallery', () => {
  it('is told by name and left as it is', async () => {
    const text = freshPath();
    writeFileSync(text, 'just text, long enough to be looked at '.repeat(20));
    await expect(open(text)).rejects.toMatchObject({ code: 'gallery_corrupt' });
    expect(readFileSync(text, 'utf8')).toContain('just text');

    const foreign = freshPath();
    const database = (await loadSqlite())(foreign);
    database.exec('CREATE TABLE accounts (id INTEGER); INSERT INTO accounts VALUES (1)');
    database.close();
    const before = readFileSync(foreign);
    await expect(open(foreign)).rejects.toMatchObject({ code: 'gallery_corrupt' });
    expect(readFileSync(foreign).equals(before)).toBe(true);
  });

  it('is missing, a folder, or in a folder that does not exist', async () => {
    await expect(open(freshPath(), { create: false })).rejects.toMatchObject({ code: 'gallery_missing' });
    const directory = freshPath();
    mkdirSync(directory);
    await expect(open(directory)).rejects.toMatchObject({ code: 'gallery_unusable' });
    await expect(open(join(directory, 'no', 'such.db'))).rejects.toMatchObject({ code: 'gallery_unusable' });
  });

  it('was made by a newer version', async () => {
    const path = freshPath();
    await (await open(path)).close();
    const database = (await loadSqlite())(path);
    database.exec('PRAGMA user_version = 99');
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    database.close();
    await expect(open(path)).rejects.toMatchObject({
      code: 'gallery_unusable',
      message: expect.stringContaining('99'),
    });
  });

  it('was cut off in the middle', async () => {
    const path = freshPath();
    const gallery = await open(path);
    for (let i = 0; i < 100; i++) await gallery.addFace(`Person ${i}`, newFace());
    await gallery.close();
    truncateSync(path, 6000);
    const reading = async () => {
      const damaged = await open(path);
      try {
        return [...(await damaged.embeddings())].length;
      } finally {
        await damaged.close();
      }
    };
    await expect(reading()).rejects.toMatchObject({ code: 'gallery_corrupt' });
  });

  const canDropRights = process.getuid?.() === 0 && existsSync('/usr/bin/setpriv');
  it.skipIf(!canDropRights)('may not be written by this user', () => {
    const closed = join(folder, 'closed');
    mkdirSync(closed);
    chmodSync(folder, 0o755);
    chmodSync(closed, 0o555);
    const script = `import('${new URL('../../dist/gallery/sqlite-gallery.js', import.meta.url).href}')
      .then((m) => m.openSqliteGallery('${closed}/people.db', ${JSON.stringify(options)}))
      .then(() => console.log('opened'), (error) => console.log(error.code, error.message));`;
    const output = execFileSync(
      '/usr/bin/setpriv',
      ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, '-e', script],
      { encoding: 'utf8' },
    );
    expect(output).toMatch(/^gallery_unusable .*may not be written/);
  });
});

/** A file system of so few bytes that it fills up; null where this user may not make one. */
function smallDisk(kilobytes: number): string | null {
  const disk = freshPath();
  mkdirSync(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', disk], { stdio: 'ignore' });
    return disk;
  } catch {
    return null;
  }
}

describe('a full disk', () => {
  const disk = process.platform === 'linux' ? smallDisk(600) : null;
  afterAll(() => {
    // Lazily: a driver may hold the file until its statements are collected.
    if (disk) execFileSync('umount', ['-l', disk]);
  });

  it.skipIf(disk === null)('is told, and whoever was enrolled before stays, whatever is tried', async () => {
    const path = join(disk!, 'people.db');
    const gallery = await open(path);
    let enrolled = 0;
    const fill = async () => {
      for (; enrolled < 1000; enrolled++) {
        await gallery.addFace(`Person ${enrolled}`, newFace({ chip: new Uint8Array(5000) }));
      }
    };
    await expect(fill()).rejects.toMatchObject({
      code: 'gallery_unusable',
      message: expect.stringContaining('the disk is full'),
    });
    await expect(gallery.reseal({ keyFile: new Uint8Array(32) })).rejects.toMatchObject({
      code: 'gallery_unusable',
    });
    await gallery.close();
    const again = await open(path);
    expect(again.isSealed).toBe(false);
    expect(await again.people()).toHaveLength(enrolled);
    expect(enrolled).toBeGreaterThan(1);
    await again.close();
  });
});
