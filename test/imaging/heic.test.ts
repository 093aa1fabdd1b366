import { describe, expect, test } from 'vitest';
import { createDecoder } from '../../src/imaging/decode.ts';
import { decodeHeic, readHeicSize } from '../../src/imaging/heic.ts';
import { detectFormat } from '../../src/imaging/picture-format.ts';

// No HEIC file comes with any package here: libheif itself is not run on a picture, only up to its refusal.

function box(type: string, ...parts: Buffer[]): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + parts.reduce((sum, part) => sum + part.length, 0), 0);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, ...parts]);
}

function extent(width: number, height: number): Buffer {
  const body = Buffer.alloc(12);
  body.writeUInt32BE(width, 4);
  body.writeUInt32BE(height, 8);
  return box('ispe', body);
}

function heic(brands: string, ...extents: Buffer[]): Buffer {
  const type = box('ftyp', Buffer.from(`${brands.slice(0, 4)}\0\0\0\0${brands}`, 'latin1'));
  return Buffer.concat([type, box('meta', Buffer.alloc(4), box('iprp', box('ipco', ...extents)))]);
}

describe('HEIC', () => {
  test('is told from AVIF by its brands', () => {
    expect(detectFormat(heic('heicmif1'))).toBe('HEIC');
    expect(detectFormat(heic('mif1heic'))).toBe('HEIC');
    expect(detectFormat(heic('mif1avif'))).toBe('AVIF');
    expect(detectFormat(heic('isommp42'))).toBeNull();
  });

  test('its size is the largest in the header, not that of a tile or thumbnail', () => {
    const picture = heic('heic', extent(512, 512), extent(4032, 3024), extent(320, 240));
    expect(readHeicSize(picture)).toEqual({ width: 4032, height: 3024 });
  });

  test('above the limit it is refused from its header', async () => {
    await expect(createDecoder().decode(heic('heic', extent(20_000, 20_000)))).rejects.toMatchObject({
      code: 'image_too_large',
    });
  });

  test('without its decoder the message names the command that installs it', async () => {
    const absent = () => Promise.reject(new Error('Cannot find package'));
    await expect(decodeHeic(heic('heic', extent(2, 1)), 'IMG_1.heic', absent)).rejects.toMatchObject({
      code: 'unsupported_format',
      message: 'IMG_1.heic is a HEIC picture, whose decoder is not installed: run "npm install heic-decode".',
    });
  });

  test('what its decoder returns is laid on white', async () => {
    const decode = async () => ({
      width: 2,
      height: 1,
      data: Uint8ClampedArray.of(10, 20, 30, 255, 10, 20, 30, 0),
    });
    const image = await decodeHeic(heic('heic', extent(2, 1)), 'a.heic', async () => decode);
    expect(image).toEqual({ width: 2, height: 1, data: Uint8Array.of(10, 20, 30, 255, 255, 255) });
  });

  test('a header without a picture is refused as damaged, with and without a size', async () => {
    for (const bytes of [heic('heic', extent(64, 64)), heic('heic')]) {
      await expect(createDecoder().decode(bytes)).rejects.toMatchObject({
        code: 'not_an_image',
        message: expect.stringContaining('damaged or cut short'),
      });
    }
  });
});
