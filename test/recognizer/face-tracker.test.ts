import { readFile } from 'node:fs/promises';
import { createFaceTracker, openRecognizer, type Recognizer } from 'acquaint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { printedPhoto, webcamPhoto } from '../liveness/photos.ts';
import { pulledModel } from '../models/pulled-model.ts';

const modelsFolder = await pulledModel('faceplugin-liveness');

describe('a tracker that names living faces only', () => {
  let recognizer: Recognizer;
  let photo: Uint8Array;
  let print: Uint8Array;
  beforeAll(async () => {
    photo = await readFile(webcamPhoto);
    print = await printedPhoto();
    recognizer = await openRecognizer({
      detector: 'hog',
      modelsFolder,
      livenessThresholds: { spoofBelow: 0.6, liveFrom: 0.9 },
    });
    await recognizer.enroll('Franck', [photo]);
  });
  afterAll(() => recognizer.close());

  it('asks again at every look, and five times a second afterwards', async () => {
    const asked: number[] = [];
    let now = 0;
    const counted = { ...partsOf(recognizer), liveness: counting(recognizer, () => asked.push(now)) };
    const tracker = createFaceTracker(counted, { requireLive: true });
    for (now = 0; now <= 1000; now += 50) {
      const { faces } = await tracker.next(photo, { at: now });
      expect(faces).toMatchObject([{ person: { name: 'Franck' }, liveness: { decision: 'live' } }]);
    }
    expect(asked).toEqual([0, 50, 100, 300, 500, 700, 900]);
  });

  it('names nobody while a picture of the face is shown', async () => {
    const tracker = createFaceTracker(recognizer, { requireLive: true });
    const shown = await tracker.next(print, { at: 0 });
    expect(shown.faces).toMatchObject([
      { decision: 'not_live', person: null, distance: null, runnerUp: null, liveness: { decision: 'spoof' } },
    ]);
    const unguarded = await createFaceTracker(recognizer).next(print, { at: 0 });
    expect(unguarded.faces).toMatchObject([{ decision: 'match', liveness: null }]);
  });

  it('takes the name back when a picture takes the place of a settled face', async () => {
    const tracker = createFaceTracker(recognizer, { requireLive: true });
    for (const at of [0, 50, 100]) await tracker.next(photo, { at });
    const { faces } = await tracker.next(print, { at: 300 });
    expect(faces.map(({ decision }) => decision)).toEqual(['not_live']);
  });

  it('refuses the liveness of other faces', async () => {
    const { faces } = await recognizer.embed(photo);
    await expect(recognizer.identifyFaces(faces, { liveness: [] })).rejects.toThrow(
      'Expected the liveness of 1 faces for liveness but received that of 0',
    );
  });
});

function partsOf(recognizer: Recognizer) {
  return {
    recipe: recognizer.recipe,
    detect: recognizer.detect.bind(recognizer),
    embed: recognizer.embed.bind(recognizer),
    identifyFaces: recognizer.identifyFaces.bind(recognizer),
  };
}

function counting(recognizer: Recognizer, onAsked: () => void): Recognizer['liveness'] {
  return (picture, options) => {
    onAsked();
    return recognizer.liveness(picture, options);
  };
}
