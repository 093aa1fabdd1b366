import { encode } from 'bmp-ts';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { createDecoder } from '../../src/imaging/decode.ts';

const decode = async (bytes: Uint8Array) => (await createDecoder().decode(bytes)).image;

interface Stored {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly compression?: number;
  /** After the 40 bytes of the header: masks, palette. */
  readonly extra?: readonly number[];
  readonly rows: readonly number[];
}

function bmp({ width, height, bits, compression = 0, extra = [], rows }: Stored): Buffer {
  const head = Buffer.alloc(54);
  head.write('BM');
  head.writeUInt32LE(54 + extra.length, 10);
  head.writeUInt32LE(40, 14);
  head.writeInt32LE(width, 18);
  head.writeInt32LE(height, 22);
  head.writeUInt16LE(bits, 28);
  head.writeUInt32LE(compression, 30);
  if (bits <= 8) head.writeUInt32LE(extra.length / 4, 46);
  return Buffer.concat([head, Buffer.from(extra), Buffer.from(rows)]);
}

// Blue, green, red, unused.
const blackRedWhite = [0, 0, 0, 0, 0, 0, 255, 0, 255, 255, 255, 0];
const [black, red, white] = [
  [0, 0, 0],
  [255, 0, 0],
  [255, 255, 255],
];

describe('BMP', () => {
  test('a photo written by another encoder comes out pixel for pixel', async () => {
    const photo = sharp('node_modules/@vladmandic/face-api/demo/sample1.jpg').resize(31, 23).removeAlpha();
    const { data, info } = await photo.raw().toBuffer({ resolveWithObject: true });
    const abgr = Buffer.alloc(info.width * info.height * 4, 255);
    for (let i = 0; i < info.width * info.height; i++) {
      abgr.set([data[3 * i + 2]!, data[3 * i + 1]!, data[3 * i]!], 4 * i + 1);
    }
    const file = encode({ data: abgr, width: info.width, height: info.height, bitPP: 24 }).data;
    const image = await decode(file);
    expect([image.width, image.height]).toEqual([31, 23]);
    expect(Buffer.compare(image.data, data)).toBe(0);
    await expect(decode(file.subarray(0, file.length - 40))).rejects.toMatchObject({
      code: 'not_an_image',
      message: expect.stringContaining('damaged or cut short'),
    });
  });

  test('rows are stored bottom up, or top down when the height is negative', async () => {
    const rows = [0, 0, 255, 0, 255, 255, 255, 0];
    expect(Array.from((await decode(bmp({ width: 1, height: 2, bits: 24, rows }))).data)).toEqual([
      ...white!,
      ...red!,
    ]);
    expect(Array.from((await decode(bmp({ width: 1, height: -2, bits: 24, rows }))).data)).toEqual([
      ...red!,
      ...white!,
    ]);
  });

  test.each([
    [
      1,
      [0b01000000, 0, 0, 0, 0b10100000, 0, 0, 0],
      [
        [1, 0, 1],
        [0, 1, 0],
      ],
    ],
    [
      4,
      [0x01, 0x20, 0, 0, 0x21, 0x00, 0, 0],
      [
        [2, 1, 0],
        [0, 1, 2],
      ],
    ],
    [
      8,
      [0, 1, 2, 0, 2, 1, 0, 0],
      [
        [2, 1, 0],
        [0, 1, 2],
      ],
    ],
  ])('a palette of %i bits a pixel, with rows of odd width', async (bits, rows, indexes) => {
    const extra = bits === 1 ? blackRedWhite.slice(0, 8) : blackRedWhite;
    const { data } = await decode(bmp({ width: 3, height: 2, bits, extra, rows }));
    expect(Array.from(data)).toEqual(indexes.flat().flatMap((index) => [black, red, white][index]!));
  });

  test('16 bits are stretched to the whole range, with and without masks', async () => {
    const rows = [0xff, 0x7f, 0x00, 0x7c];
    expect(Array.from((await decode(bmp({ width: 2, height: 1, bits: 16, rows }))).data)).toEqual([
      ...white!,
      ...red!,
    ]);
    const extra = [0x00, 0xf8, 0, 0, 0xe0, 0x07, 0, 0, 0x1f, 0, 0, 0];
    const masked = bmp({
      width: 2,
      height: 1,
      bits: 16,
      compression: 3,
      extra,
      rows: [0xff, 0xff, 0x00, 0xf8],
    });
    expect(Array.from((await decode(masked)).data)).toEqual([...white!, ...red!]);
  });

  test('32 bits are opaque without an alpha mask and laid on white with one', async () => {
    const rows = [0, 0, 255, 0];
    expect(Array.from((await decode(bmp({ width: 1, height: 1, bits: 32, rows }))).data)).toEqual(red);
    const extra = [0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 0, 0, 0, 0, 255];
    const alpha = (a: number[]) =>
      decode(
        bmp({
          width: 2,
          height: 1,
          bits: 32,
          compression: 6,
          extra,
          rows: [0, 0, 255, a[0]!, 0, 0, 255, a[1]!],
        }),
      );
    expect(Array.from((await alpha([255, 0])).data)).toEqual([...red!, ...white!]);
    expect(Array.from((await alpha([0, 0])).data)).toEqual([...red!, ...red!]);
  });

  test('run lengths of 8 and 4 bits are unpacked', async () => {
    // Two white; a literal run of red, black, red with its padding; end of picture.
    const eight = [2, 2, 0, 0, 0, 3, 1, 0, 1, 0, 0, 1];
    const four = [2, 0x22, 0, 0, 0, 3, 0x10, 0x10, 0, 1];
    for (const [bits, compression, rows] of [
      [8, 1, eight],
      [4, 2, four],
    ] as const) {
      const { data } = await decode(
        bmp({ width: 3, height: 2, bits, compression, extra: blackRedWhite, rows }),
      );
      expect(Array.from(data), `${bits} bits`).toEqual([red, black, red, white, white, black].flat());
    }
    const cut = bmp({
      width: 3,
      height: 2,
      bits: 8,
      compression: 1,
      extra: blackRedWhite,
      rows: eight.slice(0, 7),
    });
    await expect(decode(cut)).rejects.toMatchObject({ code: 'not_an_image' });
  });

  test('a size above the limit is refused from the header', async () => {
    await expect(decode(bmp({ width: 20_000, height: -20_000, bits: 24, rows: [] }))).rejects.toMatchObject({
      code: 'image_too_large',
    });
  });
});
