// How much faster are dlib's nets in int8 on this processor, and how far do their results move? Alternating, medians.
// node bench/int8/int8.js [--rounds 9]      (npm run build first)
import { readdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createDecoder, openRecognizer } from 'acquaint';
import { createMmodDetector } from '../../dist/models/dlib/mmod-detector.js';
import { createResnetEmbedder } from '../../dist/models/dlib/resnet-embedder.js';
import { createOnnxRuntime } from '../../dist/runtime/onnx-runtime.js';
import { photo, portraits, summary } from '../speed/harness.js';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '9' } } });
const rounds = Number(values.rounds);
const PRECISIONS = ['float32', 'int8'];
const BATCH = 16;
const OPTIONS = { minFacePx: 80, scoreThreshold: 0, maxFaces: 100 };

console.log(`${cpus()[0].model.trim()}, ${cpus().length} cores, Node ${process.version}, ${rounds} rounds`);
const { image } = await createDecoder().decode(photo);
const chips = await chipsOfPortraits();
for (const threads of [1, 2]) {
  const runtime = createOnnxRuntime({ threads });
  const nets = {};
  for (const precision of PRECISIONS) {
    nets[precision] = {
      detector: await createMmodDetector(runtime, { precision }),
      embedder: await createResnetEmbedder(runtime, { precision }),
    };
  }
  const batch = chips.slice(0, BATCH);
  await compare(`embedding, a chip of ${BATCH}, ${threads} threads`, nets, BATCH, ({ embedder }) =>
    embedder.embed(batch),
  );
  await compare(`MMOD, 1920x1280, 80 px, ${threads} threads`, nets, 1, ({ detector }) =>
    detector.detect(image, OPTIONS),
  );
  if (threads === 2) await howFar(nets);
  for (const { detector, embedder } of Object.values(nets))
    await Promise.all([detector.close(), embedder.close()]);
}

async function chipsOfPortraits() {
  const recognizer = await openRecognizer({ minFacePx: 60 });
  const found = [];
  for (const name of readdirSync(portraits).filter((each) => each.endsWith('.jpg'))) {
    const picture = join(portraits, name);
    const { faces } = await recognizer.detect(picture);
    const landmarks = faces.map((face) => face.landmarks);
    found.push(...(await recognizer.align(picture, landmarks)));
  }
  await recognizer.close();
  return found;
}

async function compare(title, nets, per, work) {
  const runs = Object.fromEntries(PRECISIONS.map((precision) => [precision, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const precision of PRECISIONS) {
      const start = performance.now();
      await work(nets[precision]);
      // The first is for warming up.
      if (round > 0) runs[precision].push({ ms: (performance.now() - start) / per });
    }
  }
  const [float, int8] = PRECISIONS.map((precision) => summary(runs[precision]));
  const text = ({ median, least, most }) =>
    `${median.toFixed(1)} ms (${least.toFixed(1)}-${most.toFixed(1)})`;
  console.log(
    `${title.padEnd(36)} float32 ${text(float)}   int8 ${text(int8)}   ${(float.median / int8.median).toFixed(2)}x`,
  );
}

async function howFar({ float32, int8 }) {
  const exact = await float32.embedder.embed(chips);
  const rounded = await int8.embedder.embed(chips);
  const distances = exact
    .map((a, i) => Math.hypot(...a.map((x, j) => x - rounded[i][j])))
    .sort((a, b) => a - b);
  const median = distances[Math.floor(distances.length / 2)];
  console.log(
    `embeddings of ${chips.length} chips move by ${median.toFixed(3)}, ${distances.at(-1).toFixed(3)} at most`,
  );
}
