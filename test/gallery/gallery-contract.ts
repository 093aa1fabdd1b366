import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { EmbeddingSource, Gallery, NewFace } from '../../src/ports/gallery.ts';

export const RECIPE = 'test-recipe';
export const LENGTH = 128;

/** A face that no other test has: random numbers, a random picture hash. */
export function newFace(overrides: Partial<NewFace> = {}): NewFace {
  return {
    embedding: Float32Array.from({ length: LENGTH }, () => Math.random() - 0.5),
    contentHash: randomBytes(32).toString('hex'),
    fileName: 'ada 1.jpg',
    box: { left: -3, top: 5, right: 90, bottom: 98 },
    quality: {
      sizePx: 93,
      sharpness: 120.5,
      brightness: 99.25,
      contrast: 40.5,
      yaw: -3.5,
      roll: 2,
      eyeLight: 0.8,
      mouthLines: 0.125,
      outside: 0,
      landmarkSpread: null,
      viewSpread: 0.125,
    },
    chip: Uint8Array.from(randomBytes(500)),
    ...overrides,
  };
}

/** What every Gallery must do; `open` gives an empty one. */
export function galleryContract(open: () => Promise<Gallery>): void {
  let gallery: Gallery;
  beforeEach(async () => {
    gallery = await open();
    return () => gallery.close();
  });

  it('gives back what was enrolled, number by number', async () => {
    const face = newFace();
    const { person, face: enrolled } = await gallery.addFace('Ada Lovelace', face);
    expect(person).toMatchObject({ name: 'Ada Lovelace', faces: 1 });
    expect(enrolled.personId).toBe(person.id);
    const [kept] = await gallery.facesOf(person.id);
    expect(kept).toMatchObject({
      id: enrolled.id,
      contentHash: face.contentHash,
      fileName: 'ada 1.jpg',
      box: face.box,
      quality: face.quality,
    });
    expect([...kept!.embedding]).toEqual([...face.embedding]);
    expect([...kept!.chip!]).toEqual([...face.chip!]);
  });

  it('keeps an embedding that lies in the middle of a larger buffer', async () => {
    const buffer = Float32Array.from({ length: 3 * LENGTH }, (_, i) => i);
    const { person } = await gallery.addFace(
      'Ada',
      newFace({ embedding: buffer.subarray(LENGTH, 2 * LENGTH) }),
    );
    const [kept] = await gallery.facesOf(person.id);
    expect(kept!.embedding[0]).toBe(LENGTH);
  });

  it('counts several faces of one person, without a crop where none is given', async () => {
    await gallery.addFace('Ada', newFace());
    const { person } = await gallery.addFace('Ada', newFace({ chip: null, fileName: null }));
    expect(person.faces).toBe(2);
    expect((await gallery.facesOf(person.id))[1]).toMatchObject({ chip: null, fileName: null });
  });

  it('takes one picture once a person, but for two people', async () => {
    const face = newFace();
    await gallery.addFace('Ada', face);
    await expect(gallery.addFace('Ada', face)).rejects.toMatchObject({ code: 'already_enrolled' });
    expect(await gallery.hasPicture('Ada', face.contentHash)).toBe(true);
    expect(await gallery.hasPicture('Grace', face.contentHash)).toBe(false);
    await gallery.addFace('Grace', face);
    expect(await gallery.people()).toHaveLength(2);
  });

  it('finds a name however its accents are composed, and keeps strange names as they are', async () => {
    const names = ['José', '🙂 Smile', 'a/b\\c', '[x] <y> "z"', "Robert'); DROP TABLE people;--", '名前'];
    for (const name of names) await gallery.addFace(name, newFace());
    expect((await gallery.findPerson('Jose\u0301'))?.name).toBe('José');
    expect((await gallery.people()).map(({ name }) => name).sort()).toEqual([...names].sort());
  });

  it('refuses names that are empty, too long or hold control characters', async () => {
    for (const name of ['', '  ', 'x'.repeat(201), 'a\nb', 'a\u001b[31mb']) {
      await expect(gallery.addFace(name, newFace())).rejects.toBeInstanceOf(RangeError);
    }
    expect(await gallery.people()).toEqual([]);
  });

  it('refuses an embedding of another length or with numbers that are none', async () => {
    await expect(gallery.addFace('Ada', newFace({ embedding: new Float32Array(5) }))).rejects.toThrow('128');
    const spoilt = new Float32Array(LENGTH).fill(Number.NaN);
    await expect(gallery.addFace('Ada', newFace({ embedding: spoilt }))).rejects.toBeInstanceOf(RangeError);
  });

  it('lists embeddings in the order of enrolment', async () => {
    const ids: string[] = [];
    for (const name of ['Zoe', 'Ada', 'Zoe']) ids.push((await gallery.addFace(name, newFace())).face.id);
    expect([...(await gallery.embeddings())].map(({ faceId }) => faceId)).toEqual(ids);
  });

  it('forgets a person with every face, and nobody else', async () => {
    const { person } = await gallery.addFace('Ada', newFace());
    await gallery.addFace('Ada', newFace());
    await gallery.addFace('Grace', newFace());
    const { faces, receipt, wiped } = await gallery.forget(['Ada']);
    expect([faces, wiped]).toEqual([2, true]);
    expect(receipt).toMatchObject({
      people: 1,
      faces: 2,
      events: 2,
      stateHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(await gallery.receipts()).toEqual([receipt]);
    expect(await gallery.findPerson('Ada')).toBeNull();
    expect(await gallery.facesOf(person.id)).toEqual([]);
    expect([...(await gallery.embeddings())]).toHaveLength(1);
    await expect(gallery.forget(['Ada'])).rejects.toMatchObject({ code: 'person_not_found' });
  });

  it('has a revision that changes with every write and with no read', async () => {
    const before = await gallery.revision();
    await gallery.people();
    expect(await gallery.revision()).toBe(before);
    await gallery.addFace('Ada', newFace());
    expect(await gallery.revision()).not.toBe(before);
  });

  it('can be closed twice and says when it is used afterwards', async () => {
    await gallery.close();
    await gallery.close();
    await expect(gallery.people()).rejects.toThrow('Expected an open gallery');
  });

  it('keeps one calibration, or none', async () => {
    expect(await gallery.calibration()).toBeNull();
    await gallery.setCalibration('{"a":1}');
    await gallery.setCalibration('{"a":2}');
    expect(await gallery.calibration()).toBe('{"a":2}');
    await gallery.setCalibration(null);
    expect(await gallery.calibration()).toBeNull();
  });

  describe('another recipe', () => {
    const other = () => Float32Array.from({ length: 256 }, () => Math.random());
    const stage = (
      recipe: string,
      faceId: string,
      embedding: Float32Array,
      source: EmbeddingSource = 'picture',
    ) => gallery.stageEmbeddings(recipe, [{ faceId, embedding, source }]);

    it('takes the place of the old one when every face has a staged embedding, and not before', async () => {
      const { person, face: first } = await gallery.addFace('Ada', newFace());
      const { face: second } = await gallery.addFace('Grace', newFace({ chip: null }));
      await gallery.setCalibration('{}');
      const faces = await gallery.facesToEmbed('other', 10, 0);
      expect(faces).toMatchObject([
        { faceId: first.id, contentHash: first.contentHash, box: first.box, hasCrop: true, stagedFrom: null },
        { faceId: second.id, hasCrop: false, stagedFrom: null },
      ]);
      expect([...(await gallery.crop(first.id))!]).toEqual([...first.chip!]);
      expect(await gallery.crop(second.id)).toBeNull();
      const embeddings = [other(), other()];
      await stage('other', first.id, embeddings[0]!);
      expect(await gallery.switchRecipe('other', 256)).toBe(false);
      expect((await gallery.facesOf(person.id))[0]!.embedding).toEqual(first.embedding);
      expect(await gallery.calibration()).toBe('{}');
      await stage('other', second.id, embeddings[1]!);
      expect(await gallery.switchRecipe('other', 256)).toBe(true);
      expect((await gallery.facesOf(person.id))[0]!.embedding).toEqual(embeddings[0]);
      expect(await gallery.calibration()).toBeNull();
    });

    it('says what each was made from, page by page, and the later takes the place of the earlier', async () => {
      const enrolled = [];
      for (const name of ['Ada', 'Grace', 'Zoë'])
        enrolled.push((await gallery.addFace(name, newFace())).face);
      const pages = async () => {
        const [first] = await gallery.facesToEmbed('other', 1, 0);
        const others = await gallery.facesToEmbed('other', 2, first!.position);
        expect(await gallery.facesToEmbed('other', 2, others.at(-1)!.position)).toEqual([]);
        return [first!, ...others];
      };
      expect((await pages()).map(({ faceId }) => faceId)).toEqual(enrolled.map(({ id }) => id));
      const later = other();
      await stage('other', enrolled[0]!.id, other(), 'crop');
      await stage('other', enrolled[1]!.id, other(), 'crop');
      await stage('other', enrolled[1]!.id, later, 'picture');
      expect((await pages()).map(({ stagedFrom }) => stagedFrom)).toEqual(['crop', 'picture', null]);
      await stage('other', enrolled[2]!.id, other());
      expect(await gallery.switchRecipe('other', 256)).toBe(true);
      expect((await gallery.facesOf(enrolled[1]!.personId))[0]!.embedding).toEqual(later);
    });

    it('is not mixed with a third one, nor with embeddings of another length', async () => {
      const { face } = await gallery.addFace('Ada', newFace());
      await stage('third', face.id, other());
      expect(await gallery.facesToEmbed('other', 10, 0)).toMatchObject([{ stagedFrom: null }]);
      expect(await gallery.switchRecipe('other', 256)).toBe(false);
      await stage('other', face.id, other());
      expect(await gallery.facesToEmbed('third', 10, 0)).toMatchObject([{ stagedFrom: null }]);
      expect(await gallery.switchRecipe('other', 128)).toBe(false);
    });

    it('passes over faces that were forgotten meanwhile', async () => {
      const { face } = await gallery.addFace('Ada', newFace());
      await gallery.addFace('Grace', newFace());
      const [, grace] = await gallery.facesToEmbed('other', 10, 0);
      await stage('other', face.id, other());
      await gallery.forget(['Ada']);
      await gallery.stageEmbeddings('other', [
        { faceId: face.id, embedding: other(), source: 'crop' },
        { faceId: grace!.faceId, embedding: other(), source: 'crop' },
      ]);
      expect(await gallery.switchRecipe('other', 256)).toBe(true);
    });

    it('makes whoever still computes by the old one open the gallery again', async () => {
      const { face } = await gallery.addFace('Ada', newFace());
      await stage('other', face.id, other());
      await gallery.switchRecipe('other', 256);
      await expect(gallery.addFace('Ada', newFace())).rejects.toMatchObject({ code: 'recipe_mismatch' });
      await expect(gallery.embeddings()).rejects.toMatchObject({ code: 'recipe_mismatch' });
    });
  });
}
