// Where do dlib's five landmarks lie in a chip as ArcFace-style nets want it, and what does that alignment cost? ArcFace's
// own points (pupils, tip of the nose, corners of the mouth) are taken from YuNet, and, for comparison, from dlib's 68.
// node bench/accuracy/arcface-template.js --lfw DIR --models DIR [--pairs 1200]      (npm run build first)
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createDecoder, euclideanDistance, openRecognizer, readLfwPairs } from 'acquaint';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { templateChipRegion } from '../../dist/core/chip.js';
import { extractViews } from '../../dist/core/chip-views.js';
import { meanEmbedding, scaleByNorm } from '../../dist/core/distance.js';
import { applySimilarity, estimateSimilarity } from '../../dist/core/similarity.js';
import { createModels } from '../../dist/recognizer/models.js';
import { createOnnxRuntime } from '../../dist/runtime/onnx-runtime.js';

const { values } = parseArgs({
  options: {
    lfw: { type: 'string' },
    models: { type: 'string' },
    pairs: { type: 'string', default: '1200' },
  },
});
if (!values.lfw || !values.models) throw new Error('Expected --lfw DIR and --models DIR');

const SIDE = 112;
/** InsightFace's template: the eye on the left side of the picture first. */
const ARCFACE = [
  { x: 38.2946, y: 51.6963 },
  { x: 73.5318, y: 51.5014 },
  { x: 56.0252, y: 71.7366 },
  { x: 41.5493, y: 92.3655 },
  { x: 70.7299, y: 92.2041 },
];

const pairs = (await readLfwPairs(values.lfw)).filter(
  (_, i, all) => i % Math.ceil(all.length / Number(values.pairs)) === 0,
);
const paths = [...new Set(pairs.flatMap(({ a, b }) => [a, b]))];
const decoder = createDecoder();
const recognizer = await openRecognizer();
const models = createModels(createOnnxRuntime({ threads: 2 }), { packs: values.models });
const five = await models.landmarks(5);
const embedder = await models.embedder('mobilefacenet-512');
const yunet = await InferenceSession.create(await readFile(join(values.models, 'yunet_n_dynamic.onnx')));

const faces = [];
for (const path of paths) faces.push(await facePoints(path));
await recognizer.close();
const found = faces.filter(({ yunet, box }) => yunet && box);
console.log(`${found.length} faces of ${paths.length} pictures found by mmod and by YuNet`);

const templates = { yunet: meanTemplate('yunet'), sixtyEight: meanTemplate('sixtyEight') };
for (const [by, points] of Object.entries(templates)) {
  console.log(
    `dlib's five points, ArcFace's by ${by}: ${points.map(({ x, y }) => `(${x.toFixed(2)}, ${y.toFixed(2)})`).join(' ')}`,
  );
}
console.log(
  '\nalignment                                      TAR at FAR 1e-2   accuracy at best   separation (d prime)',
);
await compare("dlib's 5 points, template by YuNet", 'dlib', templates.yunet);
await compare("dlib's 5 points, template by the 68", 'dlib', templates.sixtyEight);
await compare("YuNet's points, ArcFace's template", 'yunet', ARCFACE);
await compare("points from dlib's 68, ArcFace's template", 'sixtyEight', ARCFACE);

async function facePoints(path) {
  const { image } = await decoder.decode(path);
  const { faces: detected } = await recognizer.detect(image, { landmarks: 68 });
  const off = ({ box }) =>
    Math.hypot(box.left + box.right - image.width, box.top + box.bottom - image.height);
  const face = [...detected].sort((a, b) => off(a) - off(b))[0];
  if (!face) return { path };
  const { box, landmarks: p } = face;
  return {
    path,
    image,
    box,
    dlib: five.predictSteady(image, box).points,
    sixtyEight: [middle(p.slice(36, 42)), middle(p.slice(42, 48)), p[30], p[48], p[54]],
    yunet: await yunetPoints(image, box),
  };
}

/** Of the surest face whose middle lies in the box. */
async function yunetPoints(image, box) {
  const [width, height] = [image.width, image.height].map((side) => Math.ceil(side / 32) * 32);
  const data = new Float32Array(3 * width * height);
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < image.width; x++) {
      for (let c = 0; c < 3; c++)
        data[(2 - c) * width * height + y * width + x] = image.data[(y * image.width + x) * 3 + c];
    }
  }
  const outputs = await yunet.run({ input: new Tensor('float32', data, [1, 3, height, width]) });
  let best = null;
  for (const stride of [8, 16, 32]) {
    const [cls, obj, boxes, points] = ['cls', 'obj', 'bbox', 'kps'].map(
      (name) => outputs[`${name}_${stride}`].data,
    );
    const columns = width / stride;
    for (let cell = 0; cell < cls.length; cell++) {
      const score = Math.sqrt(cls[cell] * obj[cell]);
      const at = (dx, dy) => ({
        x: ((cell % columns) + dx) * stride,
        y: (Math.floor(cell / columns) + dy) * stride,
      });
      const { x, y } = at(boxes[4 * cell], boxes[4 * cell + 1]);
      const isInside = x > box.left && x < box.right && y > box.top && y < box.bottom;
      if (!isInside || score < 0.5 || score <= (best?.score ?? 0)) continue;
      best = {
        score,
        points: [0, 1, 2, 3, 4].map((k) => at(points[10 * cell + 2 * k], points[10 * cell + 2 * k + 1])),
      };
    }
  }
  return best?.points;
}

function meanTemplate(by) {
  const mapped = found.map((face) => {
    const toChip = estimateSimilarity(face[by], ARCFACE);
    return face.dlib.map((point) => applySimilarity(toChip, point));
  });
  return mapped[0].map((_, i) => middle(mapped.map((points) => points[i])));
}

async function compare(title, points, template) {
  const embeddings = new Map();
  for (const face of found) {
    const region = templateChipRegion(face[points], template, SIDE);
    const views = await embedder.embed(extractViews(face.image, region, SIDE, 'mirror'));
    embeddings.set(face.path, scaleByNorm(meanEmbedding(views), 1));
  }
  const distances = { true: [], false: [] };
  for (const { a, b, same } of pairs) {
    if (embeddings.has(a) && embeddings.has(b))
      distances[same].push(euclideanDistance(embeddings.get(a), embeddings.get(b)));
  }
  const [genuine, impostors] = [distances.true, distances.false].map((list) => list.sort((x, y) => x - y));
  const limit = impostors[Math.floor(0.01 * impostors.length)];
  const accepted = genuine.filter((distance) => distance < limit).length / genuine.length;
  const total = genuine.length + impostors.length;
  const best = Math.max(
    ...genuine.map(
      (threshold, i) => (i + 1 + impostors.filter((distance) => distance > threshold).length) / total,
    ),
  );
  const [same, different] = [moments(genuine), moments(impostors)];
  const separation = (different.mean - same.mean) / Math.sqrt((same.variance + different.variance) / 2);
  console.log(
    `${title.padEnd(46)} ${(100 * accepted).toFixed(2)} %           ${(100 * best).toFixed(2)} %            ${separation.toFixed(2)}`,
  );
}

function middle(points) {
  const sum = points.reduce((a, b) => ({ x: a.x + b.x, y: a.y + b.y }));
  return { x: sum.x / points.length, y: sum.y / points.length };
}

function moments(list) {
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
  return { mean, variance: list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / list.length };
}
