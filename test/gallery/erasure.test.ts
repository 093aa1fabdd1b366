import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openSqliteGallery } from '../../src/gallery/sqlite-gallery.ts';
import { loadSqlite } from '../../src/sqlite/sqlite-driver.ts';
import { LENGTH, newFace, RECIPE } from './gallery-contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'acquaint-erasure-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const open = (path: string, lockTimeoutMs = 5000) =>
  openSqliteGallery(path, { kind: { recipe: RECIPE, embeddingLength: LENGTH }, create: true, lockTimeoutMs });
const nameOf = (i: number) => `N${createHash('sha512').update(`${i}`).digest('hex')}`.slice(0, 21 + (i % 60));

/** How many of these names can be read in the file. */
function readable(path: string, names: readonly string[]): number {
  const found = new Set(readFileSync(path, 'latin1').match(/N[0-9a-f]{20}/g));
  return names.filter((name) => found.has(name.slice(0, 21))).length;
}

describe('forgetting', () => {
  it('also wipes the copies that SQLite leaves behind when rows move between pages', async () => {
    const path = join(folder, 'moved.db');
    const gallery = await open(path);
    await gallery.addFace('Last', newFace());
    const database = (await loadSqlite())(path);
    database.exec('PRAGMA secure_delete = ON; PRAGMA synchronous = OFF; BEGIN');
    const insert = database.prepare(
      "INSERT INTO people (id, collection, name_key, detail, created_at, updated_at) VALUES (?1, 1, ?2, ?3, '', '')",
    );
    const add = (i: number) =>
      insert.run(`${i}`, nameOf(i), Buffer.from(JSON.stringify({ name: nameOf(i), metadata: {} })));
    for (let i = 0; i < 6000; i++) add(i);
    database.exec('COMMIT');
    const gone: string[] = [];
    for (let i = 0; i < 5000; i++) {
      database.prepare('DELETE FROM people WHERE id = ?').run(`${i}`);
      gone.push(nameOf(i));
      if (i % 5 === 0) add(i + 10_000);
    }
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    database.close();
    expect(readable(path, gone)).toBeGreaterThan(0);
    await gallery.forget(['Last']);
    expect(readable(path, gone)).toBe(0);
    await gallery.close();
  });

  it('returns though a reader needs the log, and is finished by the next opening', async () => {
    const path = join(folder, 'reader.db');
    const gallery = await open(path, 100);
    await gallery.addFace(nameOf(1), newFace());
    const reader = (await loadSqlite())(path);
    reader.exec('BEGIN; SELECT count(*) FROM people');
    reader.prepare('SELECT count(*) FROM people').get();
    expect(await gallery.forget([nameOf(1)])).toMatchObject({ faces: 1, wiped: false });
    expect(readable(`${path}-wal`, [nameOf(1)])).toBe(1);
    reader.exec('ROLLBACK');
    const next = await open(path);
    expect(readable(path, [nameOf(1)]) + readable(`${path}-wal`, [nameOf(1)])).toBe(0);
    await Promise.all([next.close(), gallery.close()]);
    reader.close();
  });
});
