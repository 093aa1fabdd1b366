// What acquaint says of hard pictures, against what would be right.
// node bench/hard/hard.js [--only TEXT] [--keep DIR]      (npm run build first; some minutes)
// --only takes the cases with that text in their name, --keep writes the pictures into a folder.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openRecognizer } from 'acquaint';
import sharp from 'sharp';
import { hardCases, PEOPLE } from './cases.js';

const { values } = parseArgs({ options: { only: { type: 'string' }, keep: { type: 'string' } } });
if (values.keep) await mkdir(values.keep, { recursive: true });

const recognizers = new Map();
const plain = await recognizerWith({});
const rows = new Map();
console.log(`${Object.keys(PEOPLE).length} people enrolled with one photo each; Node ${process.version}\n`);
for await (const { name, expected, options, bytes } of hardCases(largestFace)) {
  if (values.only && !name.includes(values.only)) continue;
  const recognizer = await recognizerWith(options);
  const { faces } = await recognizer.identify(bytes);
  const face = faces.toSorted((a, b) => width(b) - width(a))[0];
  const row = rows.get(name) ?? { cells: [], passed: 0, wrong: 0 };
  rows.set(name, row);
  row.cells.push(cellsOf(expected, face));
  if (answerOf(face) === expected) row.passed++;
  else if (face?.person) row.wrong++;
  if (values.keep) {
    const file = `${name} ${row.cells.length}`.replaceAll(/[^a-z0-9]+/gi, '-');
    await sharp(bytes)
      .autoOrient()
      .resize({ height: 240 })
      .png()
      .toFile(join(values.keep, `${file}.png`));
  }
}
for (const recognizer of recognizers.values()) await recognizer.close();

console.log('| case | right | wrong name | |');
console.log('| --- | --- | --- | --- |');
for (const [name, { cells, passed, wrong }] of rows) {
  console.log(
    `| ${name} | ${passed} of ${cells.length} | ${wrong} | ${passed === cells.length ? 'pass' : 'known limit'} |`,
  );
}
console.log('\n| case | expected | answer | distance / threshold | reasons |');
console.log('| --- | --- | --- | --- | --- |');
for (const [name, { cells }] of rows)
  for (const cell of cells) console.log(`| ${[name, ...cell].join(' | ')} |`);

async function recognizerWith(options) {
  const key = JSON.stringify(options);
  const known = recognizers.get(key);
  if (known) return known;
  const recognizer = await openRecognizer({ concurrency: 1, ...options });
  for (const [name, file] of Object.entries(PEOPLE)) await recognizer.enroll(name, [file], { largest: true });
  recognizers.set(key, recognizer);
  return recognizer;
}

async function largestFace(photo) {
  const { faces } = await plain.detect(photo);
  return faces.toSorted((a, b) => width(b) - width(a))[0];
}

function width({ box }) {
  return box.right - box.left;
}

/** The name, or what else was decided. */
function answerOf(face) {
  return face ? (face.person?.name ?? face.decision) : 'no face';
}

function cellsOf(expected, face) {
  if (!face) return [expected, 'no face', '', ''];
  const { distance, threshold, reasons } = face;
  return [expected, answerOf(face), `${distance.toFixed(3)} / ${threshold.toFixed(3)}`, reasons.join(', ')];
}
