import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteGallery } from '../../src/gallery/sqlite-gallery.ts';

const kind = { recipe: 'dlib-resnet-v1', embeddingLength: 128 };

describe('a gallery of an older version', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'acquaint-upgrade-'));
    path = join(folder, 'people.db');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('version 1 keeps its people, faces and what was measured on them', async () => {
    await copyFile(fileURLToPath(new URL('versions/gallery-v1.db', import.meta.url)), path);
    for (const opening of ['first', 'second']) {
      const gallery = await openSqliteGallery(path, { kind, create: false });
      const people = await gallery.people();
      expect(
        people.map(({ name, faces }) => [name, faces]),
        opening,
      ).toEqual([
        ['Ada Lovelace', 1],
        ['Zoë 北', 1],
      ]);
      const [face] = await gallery.facesOf(people[0]!.id);
      expect(face).toMatchObject({ fileName: 'sample1.jpg', quality: { sizePx: expect.any(Number) } });
      expect(face!.quality!.sharpness).toBeGreaterThan(1);
      expect(face!.embedding).toHaveLength(128);
      expect(face!.chip!.length).toBeGreaterThan(1000);
      expect(await gallery.calibration()).toBeNull();
      await gallery.close();
    }
  });

  it('version 2 keeps its people and can be changed to another recipe', async () => {
    await copyFile(fileURLToPath(new URL('versions/gallery-v2.db', import.meta.url)), path);
    const views = { recipe: 'dlib-resnet-v1+4views', embeddingLength: 128 };
    const gallery = await openSqliteGallery(path, { kind: views, create: false });
    const people = await gallery.people();
    expect(people.map(({ name, faces }) => [name, faces])).toEqual([
      ['Ada Lovelace', 1],
      ['Zoë 北', 1],
    ]);
    const faces = await gallery.facesToEmbed('other', 10, 0);
    await gallery.stageEmbeddings(
      'other',
      faces.map(({ faceId }) => ({ faceId, embedding: new Float32Array(4).fill(0.5), source: 'picture' })),
    );
    expect(await gallery.switchRecipe('other', 4)).toBe(true);
    await gallery.close();
    await expect(openSqliteGallery(path, { kind: views, create: false })).rejects.toMatchObject({
      code: 'recipe_mismatch',
    });
  });

  it('version 3 keeps what was staged, as if it came from crops: it did not say', async () => {
    await copyFile(fileURLToPath(new URL('versions/gallery-v3.db', import.meta.url)), path);
    const views = { recipe: 'dlib-resnet-v1+4views', embeddingLength: 128 };
    const gallery = await openSqliteGallery(path, { kind: views, create: false });
    const faces = await gallery.facesToEmbed('other', 10, 0);
    expect(faces.map(({ hasCrop, stagedFrom }) => [hasCrop, stagedFrom])).toEqual([
      [true, 'crop'],
      [true, null],
    ]);
    const embedding = new Float32Array(4).fill(0.5);
    await gallery.stageEmbeddings('other', [{ faceId: faces[1]!.faceId, embedding, source: 'picture' }]);
    expect(await gallery.switchRecipe('other', 4)).toBe(true);
    const [ada] = await gallery.people();
    expect([...(await gallery.facesOf(ada!.id))[0]!.embedding]).toEqual([0.25, 0.25, 0.25, 0.25]);
    await gallery.close();
  });

  it('version 4 keeps people, faces, calibration and what was staged, and can then do what is new', async () => {
    await copyFile(fileURLToPath(new URL('versions/gallery-v4.db', import.meta.url)), path);
    const views = { recipe: 'dlib-resnet-v1+4views', embeddingLength: 128 };
    const gallery = await openSqliteGallery(path, { kind: views, create: false });
    const [ada, zoe] = await gallery.people();
    expect([ada!.name, zoe!.name]).toEqual(['Ada Lovelace', 'Zoë 北']);
    expect(await gallery.calibration()).toBe('{"format":1}');
    const faces = await gallery.facesToEmbed('other', 10, 0);
    expect(faces.map(({ stagedFrom }) => stagedFrom)).toEqual(['crop', null]);
    const [face] = await gallery.facesOf(ada!.id);
    expect(await gallery.hasPicture('Ada Lovelace', face!.contentHash)).toBe(true);
    expect((await gallery.crop(face!.id))!.length).toBeGreaterThan(1000);
    expect(await gallery.merge(ada!.id, zoe!.id)).toMatchObject({ faces: 2 });
    await gallery.undo();
    await gallery.reseal({ passphrase: 'long enough to be one' });
    expect((await gallery.people()).map(({ faces: count }) => count)).toEqual([1, 1]);
    await gallery.close();
  });

  it('takes new faces afterwards', async () => {
    await copyFile(fileURLToPath(new URL('versions/gallery-v1.db', import.meta.url)), path);
    const gallery = await openSqliteGallery(path, { kind, create: false });
    const [ada] = await gallery.people();
    const [face] = await gallery.facesOf(ada!.id);
    const quality = { ...face!.quality!, contrast: 1, yaw: 2, roll: 3, eyeLight: 1, mouthLines: 0.125 };
    const { person } = await gallery.addFace(ada!.name, {
      ...face!,
      contentHash: 'f'.repeat(64),
      quality: { ...quality, outside: 0, landmarkSpread: null, viewSpread: null },
    });
    expect(person.faces).toBe(2);
    expect(await gallery.forget([person.name])).toMatchObject({ faces: 2 });
    await gallery.close();
  });
});
