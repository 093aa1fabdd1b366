// What does it cost to migrate a gallery from its kept crops instead of the pictures? LFW's pictures are enrolled by one
// recipe and migrated to another; then the migrated faces are compared with pictures that were embedded by the new recipe.
// node bench/accuracy/migration.js --lfw DIR --to RECIPE [--cache DIR] [--models DIR]      (npm run build first; ten minutes)
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { euclideanDistance, intersectionOverUnion, migrateGallery, openRecognizer } from 'acquaint';
import { LFW_OPTIONS, openLfw } from './lfw.js';

const { values } = parseArgs({
  options: {
    ...LFW_OPTIONS,
    from: { type: 'string', default: 'dlib-resnet-v1' },
    to: { type: 'string', default: 'dlib-resnet-v1+4views' },
  },
});
const lfw = await openLfw(values);
const measured = await lfw.measure(values.to);
const direct = measured.map(({ embedding }) => embedding);
const migrated = await migratedEmbeddings();

const moved = direct.flatMap((embedding, i) =>
  migrated[i] ? [euclideanDistance(embedding, migrated[i])] : [],
);
moved.sort((a, b) => a - b);
console.log(`${values.from} -> ${values.to}: ${moved.length} faces of ${lfw.paths.length} pictures enrolled`);
console.log(
  `distance of a migrated embedding from that of its picture: median ${at(moved, 0.5)}, 99 % below ${at(moved, 0.99)}\n`,
);
console.log('compared                       same at FAR 1e-2   at FAR 1e-3   equal error rate');
report('pictures with pictures', direct, direct);
report('crops with pictures', migrated, direct);
report('crops with crops', migrated, migrated);

async function migratedEmbeddings() {
  const folder = await mkdtemp(join(tmpdir(), 'migration-'));
  try {
    const gallery = join(folder, 'people.db');
    const options = { gallery, modelsFolder: values.models };
    const enrolling = await openRecognizer({ ...options, recipe: values.from, qualityFilter: 'none' });
    const queue = lfw.paths.entries();
    const work = async () => {
      for (const [i, path] of queue) await enrolling.enroll(String(i), [path], { largest: true });
    };
    await Promise.all([work(), work(), work(), work()]);
    await enrolling.close();
    await migrateGallery(gallery, values.to, { modelsFolder: values.models });
    const reading = await openRecognizer(options);
    const known = new Set((await reading.people()).map(({ name }) => name));
    const embeddings = [];
    for (const i of lfw.paths.keys()) {
      const face = known.has(String(i)) ? (await reading.person(String(i))).faces[0] : undefined;
      // The largest face is not always the one nearest the centre.
      const isSame = face && intersectionOverUnion(face.box, measured[i].box) > 0.5;
      embeddings.push(isSame ? face.embedding : null);
    }
    await reading.close();
    return embeddings;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function report(title, as, bs) {
  const index = new Map(lfw.paths.map((path, i) => [path, i]));
  const distances = { true: [], false: [] };
  for (const { a, b, same } of lfw.pairs) {
    const [left, right] = [as[index.get(a)], bs[index.get(b)]];
    if (left && right) distances[same].push(euclideanDistance(left, right));
  }
  const [genuine, impostors] = [distances.true, distances.false].map((list) => list.sort((a, b) => a - b));
  const accepted = (rate) => {
    const limit = impostors[Math.floor(rate * impostors.length)];
    return `${((100 * genuine.filter((distance) => distance < limit).length) / genuine.length).toFixed(2)} %`;
  };
  const errors = impostors.map(
    (limit, i) =>
      (i / impostors.length + genuine.filter((distance) => distance >= limit).length / genuine.length) / 2,
  );
  const equal = Math.min(...errors);
  console.log(
    `${title.padEnd(30)} ${accepted(0.01).padEnd(18)} ${accepted(0.001).padEnd(13)} ${(100 * equal).toFixed(2)} %`,
  );
}

function at(sorted, share) {
  return sorted[Math.floor(share * (sorted.length - 1))].toFixed(3);
}
