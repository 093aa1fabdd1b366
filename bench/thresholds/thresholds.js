// How near do strangers come? Distances of all pairs of different people among LFW's pictures, and what follows for
// the threshold of an identification among N people.
// node bench/thresholds/thresholds.js --lfw DIR [--mirror]     (npm run build first)
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { openRecognizer } from 'acquaint';

const { values } = parseArgs({ options: { lfw: { type: 'string' }, mirror: { type: 'boolean' } } });
if (!values.lfw) throw new Error('Expected --lfw DIR, the folder with the pictures of the LFW protocol');

/** Distances are counted in steps of this. */
const STEP = 0.005;
const BINS = 400;
/** Share of strangers that may be named. */
const FALSE_NAMES = 0.01;

const files = readdirSync(values.lfw, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.jpg'))
  .sort();
const { embeddings, missed } = await embedAll(files);
const people = [...new Set(embeddings.map(({ person }) => person))];
const { impostors, genuine } = histograms();
report();

async function embedAll(names) {
  const recognizer = await openRecognizer({ mirror: values.mirror ?? false });
  const found = [];
  let missed = 0;
  const queue = names.values();
  const work = async () => {
    for (const name of queue) {
      const { width, height, faces } = await recognizer.embed(join(values.lfw, name));
      const face = nearestToCentre(faces, width, height);
      if (face) found.push({ person: basename(name).replace(/_\d+\.jpg$/, ''), embedding: face.embedding });
      else missed++;
      if ((found.length + missed) % 500 === 0) console.error(`${found.length + missed} of ${names.length}`);
    }
  };
  await Promise.all([work(), work(), work(), work()]);
  await recognizer.close();
  return { embeddings: found, missed };
}

function nearestToCentre(faces, width, height) {
  const offset = ({ box }) =>
    Math.hypot((box.left + box.right - width) / 2, (box.top + box.bottom - height) / 2);
  return [...faces].sort((a, b) => offset(a) - offset(b))[0];
}

function histograms() {
  const impostors = new Float64Array(BINS);
  const genuine = new Float64Array(BINS);
  embeddings.forEach((a, i) => {
    for (const b of embeddings.slice(i + 1)) {
      let sum = 0;
      for (let k = 0; k < 128; k++) sum += (a.embedding[k] - b.embedding[k]) ** 2;
      const bin = Math.min(BINS - 1, Math.floor(Math.sqrt(sum) / STEP));
      (a.person === b.person ? genuine : impostors)[bin]++;
    }
  });
  return { impostors, genuine };
}

function report() {
  const total = impostors.reduce((sum, count) => sum + count, 0);
  const same = genuine.reduce((sum, count) => sum + count, 0);
  console.log(`${embeddings.length} faces of ${people.length} people, ${missed} pictures without a face`);
  console.log(`${total} pairs of strangers, ${same} pairs of one person\n`);
  console.log('distance  strangers nearer  one person nearer');
  const rate = [];
  let below = 0;
  let belowSame = 0;
  for (let bin = 0; bin < BINS; bin++) {
    below += impostors[bin];
    belowSame += genuine[bin];
    rate.push(below / total);
    const distance = (bin + 1) * STEP;
    if (Math.abs(distance * 50 - Math.round(distance * 50)) < 1e-9 && distance >= 0.3 && distance <= 0.7) {
      console.log(
        `${distance.toFixed(2)}      ${(below / total).toExponential(2)}          ${(belowSame / same).toFixed(4)}`,
      );
    }
  }
  console.log(
    `\npeople  greatest distance at which at most ${FALSE_NAMES * 100} % of strangers are named (one photo each)`,
  );
  for (const count of [1, 3, 10, 30, 100, 300, 1000, 3000, 10_000]) {
    const bin = rate.findLastIndex((share) => 1 - (1 - share) ** count <= FALSE_NAMES);
    console.log(`${String(count).padEnd(7)} ${((bin + 1) * STEP).toFixed(3)}`);
  }
}
