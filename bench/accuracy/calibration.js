// Does a rate that was asked for hold on people it was not measured on? LFW's people are parted into two halves, ten times;
// thresholds come from one half, and on the other some people are enrolled and all others are strangers.
// 1. by `acquaint calibrate` on the first half; 2. by curves like those of src/recognizer/evidence.ts made on the first
// half only: the evidence that comes with the package was measured on all of LFW, and must not be judged on it.
// node bench/accuracy/calibration.js --lfw DIR [--cache DIR] [--models DIR] [--recipe NAME]      (npm run build first)
import { parseArgs } from 'node:util';
import { cacheFolder, evaluatePeople, identifyThreshold, openEmbeddingCache, openRecognizer } from 'acquaint';
import { distanceForRate, effectiveComparisons, rateOfEach } from '../../dist/core/false-matches.js';
import { distanceAt, histograms, LFW_OPTIONS, openLfw } from './lfw.js';

const { values } = parseArgs({
  options: { ...LFW_OPTIONS, recipe: { type: 'string', default: 'dlib-resnet-v1+4views' } },
});
const SPLITS = 10;
const SIZES = [10, 100, 300];
const FACES_PER_PERSON = 3;
const STATED = 0.01;
const RATES = [1e-6, 3e-6, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3];

const { recipe } = values;
const lfw = await openLfw(values);
const embeddings = await lfw.embed(recipe);
const names = [...new Set(lfw.people)];
const results = new Map(SIZES.map((size) => [size, { calibrated: [], general: [] }]));

for (let split = 1; split <= SPLITS; split++) {
  const first = new Set(shuffled(names, split).slice(0, names.length / 2));
  const faces = lfw.paths.map((path, i) => ({ person: lfw.people[i], path, embedding: embeddings[i] }));
  const known = faces.filter(({ person }) => first.has(person));
  const others = faces.filter(({ person }) => !first.has(person));

  const recognizer = await openRecognizer({ recipe, modelsFolder: values.models });
  const cache = await openEmbeddingCache(values.cache ?? cacheFolder(), recognizer.analysisKey);
  const calibration = await recognizer.calibrateFrom(known);
  const { galleries } = await evaluatePeople(recognizer, others, {
    choose: 'centre',
    cache,
    gallerySizes: SIZES,
    facesPerPerson: FACES_PER_PERSON,
    trials: 4,
    rate: STATED,
    seed: split,
  });
  await cache.close();
  await recognizer.close();

  const { impostors } = histograms(
    ...Array(2).fill(known.map(({ embedding }) => embedding)),
    known.map(({ person }) => person),
  );
  const curve = RATES.map((rate) => ({ rate, distance: distanceAt(impostors, rate) }));
  for (const { galleryPeople, galleryFaces, atDefault, curve: points } of galleries) {
    const result = results.get(galleryPeople);
    result.calibrated.push({ threshold: atDefault.threshold, ...atDefault.strangersNamed });
    // As `identify` does it: the rate of a single comparison that gives the stated one in so many.
    const size = { people: galleryPeople, faces: Math.round(galleryFaces) };
    const ofPackage = identifyThreshold(size.people, { faces: size.faces, rate: STATED, recipe });
    const comparisons = effectiveComparisons(galleryPeople, galleryFaces);
    const threshold = distanceForRate(curve, rateOfEach(STATED, comparisons));
    result.general.push({ threshold, ofPackage, rate: strangersNamedAt(points, threshold) });
  }
  console.error(`split ${split}: calibration moves identify by ${calibration.identifyOffset.toFixed(4)}`);
}

console.log(
  `${recipe}, LFW, ${SPLITS} splits of ${names.length} people into halves; ${100 * STATED} % of strangers may be named`,
);
for (const [size, { calibrated, general }] of results) {
  const named = calibrated.map(({ rate }) => rate);
  const held = calibrated.filter(({ interval }) => interval.low <= STATED);
  console.log(
    `\n${size} enrolled, up to ${FACES_PER_PERSON} photos each
  calibrated on the other half: ${percents(named)}
    mean ${percent(mean(named))}; the stated rate or less within the 95 % interval over people in ${held.length} of ${SPLITS}
    thresholds ${calibrated.map(({ threshold }) => threshold.toFixed(3)).join(' ')}
  curve of the other half: ${percents(general.map(({ rate }) => rate))}
    mean ${percent(mean(general.map(({ rate }) => rate)))}
    thresholds ${general.map(({ threshold }) => threshold.toFixed(3)).join(' ')}; of the package ${general[0].ofPackage.toFixed(3)}`,
  );
}

/** Between the points of the measured curve. */
function strangersNamedAt(points, threshold) {
  const end = points.findIndex((point) => point.threshold >= threshold);
  const [from, to] = [points[end - 1], points[end]];
  const share = (threshold - from.threshold) / (to.threshold - from.threshold);
  return from.strangersNamed + share * (to.strangersNamed - from.strangersNamed);
}

function shuffled(items, seed) {
  let state = seed;
  const random = () => {
    // Park and Miller's generator: enough to part people.
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  for (let i = 0; i < 10; i++) random();
  return items
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

function mean(list) {
  return list.reduce((sum, value) => sum + value, 0) / list.length;
}

function percent(share) {
  return `${(100 * share).toFixed(2)} %`;
}

function percents(shares) {
  return shares.map((share) => (100 * share).toFixed(2)).join(' ');
}
