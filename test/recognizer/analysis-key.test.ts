import { openRecognizer, type RecognizerOptions } from 'acquaint';
import { describe, expect, it } from 'vitest';

async function keyOf(options: RecognizerOptions): Promise<string> {
  const recognizer = await openRecognizer(options);
  await recognizer.close();
  return recognizer.analysisKey;
}

describe('the key of embeddings that are kept', () => {
  it('differs for whatever changes what becomes of a picture', async () => {
    const options: RecognizerOptions[] = [
      {},
      { effort: 'fast' },
      { effort: 'accurate' },
      { mirror: true },
      { detector: 'hog' },
      { minFacePx: 60 },
      { scoreThreshold: 0.5 },
      { maxFaces: 3 },
      { tryRotations: true },
      { preprocess: { gamma: 1.5 } },
      { preprocess: { autoGamma: true } },
      { preprocess: { equalize: true } },
      { preprocess: { downscale: 0.5 } },
    ];
    const keys = await Promise.all(options.map(keyOf));
    expect(new Set(keys).size).toBe(options.length);
  });

  it('is the same for what only decides about distances', async () => {
    const usual = await keyOf({});
    for (const options of [
      { margin: 0.1 },
      { distanceThreshold: 0.4 },
      { concurrency: 1 },
      { effort: 'balanced' as const },
    ]) {
      expect(await keyOf(options)).toBe(usual);
    }
  });
});
