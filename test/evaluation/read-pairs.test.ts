import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PicturePair, readLfwPairs, readPairs } from '../../src/evaluation/read-pairs.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'acquaint-pairs-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('readPairs', () => {
  const read = (text: string): Promise<readonly PicturePair[]> => {
    const path = join(folder, 'pairs.csv');
    writeFileSync(path, text);
    return readPairs(path);
  };
  const at = (name: string): string => join(folder, name);

  it('takes paths from the folder of the file, and absolute ones as they are', async () => {
    expect(await read('a.jpg,below/b.jpg,1\n/elsewhere/c.jpg,../d.jpg,0\n')).toMatchObject([
      { a: at('a.jpg'), b: at('below/b.jpg'), same: true },
      { a: '/elsewhere/c.jpg', b: join(folder, '..', 'd.jpg'), same: false },
    ]);
  });

  it('reads what spreadsheets write: a mark at the beginning, CRLF, quotes, spaces and every alphabet', async () => {
    const text =
      '\ufeff"my photos/a, b.jpg" ,"say ""cheese"".jpg",1\r\n\r\n# strangers\r\nÅsa/早.jpg , b.jpg, 0 \r\n';
    expect(await read(text)).toMatchObject([
      { a: at('my photos/a, b.jpg'), b: at('say "cheese".jpg'), same: true },
      { a: at('Åsa/早.jpg'), b: at('b.jpg'), same: false },
    ]);
  });

  it.each(['1', 'true', 'YES', 'Same'])('knows %s as one person', async (word) => {
    expect(await read(`a.jpg,b.jpg,${word}\n`)).toMatchObject([{ same: true }]);
  });

  it.each(['0', 'false', 'No', 'different'])('knows %s as different people', async (word) => {
    expect(await read(`a.jpg,b.jpg,${word}\n`)).toMatchObject([{ same: false }]);
  });

  it.each(['a,b,same', 'picture 1,picture 2,truth', 'left,right,different'])(
    'skips the titles %s',
    async (titles) => {
      expect(await read(`${titles}\na.jpg,b.jpg,1\n`)).toHaveLength(1);
    },
  );

  it('takes a first line for a pair where it is one, also of names without an extension', async () => {
    expect(await read('a,b,1\nc,d,0\n')).toHaveLength(2);
    expect(await read('a.jpg,b.jpg,same\n')).toHaveLength(1);
  });

  it('spreads both kinds over ten folds', async () => {
    const lines = Array.from({ length: 40 }, (_, i) => `${i}.jpg,other.jpg,${i < 20 ? 1 : 0}`);
    const pairs = await read(lines.join('\n'));
    for (let fold = 0; fold < 10; fold++) {
      expect(pairs.filter((pair) => pair.fold === fold).map(({ same }) => same)).toEqual([
        true,
        true,
        false,
        false,
      ]);
    }
  });

  it.each([
    { what: 'two columns', text: 'a.jpg,b.jpg,1\na.jpg,b.jpg\n', says: 'line 2:' },
    { what: 'four columns', text: 'a.jpg,b.jpg,1,1\n', says: 'line 1:' },
    { what: 'semicolons', text: 'a.jpg;b.jpg;1\n', says: 'found "a.jpg;b.jpg;1"' },
    { what: 'a third column that is neither', text: 'x,y,z\n\n# no\na.jpg,b.jpg,perhaps\n', says: 'line 4:' },
    { what: 'the same in the first line', text: 'a.jpg,b.jpg,perhaps\na.jpg,c.jpg,0\n', says: 'line 1:' },
    { what: 'a name missing', text: 'a.jpg,,1\n', says: 'line 1:' },
    {
      what: 'a quote that is never closed',
      text: '"a.jpg,b.jpg,1\nc.jpg,d.jpg,0\n',
      says: 'is not a CSV file',
    },
    { what: 'nothing at all', text: '', says: 'holds no pairs' },
    { what: 'titles only', text: 'a,b,same\n', says: 'holds no pairs' },
    { what: 'bytes of a picture', text: '\xff\xd8\xff\xe0\0\x10JFIF', says: 'line 1:' },
  ])('names the line of $what', async ({ text, says }) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'bad_pairs',
      message: expect.stringContaining(says),
    });
  });

  it('names a file that is not there, and does not quote a long line to its end', async () => {
    const missing = readPairs(join(folder, 'missing.csv'));
    await expect(missing).rejects.toMatchObject({
      code: 'bad_pairs',
      message: expect.stringContaining('missing.csv'),
    });
    await expect(read('x'.repeat(10_000))).rejects.toThrow(/^.{0,400}$/s);
  });
});

describe('readLfwPairs', () => {
  const lines = [
    '2\t2',
    'Ada_Lovelace\t1\t2',
    'Alan_Turing\t3\t14',
    'Ada_Lovelace\t1\tAlan_Turing\t1',
    'Ada_Lovelace\t2\tAlan_Turing\t3',
    'Ada_Lovelace\t1\t3',
    'Alan_Turing\t1\t2',
    'Ada_Lovelace\t3\tAlan_Turing\t2',
    'Ada_Lovelace\t3\tAlan_Turing\t14',
  ];
  const read = (content: readonly string[], ending = '\n'): Promise<readonly PicturePair[]> => {
    writeFileSync(join(folder, 'pairs.txt'), content.join(ending));
    return readLfwPairs(folder);
  };

  it.each(['\n', '\r\n'])('reads folds of pairs of one person and of two', async (ending) => {
    const pairs = await read([...lines, ''], ending);
    const ada = (number: string): string => join(folder, 'Ada_Lovelace', `Ada_Lovelace_${number}.jpg`);
    expect(pairs.map(({ same, fold }) => `${same} ${fold}`)).toEqual([
      'true 0',
      'true 0',
      'false 0',
      'false 0',
      'true 1',
      'true 1',
      'false 1',
      'false 1',
    ]);
    expect(pairs[0]).toMatchObject({ a: ada('0001'), b: ada('0002') });
    expect(pairs[1]!.b).toBe(join(folder, 'Alan_Turing', 'Alan_Turing_0014.jpg'));
    expect(pairs[3]).toMatchObject({
      a: ada('0002'),
      b: join(folder, 'Alan_Turing', 'Alan_Turing_0003.jpg'),
    });
  });

  it('finds the pictures in the folder that the archive unpacks', async () => {
    mkdirSync(join(folder, 'lfw_funneled'));
    const [pair] = await read(lines);
    expect(pair!.a).toBe(join(folder, 'lfw_funneled', 'Ada_Lovelace', 'Ada_Lovelace_0001.jpg'));
    await rm(join(folder, 'lfw_funneled'), { recursive: true });
  });

  const without = (index: number, ...instead: string[]): string[] => lines.toSpliced(index, 1, ...instead);

  it.each([
    { what: 'nothing in it', content: [], says: 'line 1:' },
    { what: 'one number in its first line', content: without(0, '500'), says: 'line 1:' },
    { what: 'no folds', content: ['0\t300'], says: 'line 1:' },
    { what: 'a line less', content: without(8), says: 'promises 8 pairs but holds 7' },
    { what: 'a line more', content: [...lines, 'Ada_Lovelace\t1\t2'], says: 'promises 8 pairs but holds 9' },
    { what: 'spaces for tabulators', content: without(1, 'Ada_Lovelace 1 2'), says: 'line 2:' },
    {
      what: 'a word for a number',
      content: without(3, 'Ada_Lovelace\tone\tAlan_Turing\t1'),
      says: 'line 4:',
    },
    { what: 'a name alone', content: without(4, 'Ada_Lovelace'), says: 'line 5:' },
    { what: 'a column too many', content: without(4, `${lines[4]}\t7`), says: 'line 5:' },
  ])('says what is wrong with a file that has $what', async ({ content, says }) => {
    await expect(read(content)).rejects.toMatchObject({
      code: 'bad_pairs',
      message: expect.stringContaining(says),
    });
  });

  it('names the file that a folder without it lacks', async () => {
    const missing = readLfwPairs(join(folder, 'nowhere'));
    await expect(missing).rejects.toMatchObject({
      code: 'bad_pairs',
      message: expect.stringContaining(join('nowhere', 'pairs.txt')),
    });
  });
});
