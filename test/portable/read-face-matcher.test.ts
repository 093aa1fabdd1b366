import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createContext, runInContext } from 'node:vm';
import { beforeAll, describe, expect, it } from 'vitest';
import { readFaceMatcherJson } from '../../src/portable/read-face-matcher.ts';
import { collect, newFile, newFolder } from './sample-collection.ts';

/** face-api.js as a browser loads it; its entry for Node wants TensorFlow's native package. */
function faceApi(): (script: string) => string {
  const context = createContext({ TextEncoder, TextDecoder, setTimeout, console });
  runInContext('globalThis.self = globalThis', context);
  const path = createRequire(import.meta.url).resolve('@vladmandic/face-api/dist/face-api.js');
  runInContext(readFileSync(path, 'utf8'), context);
  runInContext(
    `const person = (label, ...firsts) => new faceapi.LabeledFaceDescriptors(label,
       firsts.map((first) => Float32Array.from({ length: 128 }, (_, i) => first + i / 1000)));`,
    context,
  );
  return (script) => runInContext(script, context) as string;
}

let run: (script: string) => string;
beforeAll(() => {
  run = faceApi();
});

const read = async (json: string): ReturnType<typeof readFaceMatcherJson> =>
  readFaceMatcherJson(await newFile('faces.json', json));

async function firsts(json: string): Promise<[string, number][]> {
  const faces = await collect((await read(json)).embeddings);
  return faces.map(({ name, embedding }) => [name, embedding[0]!]);
}

describe("face-api.js's own JSON", () => {
  it('of a FaceMatcher is read with its threshold, number by number', async () => {
    const json = run(
      `JSON.stringify(new faceapi.FaceMatcher([person('Ada', 0.1, 0.2), person('山田', -0.3)], 0.55))`,
    );
    const matcher = await read(json);
    expect(matcher).toMatchObject({
      distanceThreshold: 0.55,
      recipe: 'dlib-resnet-v1',
      embeddingLength: 128,
      count: 3,
    });
    const faces = await collect(matcher.embeddings);
    expect(faces.map(({ name }) => name)).toEqual(['Ada', 'Ada', '山田']);
    expect(faces[1]!.embedding).toEqual(Float32Array.from({ length: 128 }, (_, i) => 0.2 + i / 1000));
    expect(await collect(matcher.embeddings)).toEqual(faces);
  });

  it('of a FaceMatcher that named the people itself is read', async () => {
    expect(await firsts(run(`JSON.stringify(new faceapi.FaceMatcher(new Float32Array(128)))`))).toEqual([
      ['person 1', 0],
    ]);
  });

  it('of labelled descriptors, many or one, is read without a threshold', async () => {
    const many = run(`JSON.stringify([person('Ada', 0.5), person('Grace', 0.25, 0.75)])`);
    expect(await firsts(many)).toEqual([
      ['Ada', 0.5],
      ['Grace', 0.25],
      ['Grace', 0.75],
    ]);
    expect(await firsts(run(`JSON.stringify(person('Ada', 0.5))`))).toEqual([['Ada', 0.5]]);
    expect(await read(many)).toMatchObject({ distanceThreshold: null });
  });

  it('may begin with a mark, hold other fields, and people without faces', async () => {
    const json = run(
      `JSON.stringify({ ...new faceapi.FaceMatcher([person('Ada', 0.5), person('Grace')]).toJSON(), by: 'me' })`,
    );
    expect(await firsts(`\ufeff${json}`)).toEqual([['Ada', 0.5]]);
  });
});

describe('other JSON', () => {
  const numbers = new Array<number>(128).fill(0.5);
  const of = (person: object): string =>
    JSON.stringify({ labeledDescriptors: [{ label: 'SECRET', descriptors: [numbers], ...person }] });

  it.each<[string, string, string]>([
    ['no JSON', '{"label": SECRET', 'JSON of face-api.js'],
    ['a number', '5', 'an object for a FaceMatcher in .* received a number'],
    ['null', 'null', 'an object for a FaceMatcher in .* received null'],
    ['another object', '{"people":[]}', 'a list for labeledDescriptors in .* received nothing'],
    [
      'an object for the list',
      '{"labeledDescriptors":{}}',
      'a list for labeledDescriptors in .* received an object',
    ],
    ['a text in the list', '["SECRET"]', 'an object for \\[0\\]'],
    ['a threshold in words', '{"labeledDescriptors":[],"distanceThreshold":"0.6"}', 'distanceThreshold'],
    ['no label', of({ label: undefined }), 'label of labeledDescriptors\\[0\\]'],
    ['a label with a line break', of({ label: 'SECRET\nx' }), 'label of labeledDescriptors\\[0\\]'],
    ['no descriptors', of({ descriptors: null }), 'descriptors of labeledDescriptors\\[0\\]'],
    [
      'one descriptor instead of a list',
      of({ descriptors: numbers }),
      'a list of 128 numbers for descriptors\\[0\\] of labeledDescriptors\\[0\\] in .* received a number',
    ],
    [
      'a Float32Array that was not made a list',
      of({ descriptors: [Float32Array.from(numbers)] }),
      'received an object',
    ],
    [
      'a short descriptor',
      of({ descriptors: [numbers, numbers.slice(1)] }),
      'descriptors\\[1\\] of .* received a list of 127',
    ],
    ['512 numbers', of({ descriptors: [new Array<number>(512).fill(0)] }), 'received a list of 512'],
    [
      'null for NaN',
      of({ descriptors: [numbers.with(7, Number.NaN)] }),
      'a finite number for .* received null',
    ],
    [
      'text for numbers',
      of({ descriptors: [numbers.map(String)] }),
      'a finite number for .* received a text',
    ],
    ['numbers beyond float32', of({ descriptors: [numbers.with(7, 1e39)] }), 'numbers of float32'],
    ['infinity', of({}).replace('0.5', '1e999'), 'a finite number'],
    [
      'a prototype for its fields',
      '{"__proto__":{"label":"SECRET","descriptors":[]}}',
      'a list for labeledDescriptors',
    ],
  ])('is refused: %s', async (_, json, says) => {
    const faces = read(json);
    await expect(faces).rejects.toMatchObject({
      code: 'bad_import',
      message: expect.stringMatching(new RegExp(`^Expected .*${says}`)),
    });
    await expect(faces).rejects.not.toThrow('SECRET');
  });

  it('is taken with another length when another net is named', async () => {
    const json = JSON.stringify([{ label: 'Ada', descriptors: [[1, 2, 3, 4]] }]);
    const path = await newFile('faces.json', json);
    const faces = await readFaceMatcherJson(path, { recipe: 'other', embeddingLength: 4 });
    expect(faces).toMatchObject({ recipe: 'other', embeddingLength: 4, count: 1 });
  });

  it('is named when it is missing or a folder', async () => {
    await expect(readFaceMatcherJson('/nowhere/x.json')).rejects.toThrow(
      '/nowhere/x.json cannot be read: there is none',
    );
    await expect(readFaceMatcherJson(await newFolder())).rejects.toThrow(/received a folder/);
  });
});
