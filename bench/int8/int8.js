// How much faster would dlib's embedding net be in int8 on this processor, and how far would single embeddings move?
// node bench/int8/int8.js [--lfw DIR] [--rounds 9]      (npm run build first; --lfw: a picture of every eighth person of it too)
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { adjustGamma, openRecognizer } from 'acquaint';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { parseNetwork } from '../../dist/models/dlib/network.js';
import { buildNetworkGraph } from '../../dist/models/dlib/network-graph.js';
import { weightsEntry } from '../../dist/models/manifest.js';
import { encodeModel } from '../../dist/models/onnx/encode.js';
import { readWeights } from '../../dist/models/weights.js';
import { portraits, summary } from '../speed/harness.js';
import { quantizedValues, quantizeGraph } from './quantize.js';

const { values } = parseArgs({
  options: { lfw: { type: 'string' }, rounds: { type: 'string', default: '9' } },
});
const BATCH = 16;
const SIDE = 150;
const GAMMAS = [0.35, 0.55, 1.8, 2.8];

console.log(`${cpus()[0].model.trim()}, ${cpus().length} cores, Node ${process.version}`);
const groups = join(
  dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')),
  'demo',
);
const recognizer = await openRecognizer({ minFacePx: 60 });
const chips = await chipsOf([
  ...jpegs(portraits),
  ...jpegs(groups).filter((path) => path.includes('sample')),
]);
const id = 'dlib-resnet-v1';
const graph = buildNetworkGraph(parseNetwork(await readWeights(weightsEntry(id)), id));
const darkAndBright = chips.flatMap((chip) => [chip, ...GAMMAS.map((gamma) => adjustGamma(chip, gamma))]);
const variants = {
  float32: graph,
  int8: quantizeGraph(graph, widened(await rangesOf(chips), 1)),
  'int8, ranges of darkened and brightened faces too, wider by 0.3': quantizeGraph(
    graph,
    widened(await rangesOf(darkAndBright), 1.3),
  ),
};
for (const threads of [1, 2]) await compareTimes(threads);
if (values.lfw) await compareEmbeddings(values.lfw);
await recognizer.close();

function jpegs(folder) {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jpg'))
    .map((name) => join(folder, name));
}

async function chipsOf(paths) {
  const found = [];
  for (const path of paths) {
    const { faces } = await recognizer.detect(path);
    const landmarks = faces.map((face) => face.landmarks);
    found.push(...(await recognizer.align(path, landmarks)));
  }
  return found;
}

function tensorOf(list) {
  const data = new Uint8Array(list.length * SIDE * SIDE * 3);
  for (const [i, chip] of list.entries()) data.set(chip.data, i * SIDE * SIDE * 3);
  return { pixels: new Tensor('uint8', data, [list.length, SIDE, SIDE, 3]) };
}

function open(model, threads) {
  return InferenceSession.create(encodeModel(model), { intraOpNumThreads: threads, logSeverityLevel: 3 });
}

/** The least and greatest number of every value. */
async function rangesOf(list) {
  const names = quantizedValues(graph);
  const outputs = names.map((name) => ({ name, type: 'float32', dims: ['a', 'b', 'c', 'd'] }));
  const session = await open({ ...graph, outputs: [...graph.outputs, ...outputs] }, 2);
  const ranges = Object.fromEntries(names.map((name) => [name, [0, 0]]));
  for (const chip of list) {
    const results = await session.run(tensorOf([chip]));
    for (const name of names) {
      const range = ranges[name];
      for (const number of results[name].data) {
        if (number < range[0]) range[0] = number;
        else if (number > range[1]) range[1] = number;
      }
    }
  }
  await session.release();
  return ranges;
}

/** Pixels stay as they are. */
function widened(ranges, factor) {
  return Object.fromEntries(
    Object.entries(ranges).map(([name, range]) => [
      name,
      name.startsWith('dequantizelinear') ? [0, 255] : range.map((end) => end * factor),
    ]),
  );
}

async function compareTimes(threads) {
  const batch = tensorOf(chips.slice(0, BATCH));
  const sessions = await Promise.all(Object.values(variants).map((model) => open(model, threads)));
  const runs = sessions.map(() => []);
  for (let round = 0; round <= Number(values.rounds); round++) {
    for (const [i, session] of sessions.entries()) {
      // Once unmeasured: its threads have slept while the other graphs ran.
      await session.run(batch);
      const start = performance.now();
      await session.run(batch);
      if (round > 0) runs[i].push({ ms: (performance.now() - start) / BATCH });
    }
  }
  const [float, int8] = runs.map(summary);
  const text = ({ median, least, most }) => `${median.toFixed(2)} (${least.toFixed(2)}-${most.toFixed(2)})`;
  console.log(
    `ms a chip of ${BATCH}, ${threads} threads: float32 ${text(float)}, int8 ${text(int8)}: ${(float.median / int8.median).toFixed(2)}x`,
  );
}

async function compareEmbeddings(lfw) {
  const people = readdirSync(join(lfw, 'images'));
  const pictures = people
    .filter((_, i) => i % 8 === 0)
    .map((person) => jpegs(join(lfw, 'images', person))[0]);
  const others = await chipsOf(pictures);
  const sessions = await Promise.all(Object.values(variants).map((model) => open(model, 2)));
  const moves = sessions.map(() => []);
  for (const chip of others) {
    const results = await Promise.all(sessions.map((session) => session.run(tensorOf([chip]))));
    const [exact] = results.map(({ result }) => result.data);
    for (const [i, { result }] of results.entries()) {
      moves[i].push(Math.hypot(...result.data.map((number, j) => number - exact[j])));
    }
  }
  for (const [i, name] of Object.keys(variants).entries()) {
    const sorted = moves[i].sort((a, b) => a - b);
    const at = (share) => sorted[Math.floor(share * (sorted.length - 1))].toFixed(3);
    console.log(
      `${others.length} faces of LFW, ${name}: move by ${at(0.5)}, 99 % within ${at(0.99)}, at most ${at(1)}`,
    );
  }
}
