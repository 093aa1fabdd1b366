// The evidence behind the thresholds (src/recognizer/evidence.ts): how near strangers come among LFW's 7,701 pictures,
// for every recipe that can be compared with another.
// node bench/accuracy/evidence.js --lfw DIR [--cache DIR] [--recipe NAME ...]
// (npm run build first; about an hour without a cache; without --recipe those that need no pack)
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import {
  cacheFolder,
  measurePictures,
  openEmbeddingCache,
  openRecognizer,
  RECIPES,
  readLfwPairs,
} from 'acquaint';

const { values } = parseArgs({
  options: {
    lfw: { type: 'string' },
    cache: { type: 'string' },
    recipe: { type: 'string', multiple: true },
  },
});
if (!values.lfw) throw new Error('Expected --lfw DIR, the folder with pairs.txt and the pictures of LFW');

/** Distances are counted in steps of this. */
const STEP = 0.0005;
const BINS = 4000;
const RATES = [3e-7, 1e-6, 3e-6, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3];

const pairs = await readLfwPairs(values.lfw);
const paths = [...new Set(pairs.flatMap(({ a, b }) => [a, b]))].sort();
const people = paths.map((path) => basename(path).replace(/_\d+\.jpg$/, ''));
const embeddings = new Map();
const recipes = RECIPES.filter(({ id }) => values.recipe?.includes(id) ?? id.startsWith('dlib-resnet-v1'));
for (const { id } of recipes) embeddings.set(id, await embed(id));

for (const space of new Set(recipes.map(({ space }) => space))) {
  const ids = recipes.filter((recipe) => recipe.space === space).map(({ id }) => id);
  const combinations = ids.flatMap((a, i) => ids.slice(i).map((b) => [a, b]));
  const counted = combinations.map(([a, b]) => ({
    a,
    b,
    ...histograms(embeddings.get(a), embeddings.get(b)),
  }));
  console.log(`\n## ${space}`);
  for (const { a, b, impostors, genuine } of counted) {
    console.log(`${a} against ${b}: ${total(impostors)} pairs of strangers, ${total(genuine)} of one person`);
    console.log(
      `  false matches ${RATES.map((rate) => `${rate}: ${at(impostors, rate).toFixed(4)}`).join(', ')}`,
    );
  }
  // Where recipes differ, the strictest of them: the rate then holds for all.
  const strictest = RATES.map((rate) => [
    rate,
    Math.min(...counted.map(({ impostors }) => at(impostors, rate))),
  ]);
  console.log(`falseMatches(${strictest.map(([rate, d]) => `[${rate}, ${d.toFixed(4)}]`).join(', ')})`);
  console.log(
    `likelihood(${likelihood(counted)
      .map(([d, ratio]) => `[${d.toFixed(2)}, ${ratio.toFixed(2)}]`)
      .join(', ')})`,
  );
}

async function embed(recipe) {
  const recognizer = await openRecognizer({ recipe });
  const cache = await openEmbeddingCache(values.cache ?? cacheFolder(), recognizer.analysisKey);
  const { faces, unusable } = await measurePictures(recognizer, paths, { choose: 'centre', cache });
  await cache.close();
  await recognizer.close();
  if (unusable.length > 0)
    throw new Error(`Expected a face in every picture but ${unusable.length} have none`);
  console.error(`${recipe}: ${faces.size} faces`);
  return paths.map((path) => faces.get(path).embedding);
}

/** Of all pairs of pictures; both directions where the recipes differ. */
function histograms(as, bs) {
  const impostors = new Float64Array(BINS);
  const genuine = new Float64Array(BINS);
  for (let i = 0; i < as.length; i++) {
    for (let k = as === bs ? i + 1 : 0; k < bs.length; k++) {
      if (i === k) continue;
      const a = as[i];
      const b = bs[k];
      let sum = 0;
      for (let n = 0; n < a.length; n++) {
        const difference = a[n] - b[n];
        sum += difference * difference;
      }
      const bin = Math.min(BINS - 1, Math.floor(Math.sqrt(sum) / STEP));
      (people[i] === people[k] ? genuine : impostors)[bin]++;
    }
  }
  return { impostors, genuine };
}

function total(bins) {
  return bins.reduce((sum, count) => sum + count, 0);
}

/** The distance that a share of the pairs lies below. */
function at(bins, share) {
  const wanted = share * total(bins);
  let sum = 0;
  for (let bin = 0; bin < BINS; bin++) {
    if (sum + bins[bin] > wanted) return (bin + (wanted - sum) / bins[bin]) * STEP;
    sum += bins[bin];
  }
  return BINS * STEP;
}

/** log(density of one person's pairs / density of strangers' pairs) at every 0.04, made to fall (pooled neighbours). */
function likelihood(counted) {
  const width = Math.round(0.04 / STEP);
  const sum = (which) => {
    const bins = new Float64Array(BINS / width);
    for (const each of counted)
      each[which].forEach((count, bin) => {
        bins[Math.floor(bin / width)] += count / total(each[which]) / counted.length;
      });
    return bins;
  };
  const [genuine, impostors] = [sum('genuine'), sum('impostors')];
  const pooled = [];
  for (let bin = 0; bin < genuine.length; bin++) {
    // Bins with next to nothing of one kind say nothing: the curve goes on as before them.
    if (genuine[bin] < 3e-4 || impostors[bin] < 3e-7) continue;
    pooled.push({ genuine: genuine[bin], impostors: impostors[bin], at: [(bin + 0.5) * width * STEP] });
    while (pooled.length > 1 && ratio(pooled.at(-1)) >= ratio(pooled.at(-2))) {
      const last = pooled.pop();
      const before = pooled.pop();
      pooled.push({
        genuine: before.genuine + last.genuine,
        impostors: before.impostors + last.impostors,
        at: [...before.at, ...last.at],
      });
    }
  }
  return pooled.map((block) => [block.at.reduce((a, b) => a + b) / block.at.length, ratio(block)]);
}

function ratio({ genuine, impostors }) {
  return Math.log(genuine / impostors);
}
