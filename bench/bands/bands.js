// How much of the detector's time do bands spare, how far do they move scores, and how do their points round?
// node bench/bands/bands.js [--rounds 15]      (npm run build first)
import { readdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { withPixelMemory } from '../../dist/core/pixel-memory.js';
import { createRandom } from '../../dist/core/random.js';
import { tiledPyramid } from '../../dist/core/tiled-pyramid.js';
import { analysisPicture } from '../../dist/models/dlib/analysis-picture.js';
import { fastLayers } from '../../dist/models/dlib/fast-layers.js';
import { prepareMmod } from '../../dist/models/dlib/mmod-net.js';
import { createMmodScorer } from '../../dist/models/dlib/mmod-scores.js';
import { parseNetwork } from '../../dist/models/dlib/network.js';
import { weightsEntry } from '../../dist/models/manifest.js';
import { cookToom } from '../../dist/models/onnx/cook-toom.js';
import { encodeModel } from '../../dist/models/onnx/encode.js';
import { GraphBuilder } from '../../dist/models/onnx/graph.js';
import { convolveByRows } from '../../dist/models/onnx/row-convolution.js';
import { readWeights } from '../../dist/models/weights.js';
import { createOnnxRuntime } from '../../dist/runtime/onnx-runtime.js';
import { photo, summary } from '../speed/harness.js';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '15' } } });
const SIZE = { width: 640, height: 480, fit: 'fill' };
const both = (...points) => [0, ...points.flatMap((point) => [point, -point])];

console.log(`${cpus()[0].model.trim()}, ${cpus().length} cores, Node ${process.version}`);
const net = await prepareMmod({});
const nets = { plain: { ...net, head: await plainHead() }, bands: net };
for (const threads of [1, 2]) await compareTimes(threads);
await compareScores();
for (const [rows, points] of [
  [4, both(1, 2, 1 / 2)],
  [6, both(1, 2, 1 / 2, 3 / 2)],
  [6, both(3 / 8, 3 / 4, 5 / 4, 9 / 4)],
  [8, both(1, 2, 1 / 2, 3 / 2, 3 / 4)],
]) {
  console.log(`${rows} rows, points ${points}: rounding ${roundingOf(rows, points).toExponential(1)}`);
}

async function plainHead() {
  const network = parseNetwork(await readWeights(weightsEntry('dlib-mmod')), 'dlib-mmod');
  const head = fastLayers(network).slice(3);
  const builder = new GraphBuilder('plain head');
  let value = 'features';
  for (const { inputs, outputs, window, weights, bias } of head.slice(0, -1)) {
    const { height, width, paddingX, paddingY } = window;
    const constants = [
      builder.floats([outputs, inputs, height, width], weights),
      builder.floats([outputs], bias),
    ];
    const attributes = { kernel_shape: [height, width], pads: [paddingY, paddingX, paddingY, paddingX] };
    value = builder.node('Relu', [builder.node('Conv', [value, ...constants], attributes)]);
  }
  const last = head.at(-1);
  value = convolveByRows(builder, value, { ...last.window, ...last });
  const input = { name: 'features', type: 'float32', dims: [1, head[0].inputs, 'rows', 'columns'] };
  const output = { name: 'result', type: 'float32', dims: [1, 1, 'rows', 'columns'] };
  return encodeModel(builder.build(input, value, output));
}

async function picture(path, size) {
  const image = sharp(path).removeAlpha().toColourspace('srgb').resize(size);
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  return { data: new Uint8Array(data), width: info.width, height: info.height };
}

/** All scores of a picture with faces from `minFacePx`. */
async function scoresOf(scorer, image, minFacePx) {
  return withPixelMemory(async (memory) => {
    const { spacing, background } = net.geometry;
    const { plane } = tiledPyramid(memory, analysisPicture(image, minFacePx), spacing, background);
    const all = [];
    for await (const { scores } of scorer.score(memory, plane)) all.push(scores.slice());
    return all.flatMap((scores) => [...scores]);
  });
}

function scorersOf(threads) {
  const runtime = createOnnxRuntime({ threads });
  return Promise.all(Object.values(nets).map((each) => createMmodScorer(runtime, each)));
}

async function compareTimes(threads) {
  const image = await picture(photo, SIZE);
  const scorers = await scorersOf(threads);
  const runs = scorers.map(() => ({ wall: [], processor: [] }));
  for (let round = 0; round <= Number(values.rounds); round++) {
    for (const [i, scorer] of scorers.entries()) {
      const [start, before] = [performance.now(), process.cpuUsage()];
      await scoresOf(scorer, image, 40);
      const { user, system } = process.cpuUsage(before);
      // The first is for warming up.
      if (round === 0) continue;
      runs[i].wall.push({ ms: performance.now() - start });
      runs[i].processor.push({ ms: (user + system) / 1000 });
    }
  }
  for (const time of ['processor', 'wall']) {
    const [plain, bands] = runs.map((each) => summary(each[time]));
    const text = ({ median, least }) => `${median.toFixed(0)} ms (least ${least.toFixed(0)})`;
    const ratio = (plain.median / bands.median).toFixed(2);
    console.log(`${threads} threads, ${time}: plain ${text(plain)}, bands ${text(bands)}: ${ratio}x`);
  }
  for (const scorer of scorers) await scorer.close();
}

async function compareScores() {
  const folder = dirname(photo);
  const scorers = await scorersOf(2);
  let farthest = 0;
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.jpg'))) {
    const image = await picture(join(folder, name));
    const [plain, bands] = [await scoresOf(scorers[0], image, 80), await scoresOf(scorers[1], image, 80)];
    for (const [i, score] of plain.entries()) farthest = Math.max(farthest, Math.abs(score - bands[i]));
  }
  console.log(`scores of photos: at most ${farthest.toExponential(1)} apart`);
  for (const scorer of scorers) await scorer.close();
}

/** Root mean square of what filtering random signals of 0 to 1 by random filters of -1 to 1 is off in float32. */
function roundingOf(rows, points) {
  const random = createRandom(1);
  const method = cookToom(rows, 5, points);
  const dot = (a, b) => a.reduce((sum, value, i) => Math.fround(sum + Math.fround(value) * b[i]), 0);
  let squares = 0;
  const tries = 5000;
  for (let i = 0; i < tries; i++) {
    const filter = Array.from({ length: 5 }, () => Math.fround(2 * random() - 1));
    const signal = Array.from({ length: rows + 4 }, () => Math.fround(random()));
    const products = method.input.map((row, p) => {
      const weight = method.kernel[p].reduce((sum, value, k) => sum + value * filter[k], 0);
      return Math.fround(Math.fround(weight) * dot(row, signal));
    });
    for (const [y, row] of method.output.entries()) {
      const exact = filter.reduce((sum, value, k) => sum + value * signal[y + k], 0);
      squares += (dot(row, products) - exact) ** 2 / (tries * rows);
    }
  }
  return Math.sqrt(squares);
}
