import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { readEmbeddingsNpy } from '../../src/portable/read-npy.ts';
import { fixture } from './fixtures.ts';
import { collect, newFile, newFolder } from './sample-collection.ts';

/** What make-fixtures.py writes. */
const ROWS = [
  [0, 0.25, 0.5, 0.75],
  [1, 1.25, 1.5, 1.75],
  [2, 2.25, 2.5, Math.fround(0.1)],
];

/** A .npy file as NumPy makes one: a header padded to a multiple of 64 bytes, then the numbers. */
function npy(
  header: string,
  numbers: Float32Array,
  { version = 1, length }: { version?: number; length?: number } = {},
): Buffer {
  const prefix = version === 1 ? 10 : 12;
  const padded = `${header.padEnd(Math.ceil((header.length + 1 + prefix) / 64) * 64 - prefix - 1)}\n`;
  const head = Buffer.alloc(prefix);
  head.write('\x93NUMPY', 'latin1');
  head.writeUInt8(version, 6);
  if (version === 1) head.writeUInt16LE(length ?? padded.length, 8);
  else head.writeUInt32LE(length ?? padded.length, 8);
  return Buffer.concat([head, Buffer.from(padded, 'latin1'), Buffer.from(numbers.buffer)]);
}

const OF_2 = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }";
const TWO = Float32Array.of(1, 2);

async function rowsOf(path: string): Promise<number[][]> {
  const { embeddings } = await readEmbeddingsNpy(path);
  return (await collect(embeddings)).map((row) => [...row]);
}

describe('embeddings that NumPy has saved', () => {
  it.each(['rows-little-f4', 'rows-little-f8', 'rows-big-f4', 'rows-big-f8', 'rows-v2', 'rows-v3'])(
    'are read row by row: %s',
    async (name) => {
      const path = fixture(`${name}.npy`);
      expect(await readEmbeddingsNpy(path)).toMatchObject({ count: 3, embeddingLength: 4 });
      expect(await rowsOf(path)).toEqual(ROWS);
    },
  );

  it('may be none', async () => {
    expect(await readEmbeddingsNpy(fixture('rows-none.npy'))).toMatchObject({ count: 0, embeddingLength: 4 });
    expect(await rowsOf(fixture('rows-none.npy'))).toEqual([]);
  });

  it('may be read again', async () => {
    const { embeddings } = await readEmbeddingsNpy(fixture('rows-v2.npy'));
    expect(await collect(embeddings)).toEqual(await collect(embeddings));
  });

  it('are read over many chunks, each row at its place', async () => {
    const rows = 5000;
    const numbers = Float32Array.from({ length: rows * 128 }, (_, i) => i);
    const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, 128), }`;
    const { embeddings } = await readEmbeddingsNpy(await newFile('large.npy', npy(header, numbers)));
    let row = 0;
    for await (const embedding of embeddings) {
      expect([embedding[0], embedding[127]]).toEqual([row * 128, row * 128 + 127]);
      row++;
    }
    expect(row).toBe(rows);
  });

  it.each([
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1L, 2L), }",
    "{'shape': (1, 2), 'fortran_order': False, 'descr': '<f4'}",
    "{ 'descr' : '<f4','fortran_order':False,\t'shape':( 1 ,2, ) }",
  ])('are read by a header as Python 2, or another program, writes it: %s', async (header) => {
    expect(await rowsOf(await newFile('x.npy', npy(header, TWO)))).toEqual([[1, 2]]);
  });
});

describe('an array that holds no embeddings', () => {
  it.each<[string, string]>([
    [
      'rows-fortran.npy',
      'Expected an array in C order .* received one in Fortran order; save numpy.ascontiguousarray',
    ],
    ['rows-float16.npy', "Expected numbers of the type '<f4', .* received '<f2'"],
    ['rows-integers.npy', "received '<i8'"],
    ['rows-records.npy', 'received one of records'],
    ['attack-objects.npy', 'received Python objects, which only running code could read'],
    ['one-dimension.npy', 'Expected an array of two dimensions, .* received one of 1 dimensions'],
    ['three-dimensions.npy', 'received one of 3 dimensions'],
    ['no-dimension.npy', 'received one of 0 dimensions'],
    ['archive.npz', 'received an archive \\(.npz\\); save one array by numpy.save'],
    ['labels.pickle', 'Expected a NumPy array \\(.npy\\) .* received another file'],
  ])('is refused: %s', async (name, says) => {
    const path = fixture(name);
    await expect(readEmbeddingsNpy(path)).rejects.toMatchObject({
      code: 'bad_import',
      message: expect.stringMatching(new RegExp(says)),
    });
    await expect(readEmbeddingsNpy(path)).rejects.toThrow(path);
  });

  it.each(['rows-nan.npy', 'rows-too-large.npy'])(
    'is refused with its row when a number is none: %s',
    async (name) => {
      const { embeddings } = await readEmbeddingsNpy(fixture(name));
      await expect(collect(embeddings)).rejects.toMatchObject({
        code: 'bad_import',
        message: expect.stringContaining('finite numbers of float32 for row [1] in '),
      });
    },
  );
});

describe('a .npy file that lies', () => {
  const header = (shape: string, more = ''): string =>
    `{'descr': '<f4', 'fortran_order': False, 'shape': ${shape}${more}, }`;

  it.each<[string, Buffer]>([
    ['more rows than there are', npy(header('(2, 2)'), TWO)],
    ['fewer rows than there are', npy(header('(1, 1)'), TWO)],
    ['rows beyond all memory', npy(header('(999999999999999, 16384)'), TWO)],
    ['numbers too large to count', npy(header('(99999999999999999999, 2)'), TWO)],
    ['rows without numbers', npy(header('(1, 0)'), new Float32Array())],
    ['endless rows', npy(header('(1, 99999999)'), TWO)],
    ['a size below zero', npy(header('(-1, 2)'), TWO)],
    ['a size with a point', npy(header('(1.0, 2)'), TWO)],
    ['a size that would have to be computed', npy(header('(1, 1+1)'), TWO)],
    ['no size', npy(header('(,)'), TWO)],
    ['a list for a size', npy(header('[1, 2]'), TWO)],
    ['a call', npy(header("__import__('os').system('echo run > acquaint-npy-was-run')"), TWO)],
    ['a key of its own', npy(header('(1, 2)', ", 'more': True"), TWO)],
    ['a key twice', npy(header('(1, 2)', ", 'shape': (1, 2)"), TWO)],
    ['a key called __proto__', npy(header('(1, 2)', ", '__proto__': (1, 2)"), TWO)],
    ['no order', npy("{'descr': '<f4', 'shape': (1, 2), }", TWO)],
    ['a number for an order', npy("{'descr': '<f4', 'fortran_order': 0, 'shape': (1, 2), }", TWO)],
    ['a type of truth', npy("{'descr': True, 'fortran_order': False, 'shape': (1, 2), }", TWO)],
    ['a text for an order', npy("{'descr': '<f4', 'fortran_order': 'False', 'shape': (1, 2), }", TWO)],
    ['no brace at the end', npy(OF_2.slice(0, -1), TWO)],
    ['more behind the brace', npy(`${OF_2} + 1`, TWO)],
    ['no dict', npy("('<f4', False, (1, 2))", TWO)],
    ['no comma', npy(OF_2.replace(', ', ' '), TWO)],
    ['an empty header', npy('', TWO)],
    ['a version of the future', npy(OF_2, TWO, { version: 4 })],
    ['version 0', npy(OF_2, TWO, { version: 0 })],
    ['a header longer than the file', npy(OF_2, TWO, { length: 9000 })],
    ['a header of 4 GiB', npy(OF_2, TWO, { version: 2, length: 0xffffffff })],
    ['a header that is cut', npy(OF_2, TWO, { length: 30 })],
    ['nothing', Buffer.alloc(0)],
    ['its magic only', npy(OF_2, TWO).subarray(0, 6)],
  ])('is refused before memory is taken for it: %s', async (_, content) => {
    await expect(readEmbeddingsNpy(await newFile('x.npy', content))).rejects.toMatchObject({
      code: 'bad_import',
      message: expect.stringMatching(/^Expected .* in .*x\.npy but received .*$/),
    });
  });

  it('is refused wherever it is cut short', async () => {
    const whole = await readFile(fixture('rows-v3.npy'));
    for (let length = 0; length < whole.length; length++) {
      const path = await newFile('cut.npy', whole.subarray(0, length));
      await expect(readEmbeddingsNpy(path)).rejects.toMatchObject({ code: 'bad_import' });
    }
  });

  it('is refused when it changes between its header and its rows', async () => {
    const path = await newFile('x.npy', npy(OF_2, TWO));
    const { embeddings } = await readEmbeddingsNpy(path);
    await writeFile(path, npy(OF_2, Float32Array.of(1, 2, 3)));
    await expect(collect(embeddings)).rejects.toMatchObject({ code: 'bad_import' });
  });

  it('is named when it is missing or a folder', async () => {
    await expect(readEmbeddingsNpy('/nowhere/x.npy')).rejects.toThrow(
      '/nowhere/x.npy cannot be read: there is none',
    );
    await expect(readEmbeddingsNpy(await newFolder())).rejects.toThrow(/received a folder/);
  });
});
