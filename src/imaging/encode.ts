import { randomBytes } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import type { Sharp } from 'sharp';
import { requireString } from '../core/arguments.ts';
import { type RgbImage, requireImage } from '../core/image.ts';
import { AcquaintError } from '../errors.ts';
import { loadSharp } from './load-sharp.ts';

const defaultQuality = 90;

/**
 * The picture as a JPEG file's bytes.
 * requires  quality a whole number from 1 to 100
 * throws    TypeError, RangeError for a malformed image or quality; AcquaintError('output_failed')
 */
export async function encodeJpeg(image: RgbImage, quality: number = defaultQuality): Promise<Uint8Array> {
  requireImage(image);
  if (!Number.isInteger(quality) || quality < 1 || quality > 100) {
    throw new RangeError(`Expected a whole number from 1 to 100 for quality but received ${quality}`);
  }
  return encode((await asSharp(image)).jpeg({ quality, chromaSubsampling: '4:4:4' }), 'JPEG');
}

/**
 * Writes the picture in the format the path's extension names: .jpg, .jpeg, .png or .webp.
 * ensures  the file is there in full or not at all; an older file of that name is replaced in one step
 * throws   TypeError, RangeError for a malformed image or another extension; AcquaintError('output_failed')
 */
export async function writePicture(path: string, image: RgbImage): Promise<void> {
  requireImage(image);
  const format = formatOf(path);
  const bytes = await encode(toFormat(await asSharp(image), format), format);
  // Short, whatever the name: file systems allow 255 bytes.
  const temporary = join(dirname(path), `.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await writeFile(temporary, bytes, { flag: 'wx' });
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new AcquaintError('output_failed', `${path} cannot be written: ${reason(cause)}.`, { cause });
  }
}

function reason(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'its folder does not exist';
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return 'permission denied';
  if (code === 'ENOSPC') return 'the disk is full';
  if (code === 'EISDIR' || code === 'EEXIST') return 'a folder of that name is in the way';
  return message;
}

type OutputFormat = 'JPEG' | 'PNG' | 'WebP';

const formatsByExtension: Readonly<Record<string, OutputFormat>> = {
  '.jpg': 'JPEG',
  '.jpeg': 'JPEG',
  '.png': 'PNG',
  '.webp': 'WebP',
};

function formatOf(path: string): OutputFormat {
  requireString('path', path);
  const extension = extname(path).toLowerCase();
  const format = formatsByExtension[extension];
  if (format === undefined) {
    throw new RangeError(`Expected a path ending in .jpg, .jpeg, .png or .webp but received ${path}`);
  }
  return format;
}

function toFormat(picture: Sharp, format: OutputFormat): Sharp {
  if (format === 'PNG') return picture.png();
  if (format === 'WebP') return picture.webp({ quality: defaultQuality });
  return picture.jpeg({ quality: defaultQuality, chromaSubsampling: '4:4:4' });
}

async function asSharp({ data, width, height }: RgbImage): Promise<Sharp> {
  const sharp = await loadSharp();
  // sharp's native side does not take shared memory.
  const bytes =
    data.buffer instanceof ArrayBuffer
      ? Buffer.from(data.buffer, data.byteOffset, data.byteLength)
      : Buffer.from(data);
  return sharp(bytes, { raw: { width, height, channels: 3 }, limitInputPixels: false });
}

async function encode(picture: Sharp, format: OutputFormat): Promise<Uint8Array> {
  try {
    return await picture.toBuffer();
  } catch (cause) {
    throw new AcquaintError(
      'output_failed',
      `Expected to encode the picture as ${format} but it failed (${(cause as Error).message}): choose another format`,
      { cause },
    );
  }
}
