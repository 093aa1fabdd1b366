// (a) How fast is one 1920x1280 photo, detected and embedded, against dlib's C++, face-api and onnxruntime-web? And HOG, and
// embedding alone? Warm, from the file (dlib: decoded before).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDecoder, openRecognizer, writePicture } from 'acquaint';
import { alternate, photo } from './harness.js';
import { dlibMissing, startDlib } from './sides/dlib.js';
import { startSide } from './sides/process.js';
import { peersMissing } from './sides/tensorflow.js';

const THREADS = 2;
/** Enough for half a second and more: threads that have slept since the last turn take 30 ms to be as fast again. */
const CHIPS = 256;
const SIZES = [320, 240, 200, 160, 120, 100, 80];

export async function benchPhoto(report, { rounds }) {
  for (const missing of [dlibMissing(), peersMissing()]) if (missing) report.line(missing);
  await againstDlib(report, rounds);
  if (!peersMissing()) await againstPeers(report, rounds);
  await hog(report, rounds);
  await embedding(report, rounds);
}

const ours = (minFacePx, effort) =>
  startSide('acquaint.js', { photo, minFacePx, effort, threadsPerPicture: THREADS });
const dlib = (stage, threads, pictures) =>
  dlibMissing() ? {} : { "dlib's C++": startDlib({ stage, threads, pictures }) };

async function againstDlib(report, rounds) {
  const sides = { 'acquaint, fast (the same work)': ours(80, 'fast'), ...dlib('pipeline', THREADS, [photo]) };
  for (const effort of ['balanced', 'accurate']) sides[`acquaint, ${effort}`] = ours(80, effort);
  sides['acquaint, fast, smallest face 40 px'] = ours(40, 'fast');
  report.compared(
    'One photo of 1920x1280, MMOD, smallest face 80 px, 2 threads',
    await alternate(sides, rounds),
  );
}

async function againstPeers(report, rounds) {
  const faceApi = startSide('face-api.js', { photo });
  const { faces } = await faceApi.run();
  const size = await largestThatFinds(faces);
  report.line(
    `\nface-api finds ${faces.length} faces; acquaint finds them all up to a smallest face of ${size} px`,
  );
  const results = await alternate(
    {
      'acquaint, fast, smallest face 80 px': ours(80, 'fast'),
      'face-api 1.7.15, WebAssembly': faceApi,
      'onnxruntime-web, our nets': startSide('onnx-web.js', { photo, minFacePx: 80, threads: THREADS }),
    },
    rounds,
  );
  report.compared('One photo of 1920x1280 at full resolution', results);
  const large = await alternate({ large: ours(size, 'fast') }, rounds);
  report.compared(`The same, every face of face-api's still found`, {
    [`acquaint, fast, smallest face ${size} px`]: large.large,
    'face-api 1.7.15, WebAssembly': results['face-api 1.7.15, WebAssembly'],
  });
}

/** The largest smallest face at which ours has a box on the middle of each of theirs. */
async function largestThatFinds(theirs) {
  for (const minFacePx of SIZES) {
    const side = ours(minFacePx, 'fast');
    const { faces } = await side.run();
    side.close();
    const found = ({ left, top, right, bottom }) =>
      faces.some((face) => {
        const [x, y] = [(left + right) / 2, (top + bottom) / 2];
        return x > face.left && x < face.right && y > face.top && y < face.bottom;
      });
    if (theirs.every(found)) return minFacePx;
  }
  throw new Error('Expected to find every face that face-api finds at a smallest face of 80 px');
}

async function hog(report, rounds) {
  const sides = { acquaint: startSide('hog.js', { photo, threads: 1 }), ...dlib('hog', 1, [photo]) };
  report.compared(
    'HOG detection in the same photo, smallest face 80 px, 1 thread',
    await alternate(sides, rounds),
  );
}

async function embedding(report, rounds) {
  const folder = mkdtempSync(join(tmpdir(), 'acquaint-bench-'));
  try {
    const chip = await chipFile(folder);
    const sides = {
      acquaint: startSide('embed.js', { chip, count: CHIPS, threads: THREADS }),
      ...dlib('embed', THREADS, Array(CHIPS).fill(chip)),
    };
    report.compared(`Embedding of ${CHIPS} chips, 2 threads`, await alternate(sides, rounds));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function chipFile(folder) {
  const recognizer = await openRecognizer({ minFacePx: 80 });
  const { image } = await createDecoder().decode(photo);
  const { faces } = await recognizer.detect(image);
  const [chip] = await recognizer.align(image, [faces[0].landmarks]);
  await recognizer.close();
  const path = join(folder, 'chip.png');
  await writePicture(path, chip);
  return path;
}
