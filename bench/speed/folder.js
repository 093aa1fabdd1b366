// (b) How long does it take to enrol a folder of 500 small photos, from files into a gallery file, and are the cores busy?
// dlib's pipeline does every tenth of them, decoded before, stores nothing, and is multiplied by ten.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { alternate, summary } from './harness.js';
import { dlibMissing, startDlib } from './sides/dlib.js';
import { startSide } from './sides/process.js';
import { makeSmallPhotos } from './small-photos.js';

const PHOTOS = 500;
const PART = 10;

export async function benchFolder(report, { rounds, photos: given }) {
  const folder = mkdtempSync(join(tmpdir(), 'acquaint-bench-'));
  try {
    const photos = given
      ? readdirSync(given)
          .slice(0, PHOTOS)
          .map((name) => join(given, name))
      : await makeSmallPhotos(folder, PHOTOS);
    await compare(report, Math.min(3, rounds), folder, photos);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function compare(report, rounds, folder, photos) {
  const ours = (effort) =>
    startSide('enroll.js', {
      gallery: join(folder, `${effort}.db`),
      photos,
      minFacePx: 80,
      effort,
      threadsPerPicture: 1,
    });
  const sides = { fast: ours('fast'), balanced: ours('balanced') };
  if (!dlibMissing()) {
    const pictures = photos.filter((_, i) => i % PART === 0);
    sides.dlib = startDlib({ stage: 'pipeline', threads: 2, pictures });
  }
  const { fast, balanced, dlib } = await alternate(sides, rounds);
  const scaled = dlib && summary(dlib.runs.map(({ ms }) => ({ ms: ms * PART })));
  report.compared(`Enrol ${photos.length} photos of 250 to 400 pixels, smallest face 80 px`, {
    'acquaint, fast (the same work)': fast,
    ...(scaled && { "dlib's C++, every tenth, times ten": scaled }),
    'acquaint, balanced': balanced,
  });
  const busy = fast.runs.map(({ cpuMs, ms }) => cpuMs / (ms * cpus().length));
  report.line(`  processor time / (time x cores): ${busy.map((share) => share.toFixed(2)).join(', ')}`);
  report.figures.busy = busy;
}
