// What the measures of quality say of LFW's faces, and what refusing the worst of them is worth.
// node bench/quality/quality.js --lfw DIR [--cache DIR] [--recipe NAME] [--limit PAIRS]
// (npm run build first; half an hour without a cache; --limit takes so many of the pairs, to try it out)
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import {
  cacheFolder,
  euclideanDistance,
  measurePictures,
  openEmbeddingCache,
  openRecognizer,
  QUALITY_REASON_TEXTS,
  qualityReasons,
  qualityScore,
  readLfwPairs,
  verifyThreshold,
} from 'acquaint';

const { values } = parseArgs({
  options: {
    lfw: { type: 'string' },
    cache: { type: 'string' },
    recipe: { type: 'string' },
    limit: { type: 'string' },
  },
});
if (!values.lfw) throw new Error('Expected --lfw DIR, the folder with pairs.txt and the pictures of LFW');

const LEVELS = ['low', 'medium', 'high'];
const REFUSED = [0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3];
const FALSE_MATCH_RATE = 0.001;
/** Degrees. */
const TURNS = [0, 10, 20, 30, 40, 50];

const all = await readLfwPairs(values.lfw);
const every = Math.max(1, all.length / Number(values.limit ?? all.length));
const pairs = all.filter((_, i) => Math.floor(i / every) !== Math.floor((i - 1) / every));
const recognizer = await openRecognizer({ recipe: values.recipe });
const cache = await openEmbeddingCache(values.cache ?? cacheFolder(), recognizer.analysisKey);
const paths = pairs.flatMap(({ a, b }) => [a, b]);
const { faces, unusable } = await measurePictures(recognizer, paths, { choose: 'centre', cache });
await cache.close();
await recognizer.close();

console.log(
  `LFW, ${recognizer.recipe}: ${faces.size} faces, ${unusable.length} pictures without; Node ${process.version}`,
);
printShares([...faces.values()].map(({ quality }) => quality));
printRefusals(
  pairs.flatMap(({ a, b, same, fold }) => {
    const [one, other] = [faces.get(a), faces.get(b)];
    if (!one || !other) return [];
    const scores = [one, other].map(({ quality }) => qualityScore(quality));
    const score = scores.includes(null) ? null : Math.min(...scores);
    return [{ distance: euclideanDistance(one.embedding, other.embedding), same, fold, score }];
  }),
);

printTurned();

/** Every pair of pictures of one person, by the face that is turned more. */
function printTurned() {
  const threshold = verifyThreshold({ recipe: recognizer.recipe });
  const people = new Map();
  for (const [path, face] of faces) {
    const person = basename(path).replace(/_\d+\.jpg$/, '');
    people.set(person, [...(people.get(person) ?? []), face]);
  }
  const counts = TURNS.map((turn) => ({ turn, pairs: 0, missed: 0 }));
  for (const own of people.values()) {
    own.forEach((a, i) => {
      for (const b of own.slice(i + 1)) {
        const turned = Math.max(Math.abs(a.quality.yaw), Math.abs(b.quality.yaw));
        const count = counts.findLast(({ turn }) => turned >= turn);
        count.pairs++;
        if (euclideanDistance(a.embedding, b.embedding) > threshold) count.missed++;
      }
    });
  }
  console.log(
    `\n## One person at ${threshold.toFixed(3)} (0.1 % false matches), by how far a head is turned\n`,
  );
  console.log('| degrees at least | pairs | not recognised |');
  console.log('| --- | --- | --- |');
  for (const { turn, pairs: count, missed } of counts)
    console.log(`| ${turn} | ${count} | ${percent(missed / count)} |`);
}

function printShares(qualities) {
  const share = (isBeyond) => percent(qualities.filter(isBeyond).length / qualities.length);
  console.log('\n## Share of the faces beyond each bound\n');
  console.log(`| reason | ${LEVELS.join(' | ')} |`);
  console.log('| --- | --- | --- | --- |');
  for (const reason of Object.keys(QUALITY_REASON_TEXTS)) {
    const shares = LEVELS.map((level) => share((quality) => qualityReasons(quality, level).includes(reason)));
    console.log(`| ${reason} | ${shares.join(' | ')} |`);
  }
  const any = LEVELS.map((level) => share((quality) => qualityReasons(quality, level).length > 0));
  console.log(`| any of them | ${any.join(' | ')} |`);
}

/** The pairs whose worse face has the lowest score are refused first. */
function printRefusals(compared) {
  const rated = compared.filter(({ score }) => score !== null).toSorted((a, b) => b.score - a.score);
  if (rated.length === 0) return console.log('\nThis recipe has a single view: it has no score.');
  console.log(`\n## Error versus reject: ${rated.length} pairs\n`);
  console.log(
    '| refused | score of the worse face at least | FNMR at FMR 1e-3 | FNMR at the distance of no refusal | accuracy |',
  );
  console.log('| --- | --- | --- | --- | --- |');
  const usual = distanceAt(rated);
  for (const refused of REFUSED) {
    const kept = rated.slice(0, Math.ceil(rated.length * (1 - refused)));
    const cells = [refused === 0 ? '0 %' : percent(refused), kept.at(-1).score.toFixed(3)];
    cells.push(percent(falseNonMatches(kept, distanceAt(kept))), percent(falseNonMatches(kept, usual)));
    console.log(`| ${[...cells, percent(accuracy(kept))].join(' | ')} |`);
  }
}

/** The greatest distance at which no more than FALSE_MATCH_RATE of the different people's pairs match. */
function distanceAt(compared) {
  const impostors = compared.filter(({ same }) => !same).map(({ distance }) => distance);
  return impostors.toSorted((a, b) => a - b)[Math.floor(impostors.length * FALSE_MATCH_RATE)] ?? 0;
}

function falseNonMatches(compared, threshold) {
  const genuine = compared.filter(({ same }) => same);
  return genuine.filter(({ distance }) => distance >= threshold).length / Math.max(1, genuine.length);
}

/** Right answers, each fold's threshold chosen on the other folds. */
function accuracy(compared) {
  let right = 0;
  for (const fold of new Set(compared.map((pair) => pair.fold))) {
    const threshold = bestThreshold(compared.filter((pair) => pair.fold !== fold));
    right += compared.filter((pair) => pair.fold === fold && pair.distance < threshold === pair.same).length;
  }
  return right / compared.length;
}

function bestThreshold(compared) {
  const sorted = compared.toSorted((a, b) => a.distance - b.distance);
  let right = sorted.filter(({ same }) => !same).length;
  let best = { right, threshold: 0 };
  for (const [i, { same, distance }] of sorted.entries()) {
    right += same ? 1 : -1;
    const threshold = (distance + (sorted[i + 1]?.distance ?? distance)) / 2;
    if (right > best.right) best = { right, threshold };
  }
  return best.threshold;
}

function percent(share) {
  return `${(100 * share).toFixed(2)} %`;
}
