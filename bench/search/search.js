// How fast is exact search in memory, against the memory itself and others? Alternating in one run, medians.
// node bench/search/search.js [--faces 10000,100000,1000000] [--length 128] [--rounds 40] [--peers DIR] [--hnsw-faces 100000]
// (npm run build first). DIR has sqlite-vec and hnswlib-node, which the package does not need; without it they are left out.
// --hnsw-faces: more faces than that are not put into hnswlib's graph, which takes minutes for a million.
import { cpus } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createExactSearcher } from '../../dist/gallery/exact-searcher.js';
import { hnswlib, INSTALL, plainJavaScript, sqliteVec } from './contenders.js';
import { FACES_OF_A_PERSON, madeUpFaces } from './faces.js';
import { readableNumbers } from './plain-read.js';

const { values } = parseArgs({
  options: {
    faces: { type: 'string', default: '10000,100000,1000000' },
    length: { type: 'string', default: '128' },
    rounds: { type: 'string', default: '40' },
    peers: { type: 'string' },
    'hnsw-faces': { type: 'string', default: '100000' },
  },
});
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');
const length = Number(values.length);
const rounds = Number(values.rounds);
const BATCH = 32;

console.log(
  `${cpus()[0].model.trim()}, ${cpus().length} cores, Node ${process.version}, one thread, ${rounds} rounds`,
);
if (!values.peers) console.log(`without sqlite-vec and hnswlib-node: ${INSTALL}, then --peers DIR`);
for (const faces of values.faces.split(',').map(Number)) await compare(faces);

async function compare(count) {
  const people = count / FACES_OF_A_PERSON;
  const made = madeUpFaces(length);
  const { numbers, read } = await readableNumbers(count * length);
  made.fill(numbers);
  // Half of the queries show somebody of the gallery, half of them nobody in it.
  const queries = Array.from({ length: Math.max(rounds, BATCH) }, (_, i) =>
    made.query(i % 2 === 0 ? Math.floor(((i + 0.5) * people) / Math.max(rounds, BATCH)) : people + i),
  );
  console.log(
    `\n${count} faces of ${length} numbers, ${FACES_OF_A_PERSON} a person, ${megabytes(numbers.byteLength)} MB`,
  );

  const own = ['int8', 'float32'].map((scan) => ownSearcher(scan, numbers));
  const others = [plainJavaScript(numbers, length), ...peers(numbers, count)];
  for (const other of others)
    if (other.open) console.log(`open  ${other.name.padEnd(22)} ${seconds(other.open)}`);
  const sides = [{ name: 'plain read of float32', search: read, isRead: true }, ...own, ...others];
  const answers = measure(sides, queries);
  report(sides, answers);
  for (const side of own) reportChanges(side, made, people);
  for (const other of others) other.close?.();
}

function ownSearcher(scan, numbers) {
  collectGarbage();
  const before = process.memoryUsage.rss();
  let searcher;
  const took = seconds(() => {
    searcher = createExactSearcher(rowsOf(numbers), length, { scan });
  });
  collectGarbage();
  const resident = megabytes(process.memoryUsage.rss() - before);
  console.log(`open  acquaint ${scan.padEnd(13)} ${took}, ${resident} MB resident`);
  return {
    name: `acquaint ${scan}`,
    searcher,
    search: (query) => searcher.search(query, 1)[0].personId,
    batch: (queries) => searcher.searchBatch(queries, 1).map(([nearest]) => nearest.personId),
  };
}

function* rowsOf(numbers) {
  for (let row = 0; row * length < numbers.length; row++) {
    yield { personId: personOf(row), embedding: numbers.subarray(row * length, (row + 1) * length) };
  }
}

function personOf(row) {
  return `person ${Math.floor(row / FACES_OF_A_PERSON)}`;
}

function peers(numbers, count) {
  if (!values.peers) return [];
  const folder = resolve(values.peers);
  const graph = count <= Number(values['hnsw-faces']) ? hnswlib(folder, numbers, length, [16, 100]) : [];
  return [sqliteVec(folder, numbers, length), ...graph];
}

/** By side: milliseconds of every query, of every batch, and who was found. */
function measure(sides, queries) {
  const results = new Map(sides.map((side) => [side, { single: [], batch: [], found: [] }]));
  for (const side of sides) for (let i = 0; i < 3; i++) side.search(queries[i]);
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < sides.length; i++) {
      const side = sides[(i + round) % sides.length];
      const { single, found } = results.get(side);
      single.push(milliseconds(() => found.push(side.search(queries[round]))));
    }
    if (round % 4 > 0) continue;
    for (const side of sides.filter(({ batch }) => batch)) {
      results.get(side).batch.push(milliseconds(() => side.batch(queries.slice(0, BATCH))) / BATCH);
    }
  }
  return results;
}

function report(sides, results) {
  const truth = results.get(sides.find(({ name }) => name === 'plain JavaScript')).found.map(personOf);
  const whole = median(results.get(sides[0]).single);
  console.log(
    `${'ms a query'.padEnd(28)} median (10-90 %)        of the read  batch of ${BATCH}           other person`,
  );
  for (const side of sides) {
    const { single, batch, found } = results.get(side);
    const people = found.map((answer) => (typeof answer === 'number' ? personOf(answer) : answer));
    const others = people.filter((person, i) => person !== truth[i]).length;
    console.log(
      `${side.name.padEnd(28)} ${spread(single).padEnd(23)} ${`${(median(single) / whole).toFixed(2)}x`.padEnd(12)} ` +
        `${(batch.length > 0 ? spread(batch) : '').padEnd(21)} ${side.isRead ? '' : `${others} of ${rounds}`}`,
    );
  }
}

function reportChanges({ name, searcher }, made, people) {
  const added = Array.from({ length: 200 }, (_, i) => made.query(people + i));
  const inserts = added.map((embedding, i) =>
    milliseconds(() => searcher.add({ personId: `new ${i}`, embedding })),
  );
  const removes = added.map((_, i) =>
    milliseconds(() =>
      searcher.removePerson(personOf(FACES_OF_A_PERSON * Math.floor((i * people) / added.length))),
    ),
  );
  console.log(
    `${name}: add a row ${micro(inserts)}, remove a person of ${FACES_OF_A_PERSON} rows ${micro(removes)} microseconds`,
  );
}

function milliseconds(work) {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function seconds(work) {
  return `${(milliseconds(work) / 1000).toFixed(2)} s`;
}

function sortedAt(list, share) {
  return [...list].sort((a, b) => a - b)[Math.floor(share * (list.length - 1))];
}

function median(list) {
  return sortedAt(list, 0.5);
}

function spread(list, digits = 2) {
  const [low, middle, high] = [0.1, 0.5, 0.9].map((share) => sortedAt(list, share).toFixed(digits));
  return `${middle} (${low}-${high})`;
}

function micro(list) {
  return spread(
    list.map((value) => value * 1000),
    1,
  );
}

function megabytes(bytes) {
  return Math.round(bytes / 1e6);
}
