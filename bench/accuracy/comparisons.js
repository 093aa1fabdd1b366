// As how many single comparisons do several photos of a person and their mean count? Strangers within a distance of 60
// people, with one photo each and with k photos and the mean: the `growth` of src/recognizer/evidence.ts is chosen at
// or a little above what is printed.
// node bench/accuracy/comparisons.js --lfw DIR [--cache DIR] [--models DIR] [--recipe NAME]      (npm run build first)
import { parseArgs } from 'node:util';
import { euclideanDistance, identifyThreshold } from 'acquaint';
import { personMean } from '../../dist/core/person-mean.js';
import { createDraw, LFW_OPTIONS, openLfw } from './lfw.js';

const { values } = parseArgs({
  options: { ...LFW_OPTIONS, recipe: { type: 'string', default: 'dlib-resnet-v1+4views' } },
});
const ENROLLED = 60;
const TRIALS = 10;

const lfw = await openLfw(values);
const embeddings = await lfw.embed(values.recipe);
const byPerson = new Map();
for (const [i, person] of lfw.people.entries()) byPerson.set(person, [...(byPerson.get(person) ?? []), i]);
const drawn = createDraw(7);

console.log(`${values.recipe}\nphotos  one photo   all and mean   counts as   growth`);
for (const photos of [2, 3, 5]) {
  const eligible = [...byPerson.values()].filter((own) => own.length >= photos);
  const threshold = identifyThreshold(ENROLLED, { recipe: values.recipe, rate: 0.01 });
  const named = { one: 0, all: 0 };
  let searches = 0;
  for (let trial = 0; trial < TRIALS; trial++) {
    const gallery = drawn(eligible, ENROLLED).map((own) => {
      const faces = drawn(own, photos).map((i) => embeddings[i]);
      return { person: lfw.people[own[0]], rows: [...faces, personMean(faces)] };
    });
    const enrolled = new Set(gallery.map(({ person }) => person));
    // Every third face is enough.
    for (let i = trial % 3; i < embeddings.length; i += 3) {
      if (enrolled.has(lfw.people[i])) continue;
      searches++;
      const isNear = (row) => euclideanDistance(row, embeddings[i]) <= threshold;
      if (gallery.some(({ rows }) => isNear(rows[0]))) named.one++;
      if (gallery.some(({ rows }) => rows.some(isNear))) named.all++;
    }
  }
  const [one, all] = [named.one, named.all].map((count) => count / searches);
  const factor = Math.log1p(-all) / Math.log1p(-one);
  const growth = Math.log(factor) / Math.log(photos + 1);
  console.log(
    `${String(photos).padEnd(7)} ${percent(one).padEnd(11)} ${percent(all).padEnd(14)} ${factor.toFixed(2).padEnd(11)} ${growth.toFixed(2)}`,
  );
}

function percent(share) {
  return `${(100 * share).toFixed(2)} %`;
}
