import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateGallery, openRecognizer } from 'acquaint';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { photos } from '../cli/cli-process.ts';
import { pulledModel } from '../models/pulled-model.ts';

const modelsFolder = await pulledModel();
const folder = mkdtempSync(join(tmpdir(), 'acquaint-fetched-'));
const gallery = join(folder, 'people.db');
afterEach(() => rmSync(gallery, { force: true }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const nowhere = join(folder, 'no-models');

describe.each([
  ['mobilefacenet-512+mirror', 512],
  ['dlib+mobilefacenet', 640],
] as const)('a recognizer by %s', (recipe, length) => {
  it('names people in another photo and no stranger, also after a restart', async () => {
    const options = { gallery, modelsFolder };
    const enrolling = await openRecognizer({ ...options, recipe });
    const enrolled = [
      ...(await enrolling.enroll('Nicolas Cage', [photos.cage])),
      ...(await enrolling.enroll('Justin Bieber', [photos.bieber])),
    ];
    await enrolling.close();
    expect(enrolled.map(({ reason, status }) => reason ?? status)).toEqual(['enrolled', 'enrolled']);
    const recognizer = await openRecognizer(options);
    try {
      expect(recognizer.recipe).toBe(recipe);
      for (const [photo, name] of [
        [photos.otherCage, 'Nicolas Cage'],
        [photos.otherBieber, 'Justin Bieber'],
      ] as const) {
        const { faces } = await recognizer.identify(photo);
        expect(faces).toMatchObject([{ decision: 'match', person: { name } }]);
        expect(faces[0]!.embedding).toHaveLength(length);
      }
      const { faces } = await recognizer.identify(photos.group);
      expect(faces.length).toBeGreaterThanOrEqual(3);
      for (const face of faces) {
        expect(face).toMatchObject({ decision: 'unknown', person: null });
        expect(face.distance).toBeGreaterThan(face.threshold);
      }
    } finally {
      await recognizer.close();
    }
  });

  it('tells two pictures of one person from two people', async () => {
    const recognizer = await openRecognizer({ recipe, modelsFolder });
    expect((await recognizer.verify(photos.cage, photos.otherCage)).same).toBe(true);
    expect((await recognizer.verify(photos.cage, photos.audrey)).same).toBe(false);
    await recognizer.close();
  });

  it('says which command fetches its model, and makes no gallery that cannot be used', async () => {
    const options = { recipe, modelsFolder: nowhere };
    const missing = {
      code: 'model_missing',
      message: expect.stringContaining('acquaint models pull mobilefacenet-512'),
    };
    await expect(openRecognizer({ ...options, gallery })).rejects.toMatchObject(missing);
    expect(existsSync(gallery)).toBe(false);
    const recognizer = await openRecognizer(options);
    await expect(recognizer.embed(photos.cage)).rejects.toMatchObject(missing);
    expect((await recognizer.detect(photos.cage)).faces).toHaveLength(1);
    await recognizer.close();
  });

  it('lists and forgets people where the model is not there', async () => {
    const enrolling = await openRecognizer({ gallery, modelsFolder, recipe });
    await enrolling.enroll('Nicolas Cage', [photos.cage]);
    await enrolling.close();
    const recognizer = await openRecognizer({ gallery, modelsFolder: nowhere });
    expect(await recognizer.people()).toMatchObject([{ name: 'Nicolas Cage', faces: 1 }]);
    expect(await recognizer.forget('Nicolas Cage')).toMatchObject({ erased: true });
    await recognizer.close();
  });
});

describe('commercial use', () => {
  const refused = { code: 'not_for_commercial_use', message: expect.stringContaining('buffalo_l') };

  it('refuses recipes of models that exclude it, before a gallery is made or changed', async () => {
    const commercial = { gallery, commercial: true };
    await expect(openRecognizer({ ...commercial, recipe: 'buffalo_l+mirror' })).rejects.toMatchObject(
      refused,
    );
    expect(existsSync(gallery)).toBe(false);
    const recognizer = await openRecognizer(commercial);
    await recognizer.enroll('Nicolas Cage', [photos.cage]);
    await recognizer.close();
    await expect(migrateGallery(gallery, 'buffalo_l+mirror', { commercial: true })).rejects.toMatchObject(
      refused,
    );
  });

  it('refuses the 68 landmarks, and takes what is free', async () => {
    const recognizer = await openRecognizer({
      commercial: true,
      recipe: 'dlib+mobilefacenet',
      modelsFolder,
    });
    await expect(recognizer.detect(photos.cage, { landmarks: 68 })).rejects.toMatchObject({
      code: 'not_for_commercial_use',
    });
    expect((await recognizer.embed(photos.cage)).faces).toHaveLength(1);
    await recognizer.close();
  });
});

describe('the detector yunet', () => {
  it('says which command fetches its model', async () => {
    const options = { detector: 'yunet', modelsFolder: nowhere } as const;
    const missing = {
      code: 'model_missing',
      message: expect.stringContaining('acquaint models pull yunet-n'),
    };
    await expect(openRecognizer({ ...options, gallery })).rejects.toMatchObject(missing);
    const recognizer = await openRecognizer(options);
    await expect(recognizer.detect(photos.cage)).rejects.toMatchObject(missing);
    await recognizer.close();
  });
});
