// What does a large gallery cost? For 10,000, 100,000 and 1,000,000 faces, five of each person: the file, reading it for the
// first search, a search, enrolling one face and finding it, forgetting one person (the file is rewritten), memory.
// node --expose-gc bench/gallery/gallery.js [--faces 10000,100000,1000000] [--sealed]      (npm run build first; minutes, 2 GB of disk)
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openSqliteGallery } from '../../dist/gallery/sqlite-gallery.js';
import { createGallerySearch } from '../../dist/recognizer/gallery-search.js';
import { recipeOf } from '../../dist/recognizer/recipes.js';

const { values } = parseArgs({
  options: {
    faces: { type: 'string', default: '10000,100000,1000000' },
    sealed: { type: 'boolean', default: false },
  },
});
const FACES_EACH = 5;
const SEARCHES = 30;
const recipe = recipeOf('dlib-resnet-v1+4views');
const kind = { recipe: recipe.id, embeddingLength: recipe.length };
const key = values.sealed ? { keyFile: randomBytes(32) } : undefined;

console.log(
  `${cpus()[0].model}, Node ${process.version}, ${recipe.length} numbers a face${key ? ', sealed' : ''}\n`,
);
console.log('   faces    file  written    open  search  found after enrolling  forget  resident');
for (const faces of values.faces.split(',').map(Number)) await measure(faces);

async function measure(count) {
  const folder = await mkdtemp(join(tmpdir(), 'gallery-bench-'));
  try {
    const path = join(folder, 'people.db');
    const writing = await openSqliteGallery(path, { kind, create: true, key });
    const written = await seconds(() => fill(writing, count));
    await writing.close();
    const { size } = await stat(path);

    globalThis.gc?.();
    const before = process.memoryUsage().rss;
    const gallery = await openSqliteGallery(path, { kind, create: false, key });
    const search = createGallerySearch(gallery, recipe);
    const open = await seconds(search);
    const { searcher } = await search();
    const times = [];
    for (let i = 0; i < SEARCHES; i++)
      times.push(await seconds(() => searcher.search(embeddingNear(centre()), 16)));
    const resident = process.memoryUsage().rss - before;

    const newcomer = embeddingNear(centre());
    const enrolled = await seconds(async () => {
      await gallery.addFace('Newcomer', face(newcomer));
      const [nearest] = (await search()).searcher.search(newcomer, 1);
      if (nearest.distance !== 0) throw new Error('Expected the newcomer to be found');
    });
    const forgotten = await seconds(() => gallery.forget(['Newcomer']));
    await gallery.close();
    times.sort((a, b) => a - b);
    console.log(
      [
        String(count).padStart(8),
        `${(size / 2 ** 20).toFixed(0)} MB`.padStart(8),
        `${written.toFixed(1)} s`.padStart(8),
        `${open.toFixed(2)} s`.padStart(8),
        `${(1000 * times[SEARCHES / 2]).toFixed(1)} ms`.padStart(8),
        `${(1000 * enrolled).toFixed(0)} ms`.padStart(17),
        `${forgotten.toFixed(2)} s`.padStart(13),
        `${(resident / 2 ** 20).toFixed(0)} MB`.padStart(9),
      ].join(''),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function fill(gallery, count) {
  const PEOPLE_AT_ONCE = 2000;
  for (let person = 0; person < count / FACES_EACH; person += PEOPLE_AT_ONCE) {
    const people = Array.from({ length: Math.min(PEOPLE_AT_ONCE, count / FACES_EACH - person) }, (_, i) => {
      const own = centre();
      const createdAt = new Date().toISOString();
      return {
        id: `person-${person + i}`,
        name: `Person ${person + i}`,
        externalId: null,
        metadata: {},
        createdAt,
        faces: Array.from({ length: FACES_EACH }, (_, n) => ({
          ...face(embeddingNear(own)),
          id: `face-${person + i}-${n}`,
          createdAt,
        })),
      };
    });
    await gallery.importPeople(people);
  }
}

function centre() {
  return Float32Array.from({ length: recipe.length }, () => (Math.random() - 0.5) * 0.25);
}

function embeddingNear(own) {
  return own.map((value) => value + (Math.random() - 0.5) * 0.1);
}

function face(embedding) {
  return {
    embedding,
    contentHash: createHash('sha256').update(randomBytes(16)).digest('hex'),
    fileName: 'picture.jpg',
    box: { left: 10, top: 10, right: 110, bottom: 110 },
    quality: { sizePx: 100, sharpness: 60, brightness: 120 },
    // Crops, 8 kB each, lie in a table of their own: left out to keep the files small.
    chip: null,
  };
}

async function seconds(work) {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}
