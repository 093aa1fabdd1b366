// As how many single comparisons do several photos of a person and their mean count? Strangers within a distance of 60
// people, with one photo each, with k photos, and with k photos and the mean; beside it what `effectiveComparisons` of
// src/core/false-matches.ts makes of it. Only nine of LFW's people of the protocol have twelve photos.
// node bench/accuracy/comparisons.js --lfw DIR [--cache DIR] [--models DIR] [--recipe NAME]      (npm run build first)
import { parseArgs } from 'node:util';
import { euclideanDistance, identifyThreshold } from 'acquaint';
import { effectiveComparisons } from '../../dist/core/false-matches.js';
import { personMean } from '../../dist/core/person-mean.js';
import { findRecipe } from '../../dist/recognizer/recipes.js';
import { createDraw, LFW_OPTIONS, openLfw } from './lfw.js';

const { values } = parseArgs({
  options: { ...LFW_OPTIONS, recipe: { type: 'string', default: 'dlib-resnet-v1+4views' } },
});
const ENROLLED = 60;
const PHOTOS = [2, 3, 5, 8, 12];
const RATES = [0.01, 0.03];
const TRIALS = 20;

const { recipe } = values;
const { partLengths } = findRecipe(recipe);
const lfw = await openLfw(values);
const embeddings = await lfw.embed(recipe);
const byPerson = new Map();
for (const [i, person] of lfw.people.entries()) byPerson.set(person, [...(byPerson.get(person) ?? []), i]);

console.log(`${recipe}\nphotos  people  threshold  one photo  photos count as  and the mean  formula`);
for (const photos of PHOTOS) {
  const eligible = [...byPerson.values()].filter((own) => own.length >= photos);
  const people = Math.min(ENROLLED, eligible.length);
  for (const rate of RATES) {
    const threshold = identifyThreshold(ENROLLED, { recipe, rate });
    const named = strangersNamed(eligible, people, photos, threshold);
    const countsAs = (share) => Math.log1p(-share) / Math.log1p(-named.one);
    console.log(
      [
        String(photos).padEnd(7),
        String(people).padEnd(7),
        threshold.toFixed(3).padEnd(10),
        `${(100 * named.one).toFixed(2)} %`.padEnd(10),
        countsAs(named.photos).toFixed(2).padEnd(16),
        countsAs(named.all).toFixed(2).padEnd(13),
        effectiveComparisons(1, photos).toFixed(2),
      ].join(' '),
    );
  }
}

/** Shares of the strangers who are within the threshold of somebody's first photo, any photo, any photo or mean. */
function strangersNamed(eligible, people, photos, threshold) {
  const drawn = createDraw(7);
  const named = { one: 0, photos: 0, all: 0 };
  let searches = 0;
  for (let trial = 0; trial < TRIALS; trial++) {
    const gallery = drawn(eligible, people).map((own) => {
      const faces = drawn(own, photos).map((i) => embeddings[i]);
      return { person: lfw.people[own[0]], faces, mean: personMean(faces, partLengths) };
    });
    const enrolled = new Set(gallery.map(({ person }) => person));
    // Every third face is enough.
    for (let i = trial % 3; i < embeddings.length; i += 3) {
      if (enrolled.has(lfw.people[i])) continue;
      searches++;
      const isNear = (row) => euclideanDistance(row, embeddings[i]) <= threshold;
      if (gallery.some(({ faces }) => isNear(faces[0]))) named.one++;
      const isNearPhoto = gallery.some(({ faces }) => faces.some(isNear));
      if (isNearPhoto) named.photos++;
      if (isNearPhoto || gallery.some(({ mean }) => isNear(mean))) named.all++;
    }
  }
  return { one: named.one / searches, photos: named.photos / searches, all: named.all / searches };
}
