// Other ways to find the nearest person. Each gives { name, open, search }: `open` copies the rows (seconds count), `search`
// answers with the number of the nearest row.
import { createRequire } from 'node:module';
import { join } from 'node:path';

export const INSTALL =
  'npm install --prefix DIR sqlite-vec@0.1.9 @photostructure/sqlite@1.2.1 hnswlib-node@3';

/** Every number of every row, in four sums: as fast as JavaScript gets. */
export function plainJavaScript(numbers, length) {
  const own = numbers.slice();
  return { name: 'plain JavaScript', search: (query) => nearestRow(own, length, query) };
}

function nearestRow(numbers, length, query) {
  let nearest = -1;
  let least = Number.POSITIVE_INFINITY;
  for (let start = 0; start < numbers.length; start += length) {
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let i = 0; i < length; i += 4) {
      const at = start + i;
      const first = query[i] - numbers[at];
      const second = query[i + 1] - numbers[at + 1];
      const third = query[i + 2] - numbers[at + 2];
      const fourth = query[i + 3] - numbers[at + 3];
      a += first * first;
      b += second * second;
      c += third * third;
      d += fourth * fourth;
    }
    const sum = a + b + (c + d);
    if (sum < least) {
      least = sum;
      nearest = start / length;
    }
  }
  return nearest;
}

/** sqlite-vec's vec0 table in memory; exact. */
export function sqliteVec(folder, numbers, length) {
  const require = requireFrom(folder);
  const { DatabaseSync } = require('@photostructure/sqlite');
  const database = new DatabaseSync(':memory:', { allowExtension: true });
  let select;
  return {
    name: 'sqlite-vec 0.1.9',
    open() {
      database.enableLoadExtension(true);
      require('sqlite-vec').load(database);
      database.exec(`CREATE VIRTUAL TABLE faces USING vec0(embedding float[${length}])`);
      database.exec('BEGIN');
      const insert = database.prepare('INSERT INTO faces (rowid, embedding) VALUES (?, ?)');
      for (let row = 0; row * length < numbers.length; row++) {
        insert.run(BigInt(row), bytesOf(numbers.slice(row * length, (row + 1) * length)));
      }
      database.exec('COMMIT');
      select = database.prepare('SELECT rowid FROM faces WHERE embedding MATCH ? ORDER BY distance LIMIT 1');
    },
    search: (query) => Number(select.get(bytesOf(query)).rowid),
    close: () => database.close(),
  };
}

/** hnswlib's graph: approximate. M 16, efConstruction 200 are its own defaults; `ef` is how far it looks around. */
export function hnswlib(folder, numbers, length, ef) {
  const { HierarchicalNSW } = requireFrom(folder)('hnswlib-node');
  const index = new HierarchicalNSW('l2', length);
  const withEf = (value) => ({
    name: `hnswlib-node 3, ef ${value}`,
    approximate: true,
    search(query) {
      index.setEf(value);
      return index.searchKnn(Array.from(query), 1).neighbors[0];
    },
  });
  return ef.map((value, i) => ({
    ...withEf(value),
    ...(i === 0 && {
      open() {
        const rows = numbers.length / length;
        index.initIndex(rows, 16, 200);
        for (let row = 0; row < rows; row++) {
          index.addPoint(Array.from(numbers.subarray(row * length, (row + 1) * length)), row);
        }
      },
    }),
  }));
}

function bytesOf(numbers) {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

function requireFrom(folder) {
  return createRequire(join(folder, 'package.json'));
}
