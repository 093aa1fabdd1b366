// Is a person the nearest of the enrolled photos, their mean, or whichever of both is nearer? Open set on LFW: three
// photos of each of 100 people, their other photos and everybody else searched for; people missed when 1 % of the strangers are named.
// node bench/accuracy/nearest-or-mean.js --lfw DIR [--cache DIR] [--models DIR] [--recipe NAME]      (npm run build first)
import { parseArgs } from 'node:util';
import { euclideanDistance } from 'acquaint';
import { personMean } from '../../dist/core/person-mean.js';
import { findRecipe } from '../../dist/recognizer/recipes.js';
import { createDraw, LFW_OPTIONS, openLfw } from './lfw.js';

const { values } = parseArgs({
  options: { ...LFW_OPTIONS, recipe: { type: 'string', default: 'dlib-resnet-v1+4views' } },
});
const ENROLLED = 100;
const PHOTOS = 3;
const TRIALS = 10;
const STRANGERS_NAMED = 0.01;

const { partLengths } = findRecipe(values.recipe);
const lfw = await openLfw(values);
const embeddings = await lfw.embed(values.recipe);
const byPerson = new Map();
for (const [i, person] of lfw.people.entries()) byPerson.set(person, [...(byPerson.get(person) ?? []), i]);
const eligible = [...byPerson.values()].filter((own) => own.length > PHOTOS);

const drawn = createDraw(1);
const missed = { nearest: [], mean: [], both: [] };
for (let trial = 0; trial < TRIALS; trial++) {
  const gallery = drawn(eligible, ENROLLED).map((own) => {
    const photos = drawn(own, PHOTOS).map((i) => embeddings[i]);
    return { person: lfw.people[own[0]], own, photos, mean: personMean(photos, partLengths) };
  });
  const ways = {
    nearest: ({ photos }, probe) => Math.min(...photos.map((photo) => euclideanDistance(photo, probe))),
    mean: ({ mean }, probe) => euclideanDistance(mean, probe),
    both: ({ photos, mean }, probe) =>
      Math.min(...[...photos, mean].map((row) => euclideanDistance(row, probe))),
  };
  const enrolled = new Map(gallery.map((each) => [each.person, each]));
  for (const [way, distance] of Object.entries(ways)) {
    const strangers = [];
    const known = [];
    embeddings.forEach((probe, i) => {
      const own = enrolled.get(lfw.people[i]);
      if (own?.photos.includes(probe)) return;
      const nearest = gallery
        .map((each) => ({ each, distance: distance(each, probe) }))
        .reduce((best, each) => (each.distance < best.distance ? each : best));
      if (own) known.push(nearest.each === own ? nearest.distance : Number.POSITIVE_INFINITY);
      else strangers.push(nearest.distance);
    });
    strangers.sort((a, b) => a - b);
    const threshold = strangers[Math.floor(STRANGERS_NAMED * strangers.length)];
    missed[way].push(known.filter((each) => each > threshold).length / known.length);
  }
}
console.log(
  `${values.recipe}, ${ENROLLED} people with ${PHOTOS} photos each, ${TRIALS} trials, ${100 * STRANGERS_NAMED} % of strangers named`,
);
for (const [way, shares] of Object.entries(missed)) {
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  console.log(
    `${way.padEnd(8)} people missed: mean ${(100 * mean).toFixed(1)} %, each trial ${shares.map((share) => (100 * share).toFixed(1)).join(' ')}`,
  );
}
