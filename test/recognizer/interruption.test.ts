import { type LabelledEmbedding, openRecognizer } from 'acquaint';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createRandom } from '../../src/core/random.ts';

/** Two faces a person about a centre of its own, as many numbers as dlib's. */
function crowd(people: number): LabelledEmbedding[] {
  const random = createRandom(people);
  const near = (centre: Float32Array): Float32Array => centre.map((value) => value + (random() - 0.5) * 0.05);
  return Array.from({ length: people }, (_, person) => {
    const centre = Float32Array.from({ length: 128 }, () => (random() - 0.5) * 0.25);
    return [1, 2].map(() => ({ person: String(person), embedding: near(centre) }));
  }).flat();
}

describe('a calibration with many faces', () => {
  it('ends soon after its signal fires, and the one before stays', async () => {
    const recognizer = await openRecognizer({ effort: 'fast' });
    onTestFinished(() => recognizer.close());
    const kept = await recognizer.calibrateFrom(crowd(20));
    const ending = new AbortController();
    let firedAt = 0;
    // The timer gets its turn only where the computation takes breaks.
    setTimeout(() => {
      firedAt = performance.now();
      ending.abort();
    }, 200);
    const calibrating = recognizer.calibrateFrom(crowd(5000), { signal: ending.signal });
    await expect(calibrating).rejects.toMatchObject({ code: 'aborted' });
    expect(performance.now() - firedAt).toBeLessThan(2000);
    expect(await recognizer.calibration()).toMatchObject(kept);
  });
});
