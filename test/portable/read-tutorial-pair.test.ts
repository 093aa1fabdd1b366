import { describe, expect, it } from 'vitest';
import { readTutorialPair } from '../../src/portable/read-tutorial-pair.ts';
import { fixture } from './fixtures.ts';
import { collect, newFile } from './sample-collection.ts';

const EMBEDDINGS = fixture('embeddings.npy');
const LABELS = fixture('labels.pickle');

describe('embeddings.npy and labels.pickle', () => {
  it('go together: the nth label is the person of the nth row', async () => {
    const pair = await readTutorialPair(EMBEDDINGS, LABELS);
    expect(pair).toMatchObject({ recipe: 'dlib-resnet-v1', embeddingLength: 128, count: 3 });
    const faces = await collect(pair.embeddings);
    expect(faces.map(({ name }) => name)).toEqual(['Ada Lovelace', 'Grace Hopper', 'Ada Lovelace']);
    expect(faces.map(({ embedding }) => [embedding.length, embedding[0], embedding[64]])).toEqual([
      [128, 0, 0.5],
      [128, 1, 1.5],
      [128, 2, 2.5],
    ]);
  });

  it('may be of another net, when that is said', async () => {
    const space = { recipe: 'sface+mirror', embeddingLength: 4 };
    const pair = await readTutorialPair(fixture('rows-little-f4.npy'), LABELS, space);
    expect(pair).toMatchObject({ recipe: 'sface+mirror', embeddingLength: 4, count: 3 });
  });

  it('are refused when their counts differ', async () => {
    await expect(readTutorialPair(EMBEDDINGS, fixture('labels-p4.pickle'))).rejects.toMatchObject({
      code: 'bad_import',
      message: `Expected as many labels in ${fixture('labels-p4.pickle')} as ${EMBEDDINGS} has rows, 3, but received 6`,
    });
  });

  it('are refused when the rows have another length', async () => {
    await expect(readTutorialPair(fixture('rows-little-f8.npy'), LABELS)).rejects.toMatchObject({
      code: 'bad_import',
      message: expect.stringContaining('rows of 128 numbers, as dlib-resnet-v1 makes them, in '),
    });
  });

  it('are refused when a label is no name, told by its place', async () => {
    const labels = await newFile('labels.pickle', '(VAda\nVSECRET\\u000ax\nVGrace\nt.');
    const pair = readTutorialPair(EMBEDDINGS, labels);
    await expect(pair).rejects.toMatchObject({
      code: 'bad_import',
      message: expect.stringContaining('labels[1]'),
    });
    await expect(pair).rejects.not.toThrow('SECRET');
  });

  it('never run the labels', async () => {
    const pair = readTutorialPair(EMBEDDINGS, fixture('attack-p4.pickle'));
    await expect(pair).rejects.toMatchObject({ code: 'unsafe_pickle' });
  });
});
