// npm run bench: how fast acquaint is against its peers, one question a bench.
//   a  one photo    b  a folder of 500    c  search among 10,000 faces    d  cold start    e  peak memory
// node bench/run.js [--only a,d] [--rounds 7] [--memory-pictures 1000] [--photos DIR] [--save]
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { benchCold, benchMemory } from './speed/cold.js';
import { benchFolder } from './speed/folder.js';
import { createReport, machine } from './speed/harness.js';
import { benchIdentify } from './speed/identify.js';
import { benchPhoto } from './speed/photo.js';

const BENCHES = { a: benchPhoto, b: benchFolder, c: benchIdentify, d: benchCold, e: benchMemory };

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: Object.keys(BENCHES).join(',') },
    rounds: { type: 'string', default: '7' },
    'memory-pictures': { type: 'string', default: '1000' },
    photos: { type: 'string' },
    save: { type: 'boolean', default: false },
  },
});
const options = {
  rounds: Number(values.rounds),
  memoryPictures: Number(values['memory-pictures']),
  photos: values.photos,
};
const report = createReport();
const facts = machine();
report.line(
  Object.entries(facts)
    .map(([name, value]) => `${name} ${value}`)
    .join(', '),
);
report.line(
  `medians (least-most) of ${options.rounds} rounds in alternating order, each side a process of its own`,
);
for (const letter of values.only.split(',')) await BENCHES[letter](report, options);
if (values.save) {
  const path = fileURLToPath(
    new URL(`results/${new Date().toISOString().slice(0, 10)}-speed`, import.meta.url),
  );
  writeFileSync(`${path}.txt`, `${report.lines.join('\n')}\n`);
  writeFileSync(
    `${path}.json`,
    `${JSON.stringify({ ...facts, ...options, figures: report.figures }, null, 2)}\n`,
  );
}
