import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { photos } from '../cli/cli-process.ts';
import { form, type Served, startServed } from './served.ts';

const collection = '/collections/default';

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

describe('what a console asks for', () => {
  let served: Served & { readonly keys: readonly string[] };
  let key: string;
  beforeAll(async () => {
    served = await startServed({}, { keys: [['admin'], ['read'], ['recognize']] });
    await served.server.ready;
    key = served.keys[0]!;
  });
  afterAll(() => served.stop());

  const call = (method: string, path: string, options: Parameters<Served['call']>[2] = {}) =>
    served.call(method, path, { key, ...options });
  const enroll = async (query: string, ...files: string[]) =>
    call('POST', `${collection}/faces${query}`, {
      body: await form(...files.map((file) => ['picture', { file }] as const)),
    });

  describe('one face of a group picture', () => {
    let boxes: readonly Box[];
    const middle = ({ left, top, right, bottom }: Box) => `${(left + right) / 2},${(top + bottom) / 2}`;
    beforeAll(async () => {
      const { body } = await call('POST', '/detect', {
        body: await form(['picture', { file: photos.group }]),
      });
      boxes = body.faces.map(({ box }: { box: Box }) => box);
      expect(boxes).toHaveLength(3);
    });

    it('is the one at the point, each under its own name', async () => {
      for (const [i, box] of boxes.entries()) {
        const { status, body } = await enroll(`?name=Guest ${i}&at=${middle(box)}`, photos.group);
        expect(status).toBe(200);
        expect(body.results).toMatchObject([{ status: 'enrolled', person: `Guest ${i}`, face: { box } }]);
      }
      const found = await call('POST', `${collection}/search`, {
        body: await form(['picture', { file: photos.group }]),
      });
      const names = found.body.faces.map((face: { person: { name: string } }) => face.person.name);
      expect(names).toEqual(['Guest 0', 'Guest 1', 'Guest 2']);
    });

    it('is a failure where there is no face', async () => {
      const { status, body } = await enroll('?name=Nobody&at=0,0', photos.group);
      expect(status).toBe(200);
      expect(body).toMatchObject({ person: null, results: [{ status: 'failed', reason: 'no_face' }] });
    });

    it('can be named in the form, too', async () => {
      const { body } = await call('POST', `${collection}/faces`, {
        body: await form(
          ['name', 'Formal'],
          ['at', middle(boxes[1]!)],
          ['allowLookalikes', 'true'],
          ['picture', { file: photos.group }],
        ),
      });
      expect(body.results).toMatchObject([{ status: 'enrolled', face: { box: boxes[1] } }]);
    });

    it('is refused for several pictures, for what is no point, and with the largest', async () => {
      for (const [query, files] of [
        ['?name=X&at=10,10', [photos.group, photos.cage]],
        ['?name=X&at=10', [photos.group]],
        ['?name=X&at=-1,5', [photos.group]],
        ['?name=X&at=a,b', [photos.group]],
        ['?name=X&at=1,1&at=2,2', [photos.group]],
        ['?name=X&at=10,10&largest=true', [photos.group]],
      ] as const) {
        const { status, body } = await enroll(query, ...files);
        expect([query, status, body.code]).toEqual([query, 400, 'bad_request']);
      }
      const inForm = await call('POST', `${collection}/faces`, {
        body: await form(['name', 'X'], ['at', 'there'], ['picture', { file: photos.group }]),
      });
      expect(inForm.body).toMatchObject({ status: 400, detail: expect.stringContaining('x,y for at') });
    });
  });

  describe('groups of faces', () => {
    const embed = async (file: string) => {
      const { body } = await call('POST', `${collection}/embed`, { body: await form(['picture', { file }]) });
      return body.faces as { embedding: number[]; recipe: string }[];
    };
    const group = (json: unknown, by = served.keys[2]!) =>
      call('POST', `${collection}/groups`, { json, key: by });

    it('puts two photos of each person together, the largest group first', async () => {
      const files = [
        photos.audrey,
        photos.cage,
        photos.bieber,
        photos.otherCage,
        photos.otherBieber,
        photos.cage,
      ];
      const faces = (await Promise.all(files.map(embed))).map(([face]) => face!);
      const { recipe } = faces[0]!;
      const embeddings = faces.map(({ embedding }) => embedding);
      const { status, body } = await group({ recipe, embeddings });
      expect(status).toBe(200);
      expect(body.groups).toEqual([[1, 3, 5], [2, 4], [0]]);
      const verified = await call('POST', `${collection}/verify`, {
        body: await form(['picture', { file: photos.cage }], ['picture', { file: photos.otherCage }]),
      });
      expect(body.threshold).toBe(verified.body.threshold);
      const strict = await group({ recipe, embeddings, threshold: 0.01 });
      expect(strict.body).toEqual({ groups: [[1, 5], [0], [2], [3], [4]], threshold: 0.01 });
      expect((await group({ recipe, embeddings: [] })).body.groups).toEqual([]);
    });

    it('takes 500 faces with all digits of their numbers, and refuses one more', async () => {
      const [face] = await embed(photos.cage);
      const embeddings = Array.from({ length: 500 }, (_, i) =>
        face!.embedding.map((value) => value * (1 + i / 1e4) + 1 / 3e7),
      );
      expect(JSON.stringify(embeddings).length).toBeGreaterThan(1024 * 1024);
      const { status, body } = await group({ recipe: face!.recipe, embeddings });
      expect([status, body.groups.flat().length]).toEqual([200, 500]);
      const more = await group({ recipe: face!.recipe, embeddings: [...embeddings, face!.embedding] });
      expect([more.status, more.body.code]).toEqual([400, 'bad_request']);
    });

    it('refuses another recipe, another length, numbers that are none, and who may only read', async () => {
      const [{ embedding, recipe }] = (await embed(photos.cage)) as [{ embedding: number[]; recipe: string }];
      const other = await group({ recipe: 'sface+mirror', embeddings: [embedding] });
      expect(other.body).toMatchObject({ status: 409, code: 'recipe_mismatch', detail: /dlib-resnet-v1/ });
      const short = await group({ recipe, embeddings: [embedding.slice(1)] });
      expect(short.body).toMatchObject({ status: 400, detail: /Expected embeddings of 128 numbers/ });
      const huge = await group({ recipe, embeddings: [embedding.map(() => 1e300)] });
      expect(huge.body).toMatchObject({ status: 400, detail: /finite/ });
      expect((await group({ embeddings: [embedding] })).status).toBe(400);
      expect((await group({ recipe, embeddings: [embedding] }, served.keys[1])).status).toBe(403);
    });
  });

  describe('the evaluation of a collection', () => {
    const evaluate = (name = 'default', by = served.keys[1]!) =>
      call('GET', `/collections/${name}/evaluation`, { key: by });

    it('of an empty collection counts nothing', async () => {
      await call('POST', '/collections', { json: { name: 'empty' } });
      const { status, body } = await evaluate('empty');
      expect(status).toBe(200);
      expect(body).toMatchObject({
        people: 0,
        faces: 0,
        sampled: false,
        thresholdInForce: expect.any(Number),
        mated: { count: 0 },
        nonmated: { count: 0 },
      });
      expect(body.curve[50]).toMatchObject({ falsePositiveRate: null, falseNegativeInterval: null });
    });

    it('tells how near people come to themselves and to others', async () => {
      await call('POST', '/collections', { json: { name: 'known' } });
      for (const [name, files] of [
        ['Nicolas Cage', [photos.cage, photos.otherCage]],
        ['Justin Bieber', [photos.bieber, photos.otherBieber]],
        ['Audrey Hepburn', [photos.audrey]],
      ] as const) {
        const body = await form(['name', name], ...files.map((file) => ['picture', { file }] as const));
        await call('POST', '/collections/known/faces', { body });
      }
      const { status, body } = await evaluate('known');
      expect(status).toBe(200);
      expect(body).toMatchObject({
        recipe: 'dlib-resnet-v1',
        people: 3,
        faces: 5,
        peopleWithSeveral: 2,
        sampled: false,
        calibrated: false,
        mated: { count: 4 },
        nonmated: { count: 5 },
      });
      const found = await call('POST', '/collections/known/search', {
        body: new Uint8Array(await readFile(photos.cage)),
        headers: { 'content-type': 'image/jpeg' },
      });
      const [face] = found.body.faces;
      expect(body.thresholdInForce).toBe(face.threshold);
      const inForce = body.curve.find((point: { threshold: number }) => point.threshold === face.threshold);
      expect(inForce).toMatchObject({
        falsePositiveRate: 0,
        falseNegativeRate: 0,
        expectedFalsePositiveRate: face.strangersNamed,
      });
      expect(inForce.falsePositiveInterval.high).toBeGreaterThan(0.3);
      expect(body.curve.at(-1).falsePositiveRate).toBe(1);
      expect(body.curve[0].falseNegativeRate).toBe(1);
    });

    it('is for those who may read', async () => {
      expect((await evaluate('default', served.keys[2])).status).toBe(403);
      expect((await evaluate('nowhere')).status).toBe(404);
    });
  });
});
