import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { euclideanDistance, migrateGallery, openRecognizer } from 'acquaint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSqliteGallery } from '../../src/gallery/sqlite-gallery.ts';
import { loadSqlite } from '../../src/sqlite/sqlite-driver.ts';
import { photos } from '../cli/cli-process.ts';

const TO = 'dlib-resnet-v1+4views';
const folder = mkdtempSync(join(tmpdir(), 'acquaint-migrate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const people = { 'Nicolas Cage': photos.cage, 'Justin Bieber': photos.bieber };
const pictures = Object.values(people);
let copies = 0;

async function enrolled(options: { recipe: string; keepCrops?: boolean }): Promise<string> {
  const path = join(folder, `${options.recipe}-${options.keepCrops ?? true}.db`);
  const recognizer = await openRecognizer({ gallery: path, ...options });
  for (const [name, picture] of Object.entries(people)) await recognizer.enroll(name, [picture]);
  await recognizer.close();
  return path;
}

function copyOf(path: string): string {
  const copy = join(folder, `copy-${copies++}.db`);
  copyFileSync(path, copy);
  return copy;
}

async function embeddingsIn(path: string): Promise<Float32Array[]> {
  const recognizer = await openRecognizer({ gallery: path });
  const found = await Promise.all(Object.keys(people).map((name) => recognizer.person(name)));
  await recognizer.close();
  return found.map(({ faces }) => faces[0]!.embedding);
}

/** As a call without pictures leaves it when it is interrupted after the first face. */
async function interruptedAfterOne(path: string): Promise<string> {
  const whole = copyOf(path);
  await migrateGallery(whole, TO);
  const [embedding] = await embeddingsIn(whole);
  const interrupted = copyOf(path);
  const kind = { recipe: 'dlib-resnet-v1', embeddingLength: 128 };
  const gallery = await openSqliteGallery(interrupted, { kind, create: false });
  const [first] = await gallery.facesToEmbed(TO, 1, 0);
  await gallery.stageEmbeddings(TO, [{ faceId: first!.faceId, embedding: embedding!, source: 'crop' }]);
  await gallery.close();
  return interrupted;
}

/** Nicolas Cage's face, as if its picture had been the one of that content. */
async function asIfEnrolledFrom(hash: string, path: string): Promise<void> {
  const database = (await loadSqlite())(path);
  database
    .prepare(
      `UPDATE faces SET detail = CAST(json_set(CAST(detail AS TEXT), '$.contentHash', ?) AS BLOB)
       WHERE person = (SELECT seq FROM people WHERE json_extract(CAST(detail AS TEXT), '$.name') = 'Nicolas Cage')`,
    )
    .run(hash);
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
}

describe('a migrated gallery', () => {
  let fast: string;
  let withoutCrops: string;
  let expected: Float32Array[];
  beforeAll(async () => {
    fast = await enrolled({ recipe: 'dlib-resnet-v1' });
    withoutCrops = await enrolled({ recipe: 'dlib-resnet-v1', keepCrops: false });
    expected = await embeddingsIn(await enrolled({ recipe: TO }));
  });

  it('holds from the pictures the very numbers of one that was enrolled by the new recipe', async () => {
    const path = copyOf(withoutCrops);
    const done: number[] = [];
    const migration = await migrateGallery(path, TO, {
      pictures: [...pictures, photos.noFace, join(folder, 'gone.jpg')],
      onProgress: (count, total) => done.push(count / total),
    });
    expect(migration).toEqual({ from: 'dlib-resnet-v1', to: TO, fromPictures: 2, fromCrops: 0, failed: [] });
    expect(done).toEqual([0.5, 1]);
    expect(await embeddingsIn(path)).toEqual(expected);
  });

  it('names people from crops alone', async () => {
    const path = copyOf(fast);
    expect(await migrateGallery(path, TO)).toMatchObject({ fromPictures: 0, fromCrops: 2 });
    (await embeddingsIn(path)).forEach((embedding, i) => {
      expect(euclideanDistance(embedding, expected[i]!)).toBeLessThan(0.15);
    });
    const recognizer = await openRecognizer({ gallery: path });
    expect(recognizer.recipe).toBe(TO);
    const { faces } = await recognizer.identify(photos.otherCage);
    expect(faces[0]).toMatchObject({ decision: 'match', person: { name: 'Nicolas Cage' } });
    await recognizer.close();
  });

  it('stays as it was when a face has neither crop nor picture, which is told before any is embedded', async () => {
    const path = copyOf(withoutCrops);
    const before = await embeddingsIn(path);
    const done: number[] = [];
    const options = { pictures: [photos.cage], onProgress: (count: number) => done.push(count) };
    await expect(migrateGallery(path, TO, options)).rejects.toMatchObject({
      code: 'pictures_missing',
      message: expect.stringContaining('1 face has'),
    });
    expect(done).toEqual([]);
    expect(await embeddingsIn(path)).toEqual(before);
  });

  describe('whose picture cannot be used any more', () => {
    let cutShort: string;
    let enrolledFromIt: string;
    let withoutItsCrop: string;
    beforeAll(async () => {
      cutShort = join(folder, 'cut short.jpg');
      writeFileSync(cutShort, readFileSync(photos.cage).subarray(0, 20_000));
      const hash = createHash('sha256').update(readFileSync(cutShort)).digest('hex');
      enrolledFromIt = copyOf(fast);
      await asIfEnrolledFrom(hash, enrolledFromIt);
      withoutItsCrop = copyOf(withoutCrops);
      await asIfEnrolledFrom(hash, withoutItsCrop);
    });

    it('takes the crop of the face, and says which picture and why', async () => {
      const path = copyOf(enrolledFromIt);
      const migration = await migrateGallery(path, TO, { pictures: [cutShort, photos.bieber] });
      expect(migration).toMatchObject({
        fromPictures: 1,
        fromCrops: 1,
        failed: [
          { path: cutShort, code: 'not_an_image', message: expect.stringContaining('damaged or cut short') },
        ],
      });
      const [cage] = await embeddingsIn(path);
      expect(euclideanDistance(cage!, expected[0]!)).toBeLessThan(0.15);
    });

    it('stays as it was when there is no crop either, and keeps what was embedded', async () => {
      const path = copyOf(withoutItsCrop);
      const before = await embeddingsIn(path);
      const options = { pictures: [cutShort, photos.bieber] };
      await expect(migrateGallery(path, TO, options)).rejects.toMatchObject({
        code: 'pictures_missing',
        message: expect.stringMatching(/1 face has neither a crop .* usable picture \(.*cut short/),
      });
      expect(await embeddingsIn(path)).toEqual(before);
      const rest: number[] = [];
      const again = { ...options, onProgress: (count: number) => rest.push(count) };
      await expect(migrateGallery(path, TO, again)).rejects.toMatchObject({ code: 'pictures_missing' });
      expect(rest).toEqual([]);
    });

    it('takes the crop where the face is not found in its picture again', async () => {
      const migration = await migrateGallery(copyOf(fast), TO, { pictures, minFacePx: 1000 });
      expect(migration).toMatchObject({ fromPictures: 0, fromCrops: 2 });
      expect(migration.failed.map(({ path, code }) => [path, code])).toEqual(
        pictures.map((picture) => [picture, 'no_face']),
      );
    });
  });

  it('is embedded anew from pictures that are given when it goes on, not from crops done before', async () => {
    const path = await interruptedAfterOne(fast);
    expect(await migrateGallery(copyOf(path), TO)).toMatchObject({ fromPictures: 0, fromCrops: 1 });
    expect(await migrateGallery(path, TO, { pictures })).toMatchObject({ fromPictures: 2, fromCrops: 0 });
    expect(await embeddingsIn(path)).toEqual(expected);
  });

  it('keeps what was done from the crop when the picture that is given later fails', async () => {
    const path = await interruptedAfterOne(fast);
    const migration = await migrateGallery(path, TO, { pictures, minFacePx: 1000 });
    expect(migration).toMatchObject({ fromPictures: 0, fromCrops: 1 });
    expect(migration.failed).toHaveLength(2);
  });

  it('goes on after an interruption, and is whole afterwards', async () => {
    const path = copyOf(fast);
    const interrupted = new AbortController();
    interrupted.abort();
    await expect(migrateGallery(path, TO, { pictures, signal: interrupted.signal })).rejects.toMatchObject({
      code: 'aborted',
    });
    await migrateGallery(path, TO, { pictures });
    expect(await embeddingsIn(path)).toEqual(expected);
    expect(await migrateGallery(path, TO)).toMatchObject({ from: TO, fromPictures: 0, fromCrops: 0 });
  });

  it('refuses faces of whoever had it open by the old recipe', async () => {
    const path = copyOf(fast);
    const recognizer = await openRecognizer({ gallery: path });
    await recognizer.identify(photos.otherCage);
    await migrateGallery(path, TO, { pictures });
    await expect(recognizer.enroll('Audrey', [photos.audrey])).rejects.toMatchObject({
      code: 'recipe_mismatch',
    });
    await expect(recognizer.identify(photos.otherCage)).rejects.toMatchObject({ code: 'recipe_mismatch' });
    await recognizer.close();
  });

  it('is not made of nothing: an unknown recipe and a missing gallery are refused', async () => {
    await expect(migrateGallery(fast, 'no-such-recipe')).rejects.toBeInstanceOf(TypeError);
    await expect(migrateGallery(join(folder, 'none.db'), TO)).rejects.toMatchObject({
      code: 'gallery_missing',
    });
  });
});
