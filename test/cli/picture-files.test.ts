import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { planAnnotatedFiles } from '../../src/cli/annotated-files.ts';
import { isPictureName, listPictures, type PictureFile, picturesBelow } from '../../src/cli/picture-files.ts';
import { testFolder } from './cli-process.ts';

async function folderWith(...paths: string[]): Promise<string> {
  const folder = await testFolder();
  for (const path of paths) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), '');
  }
  return folder;
}

async function namesBelow(folder: string, except?: string): Promise<string[]> {
  const entries = await picturesBelow(folder, except);
  return entries.map((entry) => ('failure' in entry ? `! ${entry.failure.message}` : entry.relative));
}

describe('walking a folder', () => {
  it('finds pictures at any depth by their extension in any case, sorted, numbers by value', async () => {
    const folder = await folderWith('b/10.JPG', 'b/2.heic', 'a.Png', 'c/d/e.webp', 'notes.txt', 'jpg');
    expect(await namesBelow(folder)).toEqual(['a.Png', 'b/2.heic', 'b/10.JPG', 'c/d/e.webp']);
  });

  it('leaves out hidden files and folders', async () => {
    const folder = await folderWith('.hidden.jpg', '.cache/a.jpg', 'a.jpg', '._a.jpg');
    expect(await namesBelow(folder)).toEqual(['a.jpg']);
  });

  it('follows links, but not in circles, and ignores broken ones', async () => {
    const folder = await folderWith('one/a.jpg');
    await symlink(folder, join(folder, 'one/around'));
    await symlink(join(folder, 'nowhere'), join(folder, 'broken.jpg'));
    await symlink(join(folder, 'one/a.jpg'), join(folder, 'b.jpg'));
    expect(await namesBelow(folder)).toEqual(['b.jpg', 'one/a.jpg']);
  });

  it('does not walk into the folder the output goes to', async () => {
    const folder = await folderWith('a.jpg', 'out/a.jpg');
    expect(await namesBelow(folder, join(folder, 'out'))).toEqual(['a.jpg']);
  });

  it('names a folder without pictures', async () => {
    const [line] = await namesBelow(await folderWith('notes.txt'));
    expect(line).toMatch(/^! .* holds no pictures/);
  });

  it('takes a named file whatever it is called', async () => {
    const folder = await folderWith('photo');
    expect(await listPictures([join(folder, 'photo')])).toEqual([
      { path: join(folder, 'photo'), relative: 'photo' },
    ]);
    expect(isPictureName('photo')).toBe(false);
  });
});

describe('where annotated pictures go', () => {
  async function outputsOf(folder: string, inputs: PictureFile[]): Promise<string[]> {
    const planned = await planAnnotatedFiles(folder, inputs);
    return inputs.map((input) => relative(folder, planned.get(input)!));
  }

  it('keeps folders, numbers what would meet, and gives other formats a JPEG', async () => {
    const folder = await testFolder();
    const inputs = ['a/1.jpg', 'a/1.jpg', 'A/1.JPG', 'b/1.jpg', 'c.heic', 'c.heic.jpg'];
    const outputs = await outputsOf(
      folder,
      inputs.map((name) => ({ path: `/x/${name}`, relative: name })),
    );
    expect(outputs).toEqual(['a/1.jpg', 'a/1-2.jpg', 'A/1-3.JPG', 'b/1.jpg', 'c.heic.jpg', 'c.heic-2.jpg']);
  });

  it('is never an input, not even through a link', async () => {
    const folder = await folderWith('photos/a.jpg');
    await symlink(join(folder, 'photos'), join(folder, 'out'));
    const inputs = [{ path: join(folder, 'photos/a.jpg'), relative: 'a.jpg' }];
    expect(await outputsOf(join(folder, 'out'), inputs)).toEqual(['a-2.jpg']);
  });
});
