// (d) How long from `node` to the first named face of a 1920x1280 photo, against the same when warm? And (e) how much memory
// does the command line take at most: one photo, a folder of 100 small ones, and a large one?
import { execFileSync, spawn } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openRecognizer } from 'acquaint';
import { alternate, photo } from './harness.js';
import { startSide } from './sides/process.js';
import { makeSmallPhotos } from './small-photos.js';

const command = fileURLToPath(new URL('../../dist/bundle/main.js', import.meta.url));
const peak = fileURLToPath(new URL('sides/peak.js', import.meta.url));

export async function benchCold(report, { rounds }) {
  await inFolder(async (folder) => {
    const gallery = await galleryOfPhoto(folder);
    const warm = startSide('identify.js', { photo, gallery });
    const sides = {
      warm,
      cold: spawned(['recognize', photo, '--gallery', gallery, '--quiet']),
      people: spawned(['people', '--gallery', gallery]),
    };
    const results = await alternate(sides, rounds);
    report.compared('From `node` to the first named face, default settings (40 px)', {
      'acquaint, warm identify in a running process': results.warm,
      'acquaint recognize, cold': results.cold,
      'acquaint people, cold': results.people,
    });
    const most = 1.5 * results.warm.median + 600;
    report.line(`  cold ${results.cold.median.toFixed(0)} ms; 1.5 x warm + 600 ms = ${most.toFixed(0)} ms`);
  });
}

export async function benchMemory(report, { memoryPictures }) {
  await inFolder(async (folder) => {
    const gallery = await galleryOfPhoto(folder);
    const photos = await makeSmallPhotos(folder, 100);
    report.line('\nPeak memory of acquaint recognize');
    const figures = { onePhoto: peakOf([photo, '--gallery', gallery]) };
    report.line(`  one photo of 1920x1280, smallest face 40 px    ${figures.onePhoto.toFixed(0)} MB`);
    for (const count of [100, memoryPictures]) {
      const many = join(folder, `of-${count}`);
      mkdirSync(many);
      for (let i = 0; i < count; i++) linkSync(photos[i % photos.length], join(many, `${i}.jpg`));
      figures[count] = peakOf([many, '--json', '--gallery', gallery]);
      report.line(`  a folder of ${count} small photos    ${figures[count].toFixed(0)} MB`);
    }
    report.line(`  ratio ${(figures[memoryPictures] / figures[100]).toFixed(2)}`);
    report.figures.peakMb = figures;
  });
}

async function inFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), 'acquaint-bench-'));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** One of the photo's people. */
async function galleryOfPhoto(folder) {
  const gallery = join(folder, 'people.db');
  const recognizer = await openRecognizer({ gallery });
  await recognizer.enroll('Somebody', [photo], { largest: true });
  await recognizer.close();
  return gallery;
}

function spawned(args) {
  return {
    run: () =>
      new Promise((resolve, reject) => {
        const start = performance.now();
        const child = spawn(process.execPath, [command, ...args], { stdio: 'ignore' });
        child.on('error', reject);
        child.on('exit', (code) => {
          if (code === 0) resolve({ ms: performance.now() - start });
          else reject(new Error(`acquaint ${args[0]} ended with ${code}`));
        });
      }),
  };
}

/** MB that the command needed at most. */
function peakOf(args) {
  const output = execFileSync(process.execPath, [peak, command, 'recognize', '--quiet', ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return Number(output);
}
