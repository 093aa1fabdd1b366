import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { euclideanDistance, migrateGallery, openRecognizer } from 'acquaint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
    expect(migration).toEqual({ from: 'dlib-resnet-v1', to: TO, fromPictures: 2, fromCrops: 0 });
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

  it('stays as it was when a face has neither crop nor picture', async () => {
    const path = copyOf(withoutCrops);
    const before = await embeddingsIn(path);
    await expect(migrateGallery(path, TO, { pictures: [photos.cage] })).rejects.toMatchObject({
      code: 'pictures_missing',
      message: expect.stringContaining('1 face has'),
    });
    expect(await embeddingsIn(path)).toEqual(before);
    // What was found is kept: now only the other one is embedded.
    expect(await migrateGallery(path, TO, { pictures })).toMatchObject({ fromPictures: 1 });
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
