// Which detector finds which labelled faces: recall and false alarms of hog, mmod and yunet.
// node bench/detection/detection.js --labels DIR [--models DIR]       (npm run build first)
// DIR holds pictures and dlib's training.xml and testing.xml, which say where their faces are.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createDecoder, intersectionOverUnion, openRecognizer } from 'acquaint';

const { values } = parseArgs({ options: { labels: { type: 'string' }, models: { type: 'string' } } });
if (!values.labels) throw new Error('Expected --labels DIR, the folder with training.xml and testing.xml');

/** A detection is right when it shares so much with a labelled box that has no better one. */
const LEAST_OVERLAP = 0.4;

const pictures = (await Promise.all(['training.xml', 'testing.xml'].map(readLabels))).flat();
const labelled = pictures.reduce((sum, { boxes }) => sum + boxes.length, 0);
console.log(
  `${pictures.length} pictures, ${labelled} labelled faces of ${sizes(pictures)} pixels; Node ${process.version}\n`,
);
console.log('| detector | minFacePx | found | false alarms | median time a picture |');
console.log('| -------- | --------- | ----- | ------------ | --------------------- |');
for (const detector of ['hog', 'mmod', 'yunet']) {
  for (const minFacePx of [32, 40, 80]) console.log(await measure(detector, minFacePx));
}

async function measure(detector, minFacePx) {
  const recognizer = await openRecognizer({
    detector,
    minFacePx,
    modelsFolder: values.models,
    concurrency: 1,
  });
  let found = 0;
  let falseAlarms = 0;
  const times = [];
  await recognizer.detect(pictures[0].image);
  for (const { image, boxes } of pictures) {
    const start = performance.now();
    const { faces } = await recognizer.detect(image);
    times.push(performance.now() - start);
    const right = matched(
      faces.map(({ box }) => box),
      boxes,
    );
    found += right;
    falseAlarms += faces.length - right;
  }
  await recognizer.close();
  times.sort((a, b) => a - b);
  const median = times[Math.floor(times.length / 2)];
  return `| ${detector} | ${minFacePx} | ${found} of ${labelled} | ${falseAlarms} | ${median.toFixed(0)} ms |`;
}

/** How many of the labelled boxes have a detection of their own, the best overlaps first. */
function matched(detections, boxes) {
  const pairs = detections
    .flatMap((detection, i) =>
      boxes.map((box, k) => ({ i, k, overlap: intersectionOverUnion(detection, box) })),
    )
    .filter(({ overlap }) => overlap >= LEAST_OVERLAP)
    .sort((a, b) => b.overlap - a.overlap);
  const taken = { detections: new Set(), boxes: new Set() };
  for (const { i, k } of pairs) {
    if (taken.detections.has(i) || taken.boxes.has(k)) continue;
    taken.detections.add(i);
    taken.boxes.add(k);
  }
  return taken.boxes.size;
}

/** dlib's labels: the pictures whose file is there, with their boxes. */
async function readLabels(name) {
  const xml = await readFile(join(values.labels, name), 'utf8');
  const labels = [];
  for (const [, file, content] of xml.matchAll(/<image file='([^']+)'[^>]*>(.*?)<\/image>/gs)) {
    const decoded = await createDecoder()
      .decode(join(values.labels, file))
      .catch(() => null);
    if (decoded === null) continue;
    const boxes = [...content.matchAll(/<box ([^>]*?)\/?>/g)].map(([, attributes]) => {
      const of = (key) => Number(new RegExp(`${key}='(-?\\d+)'`).exec(attributes)[1]);
      const [left, top] = [of('left'), of('top')];
      return { left, top, right: left + of('width'), bottom: top + of('height') };
    });
    labels.push({ image: decoded.image, boxes });
  }
  return labels;
}

function sizes(labels) {
  const sides = labels.flatMap(({ boxes }) => boxes.map(({ left, right }) => right - left));
  return `${Math.min(...sides)} to ${Math.max(...sides)}`;
}
