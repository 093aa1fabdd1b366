// Does grouping faces without knowing anybody put together who belongs together? 200 people of LFW with two pictures or
// more (ten at most of each) and 150 with one, by average linkage and by what others use; docs/library.md has the outcome.
// node bench/accuracy/groups.js --lfw DIR [--cache DIR] [--models DIR] [--recipe NAME]      (npm run build first)
import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  cacheFolder,
  euclideanDistance,
  groupFaces,
  measurePictures,
  openEmbeddingCache,
  openRecognizer,
  verifyThreshold,
} from 'acquaint';
import { createDraw, LFW_OPTIONS } from './lfw.js';

const { values } = parseArgs({
  options: { ...LFW_OPTIONS, recipe: { type: 'string', default: 'dlib-resnet-v1+4views' } },
});
if (!values.lfw) throw new Error('Expected --lfw DIR, the folder with the pictures of LFW in images/');
const SEVERAL = 200;
const SINGLE = 150;
const MOST_PICTURES = 10;
const STEPS = [-0.05, -0.025, 0, 0.025, 0.05];

const root = join(values.lfw, 'images');
const folders = readdirSync(root)
  .sort()
  .map((name) => ({ name, files: readdirSync(join(root, name)).sort() }));
const draw = createDraw(1);
const drawn = [
  ...draw(
    folders.filter(({ files }) => files.length > 1),
    SEVERAL,
  ),
  ...draw(
    folders.filter(({ files }) => files.length === 1),
    SINGLE,
  ),
];
const paths = drawn.flatMap(({ name, files }) =>
  files.slice(0, MOST_PICTURES).map((file) => join(root, name, file)),
);
const recognizer = await openRecognizer({ recipe: values.recipe, modelsFolder: values.models });
const cache = await openEmbeddingCache(values.cache ?? cacheFolder(), recognizer.analysisKey);
const { faces } = await measurePictures(recognizer, paths, { choose: 'centre', cache });
await cache.close();
await recognizer.close();

const usable = paths.filter((path) => faces.has(path));
const people = usable.map((path) => basename(dirname(path)));
const embeddings = usable.map((path) => faces.get(path).embedding);
const distances = embeddings.map((a) => Float64Array.from(embeddings, (b) => euclideanDistance(a, b)));

/** Whoever is within the threshold of anybody in a group belongs to it. */
function byNearestPair(threshold) {
  const labels = new Map();
  const groups = [];
  for (const first of embeddings.keys()) {
    if (labels.has(first)) continue;
    const group = [first];
    labels.set(first, groups.length);
    for (const one of group) {
      for (const other of embeddings.keys()) {
        if (labels.has(other) || distances[one][other] > threshold) continue;
        labels.set(other, groups.length);
        group.push(other);
      }
    }
    groups.push(group);
  }
  return groups;
}

/** dlib's way (Biemann, 2006): each takes the label that most of its neighbours have, in random order. */
function byWhispers(threshold) {
  const labels = [...embeddings.keys()];
  for (let round = 0; round < 100; round++) {
    for (const one of draw([...labels.keys()], labels.length)) {
      const votes = new Map();
      for (const other of labels.keys()) {
        if (other === one || distances[one][other] > threshold) continue;
        votes.set(labels[other], (votes.get(labels[other]) ?? 0) + 1);
      }
      const [most] = [...votes].sort((a, b) => b[1] - a[1]);
      if (most) labels[one] = most[0];
    }
  }
  const groups = new Map();
  for (const [one, label] of labels.entries()) groups.set(label, [...(groups.get(label) ?? []), one]);
  return [...groups.values()];
}

/** Pairwise, and B-cubed (Bagga and Baldwin, 1998): means over the faces. */
function scores(groups) {
  const groupOf = new Map(groups.flatMap((group) => group.map((face) => [face, group])));
  const sizes = new Map(people.map((person) => [person, people.filter((each) => each === person).length]));
  let [together, samePerson, both, precision, recall] = [0, 0, 0, 0, 0];
  for (const [face, person] of people.entries()) {
    const group = groupOf.get(face);
    const same = group.filter((other) => people[other] === person).length;
    // Without the face itself.
    together += group.length - 1;
    samePerson += sizes.get(person) - 1;
    both += same - 1;
    precision += same / group.length / people.length;
    recall += same / sizes.get(person) / people.length;
  }
  return { groups: groups.length, pairs: [both / together, both / samePerson], cubed: [precision, recall] };
}

const percent = (value) => `${(value * 100).toFixed(1).padStart(5)} %`;
console.log(`${values.recipe}: ${usable.length} faces of ${new Set(people).size} people`);
console.log('                threshold  groups   pairs: precision, recall   B-cubed: precision, recall, F');
for (const step of STEPS) {
  const threshold = verifyThreshold({ recipe: values.recipe }) + step;
  for (const [name, groups] of [
    ['average linkage', groupFaces(embeddings, { threshold })],
    ['nearest pair', byNearestPair(threshold)],
    ['whispers', byWhispers(threshold)],
  ]) {
    const { groups: count, pairs, cubed } = scores(groups);
    const f = (2 * cubed[0] * cubed[1]) / (cubed[0] + cubed[1]);
    console.log(
      `${name.padEnd(15)} ${threshold.toFixed(3).padStart(9)} ${String(count).padStart(7)}   ${pairs.map(percent).join(' ')}   ${[...cubed, f].map(percent).join(' ')}`,
    );
  }
}
const many = Array.from({ length: 2000 }, (_, i) =>
  embeddings[i % embeddings.length].map((v) => v + i / 1e6),
);
for (const count of [500, 2000]) {
  const start = performance.now();
  groupFaces(many.slice(0, count), { threshold: verifyThreshold({ recipe: values.recipe }) });
  console.log(`${count} faces: ${Math.round(performance.now() - start)} ms`);
}
