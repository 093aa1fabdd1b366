import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { createDecoder } from '../../src/imaging/decode.ts';
import { crc32 } from './crc32.ts';
import { temporaryFolder } from './temporary-folder.ts';

const folder = await temporaryFolder();
const decoder = createDecoder();
const photo = await sharp('node_modules/@vladmandic/face-api/demo/sample1.jpg').resize(320).png().toBuffer();

describe('files that are no pictures', () => {
  test.each([
    ['an empty file', '', 'it is empty'],
    ['a text file', 'Dear Ada,\nthis is no picture. Grüße\n', 'received text'],
    ['a PDF', '%PDF-1.7\n%\xe2\xe3', 'received a PDF document'],
    ['a video', '\0\0\0\x18ftypisom\0\0\x02\0isommp41', 'received a video'],
    ['an SVG', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', 'received text'],
    ['unknown bytes', '\x01\x02\x00\x03\x04', 'the bytes 01 02 00 03'],
  ])('%s is refused by name, whatever its extension', async (_, content, expected) => {
    const path = join(folder, 'holiday.jpg');
    await writeFile(path, content, 'latin1');
    await expect(decoder.decode(path)).rejects.toMatchObject({
      name: 'AcquaintError',
      code: 'not_an_image',
      message: expect.stringMatching(`^.*holiday\\.jpg is not a picture: .*${expected}.*\\.$`),
    });
  });

  test('first bytes alone do not make a picture', async () => {
    for (const start of [
      '\xff\xd8\xff',
      '\x89PNG\r\n\x1a\n',
      'GIF89a',
      'II*\0',
      'BM\0\0\0\0\0\0\0\0\0\0\0\0\x28',
      'RIFF\0\0\0\0WEBP',
    ]) {
      await expect(decoder.decode(Buffer.from(start, 'latin1')), start).rejects.toMatchObject({
        code: 'not_an_image',
      });
    }
  });
});

describe('cut-off files', () => {
  const whole = {
    jpeg: sharp(photo).jpeg(),
    'progressive jpeg': sharp(photo).jpeg({ progressive: true }),
    png: sharp(photo).png(),
    webp: sharp(photo).webp(),
    'lossless webp': sharp(photo).webp({ lossless: true }),
    gif: sharp(photo).gif(),
    tiff: sharp(photo).tiff({ compression: 'lzw' }),
    avif: sharp(photo).avif(),
  };

  test.each(Object.entries(whole))('a cut-off %s is refused as damaged', async (_, picture) => {
    const bytes = await picture.toBuffer();
    for (const share of [0.05, 0.3, 0.6, 0.9, 0.99]) {
      await expect(
        decoder.decode(bytes.subarray(0, bytes.length * share)),
        `cut at ${share}`,
      ).rejects.toMatchObject({
        code: 'not_an_image',
        message: expect.stringContaining('damaged or cut short'),
      });
    }
  });

  test('a PNG that lost its last byte is refused, though all its pixels are there', async () => {
    const bytes = await whole.png.toBuffer();
    await expect(decoder.decode(bytes.subarray(0, -1))).rejects.toMatchObject({ code: 'not_an_image' });
  });

  test('a JPEG without its last two bytes is refused', async () => {
    const bytes = await whole.jpeg.toBuffer();
    await expect(decoder.decode(bytes.subarray(0, -2))).rejects.toMatchObject({ code: 'not_an_image' });
  });
});

describe('limits', () => {
  test('a PNG of 20,000 x 20,000 is refused from its header, naming size and limit', async () => {
    const started = performance.now();
    await expect(decoder.decode(pngHeader(20_000, 20_000))).rejects.toMatchObject({
      code: 'image_too_large',
      message:
        'The picture has 20000 x 20000 pixels (400 megapixels); the limit is 100 megapixels: make it smaller (in the library maxPixels allows more).',
    });
    expect(performance.now() - started).toBeLessThan(1000);
  });

  test('the limit is the caller’s to set, and exact', async () => {
    const { width, height } = await sharp(photo).metadata();
    await expect(createDecoder({ maxPixels: width * height }).decode(photo)).resolves.toBeDefined();
    await expect(createDecoder({ maxPixels: width * height - 1 }).decode(photo)).rejects.toMatchObject({
      code: 'image_too_large',
    });
    for (const maxPixels of [0, -1, Number.NaN])
      expect(() => createDecoder({ maxPixels })).toThrow(RangeError);
  });

  test('a file of more than 256 MiB is refused unread', async () => {
    const path = join(folder, 'huge.jpg');
    const file = await open(path, 'w');
    await file.truncate(257 * 1024 * 1024);
    await file.close();
    await expect(decoder.decode(path)).rejects.toMatchObject({
      code: 'image_too_large',
      message: expect.stringContaining('257 MiB; the limit is 256 MiB'),
    });
  });
});

function pngHeader(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', Buffer.from([0x78, 0x9c])),
  ]);
}
