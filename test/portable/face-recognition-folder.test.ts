import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pictureExtensions } from '../../src/cli/picture-files.ts';
import { PICTURE_EXTENSIONS } from '../../src/core/picture-name.ts';
import { listFaceRecognitionFolder } from '../../src/portable/face-recognition-folder.ts';
import { newFile, newFolder } from './sample-collection.ts';

async function folderOf(...names: readonly string[]): Promise<string> {
  const folder = await newFolder();
  for (const name of names) await writeFile(join(folder, name), '');
  return folder;
}

describe("face_recognition's folder of known people", () => {
  it('names people by their files, all of the name but the extension', async () => {
    const folder = await folderOf(
      'ada.jpg',
      'ada-1.jpg',
      'Grace Hopper.JPEG',
      'J. R. R. Tolkien.png',
      '山田.webp',
    );
    expect(await listFaceRecognitionFolder(folder)).toEqual(
      [
        { name: 'ada', path: join(folder, 'ada.jpg') },
        { name: 'ada-1', path: join(folder, 'ada-1.jpg') },
        { name: 'Grace Hopper', path: join(folder, 'Grace Hopper.JPEG') },
        { name: 'J. R. R. Tolkien', path: join(folder, 'J. R. R. Tolkien.png') },
        { name: '山田', path: join(folder, '山田.webp') },
      ].toSorted((a, b) => new Intl.Collator('en', { numeric: true }).compare(a.path, b.path)),
    );
  });

  it('leaves out what is no picture, hidden or in folders, and follows links', async () => {
    const folder = await folderOf('ada.jpg', 'notes.txt', '.hidden.jpg', 'noextension');
    await mkdir(join(folder, 'below.jpg'));
    await symlink(await newFile('real.jpg', ''), join(folder, 'grace.jpg'));
    await symlink(join(folder, 'gone'), join(folder, 'broken.jpg'));
    expect((await listFaceRecognitionFolder(folder)).map(({ name }) => name)).toEqual(['ada', 'grace']);
  });

  it('takes two files of one name as two pictures, and writes names in one form', async () => {
    const folder = await folderOf('ada.jpg', 'ada.png', 'A\u030asa.jpg');
    expect((await listFaceRecognitionFolder(folder)).map(({ name }) => name)).toEqual(['ada', 'ada', 'Åsa']);
  });

  it('orders numbers by their value', async () => {
    const folder = await folderOf('p10.jpg', 'p9.jpg');
    expect((await listFaceRecognitionFolder(folder)).map(({ name }) => name)).toEqual(['p9', 'p10']);
  });

  it('may be empty, but must be there', async () => {
    expect(await listFaceRecognitionFolder(await newFolder())).toEqual([]);
    await expect(listFaceRecognitionFolder('/nowhere')).rejects.toMatchObject({
      code: 'bad_import',
      message: '/nowhere cannot be read: there is none',
    });
    await expect(listFaceRecognitionFolder(await newFile('file', ''))).rejects.toThrow(/it is not a folder/);
  });

  it('knows the pictures that enrolling knows', () => {
    expect(PICTURE_EXTENSIONS).toEqual(pictureExtensions);
  });
});
