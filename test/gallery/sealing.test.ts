import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openSqliteGallery } from '../../src/gallery/sqlite-gallery.ts';
import { loadSqlite } from '../../src/sqlite/sqlite-driver.ts';
import { LENGTH, newFace, RECIPE } from './gallery-contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'acquaint-sealing-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const freshPath = () => join(folder, `gallery-${files++}.db`);
const kind = { recipe: RECIPE, embeddingLength: LENGTH };
const open = (path: string, key?: Parameters<typeof openSqliteGallery>[1]['key']) =>
  openSqliteGallery(path, { kind, create: true, key });
const keyFile = { keyFile: randomBytes(32) };
const passphrase = { passphrase: 'correct horse battery' };

const bytesOf = (path: string) =>
  Buffer.concat([path, `${path}-wal`].filter((file) => existsSync(file)).map((file) => readFileSync(file)));

/** What must not be read in a sealed gallery. */
function tracesOf(face: ReturnType<typeof newFace>) {
  return [
    Buffer.from(face.embedding.buffer.slice(0, 32)),
    Buffer.from(face.chip!.subarray(0, 32)),
    Buffer.from('Ada Lovelace'),
    Buffer.from('E-1815'),
    Buffer.from('analytical'),
    Buffer.from(face.contentHash.slice(0, 32)),
    Buffer.from('ada 1.jpg'),
  ];
}

async function fill(path: string, key?: Parameters<typeof open>[1]) {
  const gallery = await open(path, key);
  const face = newFace();
  const { person } = await gallery.addFace('Ada', face);
  await gallery.change(person.id, {
    name: 'Ada Lovelace',
    externalId: 'E-1815',
    metadata: { engine: 'analytical' },
  });
  return { gallery, face };
}

describe.each([
  ['a key file', keyFile],
  ['a passphrase', passphrase],
])('a gallery sealed by %s', (_, key) => {
  it('shows nothing of anybody in its files, and everything with the key', async () => {
    const path = freshPath();
    const { gallery, face } = await fill(path, key);
    expect(gallery.isSealed).toBe(true);
    for (const trace of tracesOf(face)) expect(bytesOf(path).includes(trace)).toBe(false);
    await gallery.close();
    const again = await open(path, key);
    const person = (await again.findPerson('Ada Lovelace'))!;
    expect(person).toMatchObject({ externalId: 'E-1815', metadata: { engine: 'analytical' }, faces: 1 });
    const [kept] = await again.facesOf(person.id);
    expect([...kept!.embedding]).toEqual([...face.embedding]);
    expect([...kept!.chip!]).toEqual([...face.chip!]);
    expect(await again.hasPicture('Ada Lovelace', face.contentHash)).toBe(true);
    expect((await again.embeddings())[0]!.embedding).toEqual(face.embedding);
    expect((await again.history())[0]).toMatchObject({ kind: 'edit', person: 'Ada Lovelace' });
    await again.close();
  });
});

it('a gallery that is not sealed shows it all: the search for traces finds something', async () => {
  const path = freshPath();
  const { gallery, face } = await fill(path);
  for (const trace of tracesOf(face)) expect(bytesOf(path).includes(trace)).toBe(true);
  await gallery.close();
});

describe('a wrong key', () => {
  it('is told as such, whichever kind it is, and changes nothing', async () => {
    const path = freshPath();
    await (await fill(path, keyFile)).gallery.close();
    const before = readFileSync(path);
    await expect(open(path)).rejects.toMatchObject({ code: 'key_required' });
    await expect(open(path, { keyFile: randomBytes(32) })).rejects.toMatchObject({ code: 'wrong_key' });
    await expect(open(path, passphrase)).rejects.toMatchObject({
      code: 'wrong_key',
      message: expect.stringContaining('a key file'),
    });
    expect(readFileSync(path).equals(before)).toBe(true);
    const plain = freshPath();
    await (await fill(plain)).gallery.close();
    await expect(open(plain, keyFile)).rejects.toMatchObject({ code: 'wrong_key' });
  });

  it('that could be guessed is refused', async () => {
    await expect(open(freshPath(), { passphrase: 'short' })).rejects.toThrow(/at least 8 characters/);
    await expect(open(freshPath(), { keyFile: Buffer.from('123') })).rejects.toThrow(/at least 16 bytes/);
  });
});

describe('sealing anew', () => {
  it('seals an open gallery, changes its key and opens it for good; old copies are wiped', async () => {
    const path = freshPath();
    const { gallery, face } = await fill(path);
    await gallery.reseal(keyFile);
    expect(gallery.isSealed).toBe(true);
    for (const trace of tracesOf(face)) expect(bytesOf(path).includes(trace)).toBe(false);
    await gallery.addFace('Grace', newFace());
    await gallery.reseal(passphrase);
    await gallery.close();
    await expect(open(path, keyFile)).rejects.toMatchObject({ code: 'wrong_key' });
    const again = await open(path, passphrase);
    expect((await again.people()).map(({ name }) => name)).toEqual(['Ada Lovelace', 'Grace']);
    await again.undo();
    await again.reseal(null);
    await again.close();
    const plain = await open(path);
    expect(plain.isSealed).toBe(false);
    const [person] = await plain.people();
    expect([...(await plain.facesOf(person!.id))[0]!.embedding]).toEqual([...face.embedding]);
    await plain.close();
  });

  it('makes whoever has the gallery open by the old key open it again, and nothing is written by the old one', async () => {
    const path = freshPath();
    const { gallery } = await fill(path);
    const other = await open(path);
    await gallery.reseal(keyFile);
    await expect(other.addFace('Grace', newFace())).rejects.toMatchObject({ code: 'wrong_key' });
    await expect(other.people()).rejects.toMatchObject({ code: 'wrong_key' });
    await expect(other.embeddings()).rejects.toMatchObject({ code: 'wrong_key' });
    await Promise.all([other.close(), gallery.close()]);
  });
});

it('a record that was changed, or put in another place, is refused', async () => {
  const path = freshPath();
  const { gallery } = await fill(path, keyFile);
  await gallery.addFace('Grace', newFace());
  await gallery.close();
  const database = (await loadSqlite())(path);
  database.exec('UPDATE faces SET embedding = (SELECT embedding FROM faces WHERE seq = 1) WHERE seq = 2');
  database.close();
  const changed = await open(path, keyFile);
  await expect(changed.embeddings()).rejects.toMatchObject({ code: 'gallery_corrupt' });
  await changed.close();
});
