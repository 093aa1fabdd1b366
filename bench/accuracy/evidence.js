// The evidence behind the thresholds (src/recognizer/evidence.ts): how near strangers come among LFW's 7,701 pictures,
// for every recipe that can be compared with another.
// node bench/accuracy/evidence.js --lfw DIR [--cache DIR] [--models DIR] [--recipe NAME ...]
// (npm run build first; about an hour without a cache; without --recipe those that need no pack)
import { parseArgs } from 'node:util';
import { RECIPES } from 'acquaint';
import { distanceAt, histograms, LFW_OPTIONS, openLfw, STEP, total } from './lfw.js';

const { values } = parseArgs({
  options: { ...LFW_OPTIONS, recipe: { type: 'string', multiple: true } },
});
/** The rarest is some thirty pairs; below it LFW's few wrong labels are what is counted. */
const RATES = [1e-6, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3];

const lfw = await openLfw(values);
const embeddings = new Map();
const recipes = RECIPES.filter(({ id }) => values.recipe?.includes(id) ?? id.startsWith('dlib-resnet-v1'));
for (const { id } of recipes) embeddings.set(id, await lfw.embed(id));

for (const space of new Set(recipes.map(({ space }) => space))) {
  const ids = recipes.filter((recipe) => recipe.space === space).map(({ id }) => id);
  const combinations = ids.flatMap((a, i) => ids.slice(i).map((b) => [a, b]));
  const counted = combinations.map(([a, b]) => ({
    a,
    b,
    ...histograms(embeddings.get(a), embeddings.get(b), lfw.people),
  }));
  console.log(`\n## ${space}`);
  for (const { a, b, impostors, genuine } of counted) {
    console.log(`${a} against ${b}: ${total(impostors)} pairs of strangers, ${total(genuine)} of one person`);
    console.log(
      `  false matches ${RATES.map((rate) => `${rate}: ${distanceAt(impostors, rate).toFixed(4)}`).join(', ')}`,
    );
  }
  // Where recipes differ, the strictest of them: the rate then holds for all.
  const strictest = RATES.map((rate) => [
    rate,
    Math.min(...counted.map(({ impostors }) => distanceAt(impostors, rate))),
  ]);
  console.log(`falseMatches(${strictest.map(([rate, d]) => `[${rate}, ${d.toFixed(4)}]`).join(', ')})`);
  console.log(
    `likelihood(${likelihood(counted)
      .map(([d, ratio]) => `[${d.toFixed(2)}, ${ratio.toFixed(2)}]`)
      .join(', ')})`,
  );
}

/** log(density of one person's pairs / density of strangers' pairs) at every 0.04, made to fall (pooled neighbours). */
function likelihood(counted) {
  const width = Math.round(0.04 / STEP);
  const sum = (which) => {
    const bins = new Float64Array(Math.ceil(counted[0].genuine.length / width));
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
