import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { createDecoder } from '../../src/imaging/decode.ts';
import { encodeJpeg, writePicture } from '../../src/imaging/encode.ts';
import { temporaryFolder } from './temporary-folder.ts';

const folder = await temporaryFolder();
const decoder = createDecoder();
const { image } = await decoder.decode(
  await sharp('node_modules/@vladmandic/face-api/demo/sample1.jpg').resize(150).png().toBuffer(),
);

describe('encodeJpeg', () => {
  test('gives a JPEG that shows the picture, smaller at lower quality', async () => {
    const good = await encodeJpeg(image, 90);
    const decoded = (await decoder.decode(good)).image;
    const error = decoded.data.reduce((sum, value, i) => sum + Math.abs(value - image.data[i]!), 0);
    expect(error / image.data.length).toBeLessThan(4);
    expect((await encodeJpeg(image, 40)).length).toBeLessThan(good.length);
  });

  test('refuses a quality out of range', async () => {
    for (const quality of [0, 101, 80.5, Number.NaN])
      await expect(encodeJpeg(image, quality)).rejects.toThrow(RangeError);
  });
});

describe('writePicture', () => {
  test.each([
    ['a.jpg', 'jpeg'],
    ['b.JPEG', 'jpeg'],
    ['c.png', 'png'],
    ['d é.webp', 'webp'],
  ])('%s is written as %s, over what was there, and leaves nothing else', async (name, format) => {
    const path = join(folder, name);
    await writeFile(path, 'before');
    await writePicture(path, image);
    expect((await sharp(await readFile(path)).metadata()).format).toBe(format);
    if (format === 'png') expect((await decoder.decode(path)).image).toEqual(image);
    expect((await readdir(folder)).filter((entry) => entry.endsWith('.tmp'))).toEqual([]);
  });

  test('another extension is the caller’s mistake', async () => {
    await expect(writePicture(join(folder, 'a.gif'), image)).rejects.toThrow(RangeError);
  });

  test('a missing folder or a folder in the way fails by name and leaves no half file', async () => {
    await expect(writePicture(join(folder, 'no', 'a.png'), image)).rejects.toMatchObject({
      code: 'output_failed',
      message: expect.stringContaining('its folder does not exist'),
    });
    await mkdir(join(folder, 'taken.png'));
    await expect(writePicture(join(folder, 'taken.png'), image)).rejects.toMatchObject({
      code: 'output_failed',
    });
    expect((await readdir(folder)).filter((entry) => entry.endsWith('.tmp'))).toEqual([]);
  });
});
