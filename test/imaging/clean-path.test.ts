import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cleanPath, findPath } from '../../src/imaging/clean-path.ts';
import { temporaryFolder } from './temporary-folder.ts';

const folder = await temporaryFolder();

test.each([
  ['\u202aC:\\Users\\Ada\\me.jpg', 'C:\\Users\\Ada\\me.jpg'],
  ['"C:\\My pictures\\me.jpg"', 'C:\\My pictures\\me.jpg'],
  ['\u202a"C:\\me.jpg"\u202c', 'C:\\me.jpg'],
  ["'/home/ada/my picture.jpg'", '/home/ada/my picture.jpg'],
  ['\u2066/a b.jpg\u2069\u200f', '/a b.jpg'],
  ['C:\\photos"', 'C:\\photos'],
])('%j is cleaned to %j', (pasted, path) => {
  expect(cleanPath(pasted)).toBe(path);
});

test.each([
  "/it's/Ada's.jpg",
  '/a\u202ab.jpg',
  '/says "hi" there.jpg',
  ' /blank.jpg ',
  'O\u2019Neil.jpg',
  '',
])('%j is left as it is', (path) => {
  expect(cleanPath(path)).toBe(path);
});

test('a file whose name really holds quotes is found under that name', async () => {
  const quoted = join(folder, "it's.jpg'");
  await writeFile(quoted, '');
  const wrapped = `'${quoted.slice(0, -1)}'`;
  expect(await findPath(quoted)).toBe(quoted);
  expect(await findPath(wrapped)).toBe(quoted.slice(0, -1));
});
