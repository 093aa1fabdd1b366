import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as acquaint from 'acquaint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { photos } from '../cli/cli-process.ts';

/** What a caller without a compiler may hand over. */
// biome-ignore lint/suspicious/noExplicitAny: values that the types refuse are what is tested
type Anything = any;

const clumsy: readonly Anything[] = [
  undefined,
  null,
  0,
  -1,
  Number.NaN,
  true,
  '',
  'nonsense',
  {},
  [],
  [undefined],
  [{}],
  new Uint8Array(0),
  () => {},
];

const folder = mkdtempSync(join(tmpdir(), 'acquaint-clumsy-'));
let recognizer: acquaint.Recognizer;
let faceIds: readonly string[];
beforeAll(async () => {
  recognizer = await acquaint.openRecognizer({
    gallery: join(folder, 'people.db'),
    detector: 'hog',
    effort: 'fast',
    concurrency: 1,
  });
  await recognizer.enroll('Ada', [photos.cage, photos.otherCage]);
  await recognizer.enroll('Grace', [photos.bieber]);
  faceIds = (await recognizer.gallery.faces('Ada')).map(({ id }) => id);
});
afterAll(async () => {
  await recognizer.close();
  rmSync(folder, { recursive: true, force: true });
});

const image = { data: new Uint8Array(64 * 64 * 3), width: 64, height: 64 };
const box = { left: 8, top: 8, right: 40, bottom: 40 };
const points = [
  { x: 30, y: 20 },
  { x: 26, y: 20 },
  { x: 14, y: 20 },
  { x: 18, y: 20 },
  { x: 22, y: 30 },
];
const embedding = new Float32Array(128);
const quality = {
  sizePx: 80,
  outside: 0,
  sharpness: 50,
  brightness: 120,
  contrast: 40,
  yaw: 0,
  roll: 0,
  eyeLight: null,
  mouthLines: null,
  landmarkSpread: null,
  viewSpread: null,
};
const face = { box, score: 1, landmarks: points, embedding, recipe: 'dlib-resnet-v1', quality, reasons: [] };
const challenge = acquaint.issueChallenge(0);
const judge = acquaint.startJudging(challenge, { layout: 'dlib68', samePersonDistance: 0.5 });
const observation = { timeMs: 1, frame: { width: 64, height: 64 }, faces: [] };
const subject = { challengeId: 'a', embedding, picture: new Uint8Array(1) };
const key = new Uint8Array(32);
const evidence = {
  frames: [],
  motion: acquaint.motionEvidence([], 'dlib68'),
  flatness: null,
  identity: 'same',
};
const pack = acquaint.modelPacks[0]!;
/** Whatever is written is written there. */
const inFolder = (name: Anything) => (typeof name === 'string' ? join(folder, name) : name);
const options = () => ({});

/** Calls that are right, one argument of which after the other is made wrong. */
const calls: Record<string, () => [(...given: Anything[]) => unknown, ...Anything[]]> = {
  openRecognizer: () => [
    async (given) => (await acquaint.openRecognizer(given)).close(),
    { gallery: undefined },
  ],
  warmUp: () => [(purpose) => recognizer.warmUp(purpose), 'detect'],
  detect: () => [(a, b) => recognizer.detect(a, b), image, options()],
  landmarks: () => [(a, b, c) => recognizer.landmarks(a, b, c), image, [box], 5],
  align: () => [(a, b) => recognizer.align(a, b), image, [points]],
  embedChips: () => [(a) => recognizer.embedChips(a), []],
  embed: () => [(a, b) => recognizer.embed(a, b), image, { faces: [face] }],
  'embed, faces': () => [(faces) => recognizer.embed(image, { faces }), [face]],
  liveness: () => [(a, b) => recognizer.liveness(a, b), image, options()],
  identify: () => [(a, b) => recognizer.identify(a, b), image, options()],
  identifyFaces: () => [(a, b) => recognizer.identifyFaces(a, b), [face], options()],
  'identifyFaces, liveness': () => [(liveness) => recognizer.identifyFaces([face], { liveness }), undefined],
  verify: () => [(a, b, c) => recognizer.verify(a, b, c), image, image, options()],
  'recognizer.groupFaces': () => [(a, b) => recognizer.groupFaces(a, b), [face], options()],
  enroll: () => [(a, b, c) => recognizer.enroll(a, b, c), 'Ada', [image], options()],
  calibrate: () => [(a) => recognizer.calibrate(a), options()],
  calibrateFrom: () => [(a, b) => recognizer.calibrateFrom(a, b), [{ person: 'Ada', embedding }], options()],
  evaluateEnrolled: () => [(a) => recognizer.evaluateEnrolled(a), options()],
  person: () => [(a) => recognizer.person(a), 'Ada'],
  forget: () => [(a) => recognizer.forget(a), 'Ada'],
  openCollection: () => [
    async (a, b) => (await recognizer.openCollection(a, b)).close(),
    'default',
    { create: false },
  ],
  'gallery.list': () => [(a) => recognizer.gallery.list(a), options()],
  'gallery.find': () => [(a) => recognizer.gallery.find(a), 'Ada'],
  'gallery.find, id': () => [(id) => recognizer.gallery.find({ id }), 'a'],
  'gallery.find, externalId': () => [(externalId) => recognizer.gallery.find({ externalId }), 'a'],
  'gallery.faces': () => [(a) => recognizer.gallery.faces(a), 'Ada'],
  'gallery.crop': () => [(a) => recognizer.gallery.crop(a), 'a'],
  'gallery.change': () => [(a, b) => recognizer.gallery.change(a, b), 'Ada', options()],
  'gallery.merge': () => [(a, b) => recognizer.gallery.merge(a, b), 'Ada', 'Grace'],
  'gallery.split': () => [
    // A new name is none that is wrong.
    (a, b, c) => recognizer.gallery.split(a, b, c === 'nonsense' ? '' : c),
    'Ada',
    faceIds.slice(0, 1),
    'Grace',
  ],
  'gallery.removeFace': () => [(a) => recognizer.gallery.removeFace(a), 'a'],
  'gallery.remove': () => [(a) => recognizer.gallery.remove(a), 'Ada'],
  'gallery.forget': () => [(a) => recognizer.gallery.forget(a), ['Ada']],
  'gallery.history': () => [(a) => recognizer.gallery.history(a), options()],
  // Without a number the last event is meant.
  'gallery.undo': () => [(a) => a !== undefined && recognizer.gallery.undo(a), 1],
  'gallery.expired': () => [(a) => recognizer.gallery.expired(a), options()],
  'gallery.erasedOf': () => [(a) => recognizer.gallery.erasedOf(a), ['a']],
  'gallery.receipts': () => [(a) => recognizer.gallery.receipts(a), options()],
  'gallery.changeSettings': () => [(a) => recognizer.gallery.changeSettings(a), options()],
  'gallery.dropCollection': () => [(a) => recognizer.gallery.dropCollection(a), 'guests'],
  'gallery.seal': () => [(a, b) => recognizer.gallery.seal(a, b), new Uint8Array(1), 'context'],
  'gallery.unseal': () => [(a, b) => recognizer.gallery.unseal(a, b), new Uint8Array(1), 'context'],
  'gallery.reseal': () => [(a) => recognizer.gallery.reseal(a), null],
  'gallery.reseal, passphrase': () => [(passphrase) => recognizer.gallery.reseal({ passphrase }), 'short'],
  'gallery.reseal, keyFile': () => [(keyFile) => recognizer.gallery.reseal({ keyFile }), new Uint8Array(1)],
  'gallery.export': () => [(a, b) => recognizer.gallery.export(inFolder(a), b), 'a.acquaint', options()],
  'gallery.import': () => [
    (a, b) => recognizer.gallery.import(a, b),
    { kind: 'portable', path: 'none', recipe: 'dlib-resnet-v1', checked: { faces: 0 } },
    options(),
  ],
  'gallery.check': () => [(a) => recognizer.gallery.check(a), options()],
  migrateGallery: () => [
    (a, b, c) => acquaint.migrateGallery(inFolder(a), b, c),
    'none.db',
    'dlib-resnet-v1',
    options(),
  ],
  inspectImport: () => [acquaint.inspectImport, [inFolder('none')], options()],
  createFaceTracker: () => [acquaint.createFaceTracker, recognizer, options()],
  'tracker.next': () => [(a, b) => acquaint.createFaceTracker(recognizer).next(a, b), image, options()],
  createVideoLiveness: () => [acquaint.createVideoLiveness, recognizer, options()],
  'video.add': () => [
    (a, b) => acquaint.createVideoLiveness(recognizer).add(a, b),
    { picture: image, atMs: 1 },
    options(),
  ],
  measurePictures: () => [acquaint.measurePictures, recognizer, ['none'], { choose: 'largest' }],
  'measurePictures, choose': () => [
    (choose) => acquaint.measurePictures(recognizer, [], { choose }),
    'centre',
  ],
  evaluatePad: () => [
    acquaint.evaluatePad,
    recognizer,
    [{ person: 'a', attack: null, path: 'b' }],
    options(),
  ],
  evaluatePairs: () => [
    acquaint.evaluatePairs,
    recognizer,
    [{ a: 'a', b: 'b', same: true, fold: 0 }],
    { choose: 'largest' },
  ],
  evaluatePeople: () => [
    acquaint.evaluatePeople,
    recognizer,
    [{ person: 'a', path: 'b' }],
    { choose: 'largest' },
  ],
  openEmbeddingCache: () => [
    async (a, b) => (await acquaint.openEmbeddingCache(inFolder(a), b)).close(),
    'cache',
    'key',
  ],
  readPairs: () => [acquaint.readPairs, inFolder('none.csv')],
  readLfwPairs: () => [acquaint.readLfwPairs, inFolder('none')],
  renderReport: () => [acquaint.renderReport, { kind: 'nonsense' }],
  annotate: () => [acquaint.annotate, image, [{ box, label: 'Ada', kind: 'match' }]],
  'annotate, mark': () => [
    (label, kind, marked, landmarks) => acquaint.annotate(image, [{ box: marked, label, kind, landmarks }]),
    'Ada',
    'match',
    box,
    points,
  ],
  writePicture: () => [(a, b) => acquaint.writePicture(inFolder(a), b), 'a.png', image],
  createDecoder: () => [acquaint.createDecoder, options()],
  decode: () => [(a) => acquaint.createDecoder().decode(a), inFolder('none.jpg')],
  cleanPath: () => [acquaint.cleanPath, 'a'],
  isPictureName: () => [acquaint.isPictureName, 'a.jpg'],
  preprocess: () => [acquaint.preprocess, image, options()],
  adjustGamma: () => [acquaint.adjustGamma, image, 1.1],
  autoGamma: () => [acquaint.autoGamma, image],
  downscale: () => [acquaint.downscale, image, 0.5],
  equalizeLuma: () => [acquaint.equalizeLuma, image],
  euclideanDistance: () => [acquaint.euclideanDistance, embedding, embedding],
  groupFaces: () => [acquaint.groupFaces, [embedding], { threshold: 0.5 }],
  qualityReasons: () => [acquaint.qualityReasons, quality, 'medium'],
  qualityScore: () => [acquaint.qualityScore, quality],
  defaultMinFacePx: () => [acquaint.defaultMinFacePx, 64, 64],
  identifyThreshold: () => [acquaint.identifyThreshold, 10, { recipe: 'dlib-resnet-v1' }],
  verifyThreshold: () => [acquaint.verifyThreshold, { recipe: 'dlib-resnet-v1' }],
  requireEnoughPeople: () => [acquaint.requireEnoughPeople, 10],
  livenessThresholds: () => [acquaint.livenessThresholds, 'minifasnet-v2'],
  recipeNamed: () => [acquaint.recipeNamed, 'fast'],
  mapInOrder: () => [
    async (a, b, c) => {
      for await (const _ of acquaint.mapInOrder(a, b, c));
    },
    [1],
    1,
    async () => 1,
  ],
  issueChallenge: () => [acquaint.issueChallenge, 0, options()],
  startJudging: () => [acquaint.startJudging, challenge, { layout: 'dlib68', samePersonDistance: 0.5 }],
  judgeFrame: () => [acquaint.judgeFrame, judge, observation],
  'judgeFrame, faces': () => [
    (faces) => acquaint.judgeFrame(judge, { ...observation, faces }),
    [{ landmarks: [], box, distanceToFirst: null }],
  ],
  judgeSilence: () => [acquaint.judgeSilence, judge, 1],
  greyFace: () => [acquaint.greyFace, image, box],
  motionEvidence: () => [acquaint.motionEvidence, [], 'dlib68'],
  decideVideo: () => [acquaint.decideVideo, evidence, { spoofBelow: 0.2, liveFrom: 0.8 }],
  issuePass: () => [acquaint.issuePass, subject, key, { nowMs: 1 }],
  verifyPass: () => [
    acquaint.verifyPass,
    acquaint.issuePass(subject, key, { nowMs: 1 }),
    subject,
    key,
    { nowMs: 2, used: acquaint.createUsedTokens() },
  ],
  verifyWeights: () => [acquaint.verifyWeights, inFolder('none'), []],
  findPack: () => [acquaint.findPack, 'yunet-n'],
  pullPack: () => [acquaint.pullPack, pack, { fetchAddress: refuseToFetch, folder: inFolder('models') }],
  packPath: () => [acquaint.packPath, pack, folder],
  verifyPacks: () => [acquaint.verifyPacks, folder, []],
  modelsFolder: () => [acquaint.modelsFolder, {}],
  cacheFolder: () => [acquaint.cacheFolder, {}],
};

async function refuseToFetch(): Promise<never> {
  throw new acquaint.AcquaintError('download_failed', 'Nothing is fetched by a test');
}

/** null for what was taken, or a refusal that says what was expected. */
async function rawErrorOf(call: () => unknown): Promise<string | null> {
  try {
    await call();
  } catch (error) {
    if (error instanceof acquaint.AcquaintError) return null;
    const isRefusal = error instanceof TypeError || error instanceof RangeError;
    return isRefusal && error.message.startsWith('Expected ') ? null : String(error);
  }
  return null;
}

describe('an argument of a wrong kind is never told by an error from within', () => {
  it.each(Object.entries(calls))('%s', async (_name, right) => {
    const [call, ...given] = right();
    const raw: string[] = [];
    for (const position of given.keys()) {
      for (const wrong of clumsy) {
        const error = await rawErrorOf(() => call(...given.with(position, wrong)));
        if (error !== null) raw.push(`${position}, ${shown(wrong)}: ${error}`);
      }
    }
    expect(raw).toEqual([]);
  });
});

function shown(value: Anything): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

describe('what was expected and what came is told', () => {
  it.each<[string, () => unknown, string]>([
    [
      'enroll(undefined)',
      () => recognizer.enroll(undefined as Anything, []),
      'Expected a name or { id } for a person but received undefined',
    ],
    [
      'enroll without pictures',
      () => recognizer.enroll('Ada', undefined as Anything),
      'Expected an array for pictures but received undefined',
    ],
    [
      'enroll of one path',
      () => recognizer.enroll('Ada', 'ada.jpg' as Anything),
      'Expected an array for pictures but received a string',
    ],
    [
      'enroll of a number',
      () => recognizer.enroll('Ada', [image, 7] as Anything),
      'Expected a path, a file: URL, bytes or pixels for pictures[1] but received 7',
    ],
    [
      'identify(null)',
      () => recognizer.identify(null as Anything),
      'Expected a path, a file: URL, bytes or pixels for picture but received null',
    ],
    [
      'identify of no byte',
      () => recognizer.identify(new Uint8Array(0)),
      'The picture is not a picture: it is empty.',
    ],
    [
      'embed of a point',
      () => recognizer.embed(image, { faces: [{ x: 1, y: 2 }] } as Anything),
      'Expected an object for faces[0].box but received undefined',
    ],
    [
      'align without numbers',
      () => recognizer.align(image, [[{ x: Number.NaN, y: 1 }]]),
      'Expected finite numbers for landmarks[0][0] but received NaN, 1',
    ],
    [
      'split of one id',
      () => recognizer.gallery.split('Ada', 'a' as Anything, 'Grace'),
      'Expected an array for faceIds but received a string',
    ],
    [
      'a key without its bytes',
      () => recognizer.gallery.reseal({ keyfile: key } as Anything),
      'Expected a Uint8Array for keyFile but received undefined',
    ],
    [
      'measurePictures by a word',
      () => acquaint.measurePictures(recognizer, [], { choose: 'best' } as Anything),
      "Expected 'largest' or 'centre' for choose but received a string",
    ],
    [
      'a tracker of nothing',
      () => acquaint.createFaceTracker({} as Anything),
      'Expected a string for the recognizer.recipe but received undefined',
    ],
  ])('%s', async (_name, call, message) => {
    await expect((async () => call())()).rejects.toThrow(message);
  });
});

it('every function is tried, and whoever was enrolled is there as before', async () => {
  const withoutArguments = ['createUsedTokens', 'defaultConcurrency', 'forbidTelemetry', 'usableCores'];
  // Errors are made by the library; boxes are compared by the thousand in every frame.
  const untried = ['AcquaintError', 'intersectionOverUnion'];
  const functions = Object.entries(acquaint).filter(([, value]) => typeof value === 'function');
  const tried = [...Object.keys(calls), ...withoutArguments, ...untried];
  expect(functions.map(([name]) => name).filter((name) => !tried.includes(name))).toEqual([]);
  const methods = Object.entries(recognizer.gallery).filter(([, value]) => typeof value === 'function');
  const plain = ['sweep', 'settings', 'collections'];
  expect(
    methods
      .map(([name]) => name)
      .filter((name) => !tried.includes(`gallery.${name}`) && !plain.includes(name)),
  ).toEqual([]);
  const people = await recognizer.people();
  expect(people.map(({ name, faces }) => [name, faces])).toEqual([
    ['Ada', 2],
    ['Grace', 1],
  ]);
});
