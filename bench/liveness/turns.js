// How well does one flat thing explain a face that turned, by its pixels: of a man who turns, and of pictures of him?
// node bench/liveness/turns.js --video FILE --ffmpeg PATH [--detector yunet] [--layout yunet5|dlib68|dlib5] [--fps 6]
//   [--stills 40,70,100] [--seconds 230] [--size 480x384]
// (npm run build first; the video and ffmpeg as jitter.js has them)
import { parseArgs } from 'node:util';
import { openRecognizer } from 'acquaint';
import sharp from 'sharp';
import { placedFace } from '../../dist/core/liveness/face-shape.js';
import { greyFace } from '../../dist/core/liveness/grey-face.js';
import { headPose, yawOf } from '../../dist/core/liveness/head-pose.js';
import { depthShare } from '../../dist/core/liveness/parallax.js';
import { planeFit } from '../../dist/core/liveness/plane-fit.js';
import { zoneOf } from '../../dist/core/liveness/pose-zones.js';
import { filmFrames } from './film-frames.js';
import { HOLDS, seenPrint } from './held-print.js';

const { values } = parseArgs({
  options: {
    video: { type: 'string' },
    ffmpeg: { type: 'string', default: 'ffmpeg' },
    detector: { type: 'string', default: 'yunet' },
    layout: { type: 'string', default: 'yunet5' },
    stills: { type: 'string', default: '40,70,100' },
    fps: { type: 'string', default: '6' },
    seconds: { type: 'string', default: '230' },
    size: { type: 'string', default: '480x384' },
  },
});
if (!values.video) throw new Error('Expected --video FILE, a video with one face');
const { layout } = values;
const [width, height] = values.size.split('x').map(Number);
const fps = Number(values.fps);
/** A neutral pose is so near in time. */
const NEAR_S = 6;

const recognizer = await openRecognizer({ detector: values.detector });
report('the man himself', pairsOf(await seenFaces(pictures(0, Number(values.seconds)))));
for (const [name, change] of Object.entries({ 'as they are': (p) => p, 'as JPEG 60, darker, noisy': worn })) {
  const all = [];
  for (const at of values.stills.split(',').filter(Boolean)) {
    const [still] = pictures(Number(at), 1 / fps);
    for (const hold of Object.values(HOLDS)) {
      const prints = [];
      for (let i = 0; i < 13; i++) prints.push(await change(seenPrint(still, hold(i / 6)), i));
      all.push(...pairsOf(await seenFaces(prints)));
    }
  }
  report(`pictures of him, ${name}`, all);
}
await recognizer.close();

/** What a frame shows of the one face; frames without are left out. */
async function seenFaces(frames) {
  const seen = [];
  for (const [i, frame] of frames.entries()) {
    const landmarks = layout === 'dlib68' ? 68 : 5;
    const { faces } = await recognizer.detect(frame, { landmarks, minFacePx: 70 });
    if (faces.length !== 1) continue;
    const [face] = faces;
    const points = layout === 'yunet5' ? face.yunet5 : face.landmarks;
    const placed = points && placedFace(points, layout);
    if (placed) seen.push({ at: i / fps, placed, grey: greyFace(frame, face.box) });
  }
  return seen;
}

/** Faces in the zone of a turn, each with the most frontal face near in time. */
function pairsOf(seen) {
  return seen.flatMap((turned) => {
    const near = seen.filter(({ at }) => Math.abs(at - turned.at) <= NEAR_S);
    const frontal = (face) => Math.abs(yawOf(face.placed.shape, layout)) + Math.abs(face.placed.place.roll);
    const neutral = near.toSorted((a, b) => frontal(a) - frontal(b))[0];
    const pose = headPose(turned.placed.place, turned.placed.shape, neutral.placed, layout);
    if (!zoneOf(pose)?.startsWith('turn')) return [];
    return {
      // As the judge asks it.
      fit: planeFit(turned.grey, neutral.grey),
      yaw: Math.abs(pose.yaw),
      depth: depthShare(neutral.placed.shape, turned.placed.shape, layout),
    };
  });
}

function report(name, pairs) {
  const by = (key) => pairs.map((pair) => pair[key]).toSorted((a, b) => a - b);
  const at = (sorted, share) => sorted[Math.floor(share * (sorted.length - 1))]?.toFixed(3);
  console.log(`${name}: ${pairs.length} turned faces, ${layout}`);
  if (pairs.length === 0) return;
  for (const key of ['fit', 'yaw', 'depth']) {
    const sorted = by(key);
    console.log(
      `  ${key}: ${[0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1].map((share) => at(sorted, share)).join(' ')}`,
    );
  }
  for (const [from, to] of [
    [20, 25],
    [25, 30],
    [30, 55],
  ]) {
    const fits = pairs
      .filter(({ yaw }) => yaw >= from && yaw < to)
      .map(({ fit }) => fit)
      .toSorted((a, b) => a - b);
    console.log(
      `  yaw ${from} to ${to}: ${fits.length}; fit ${at(fits, 0)} to ${at(fits, 1)}, median ${at(fits, 0.5)}`,
    );
  }
}

/** As a poor camera sends it. */
async function worn({ width, height, data }, i) {
  const noisy = data.map((value, k) =>
    Math.max(0, Math.min(255, value * 0.6 + 10 + ((k * 7919 + i * 104729) % 13) - 6)),
  );
  const jpeg = await sharp(noisy, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 60 })
    .toBuffer();
  const { data: back } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
  return { width, height, data: new Uint8Array(back) };
}

function pictures(from, seconds) {
  return filmFrames(values.ffmpeg, values.video, { from, seconds, fps, width, height });
}
