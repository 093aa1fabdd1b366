import { createHash } from 'node:crypto';
import { requireOptions } from '../core/arguments.ts';
import type { RgbImage } from '../core/image.ts';
import { AcquaintError } from '../errors.ts';
import type { Decoder } from '../ports/decoder.ts';
import { decodeBmp, readBmpHeader } from './bmp.ts';
import { decodeHeic, readHeicSize } from './heic.ts';
import {
  describeContent,
  detectFormat,
  formatNames,
  type PictureFormat,
  pngIsWhole,
} from './picture-format.ts';
import { readSource, type SourceBytes } from './read-source.ts';
import { decodeWithSharp, type PictureSize, readSharpSize } from './sharp-picture.ts';

export interface DecoderOptions {
  /** The most pixels (width times height) a picture may have. Default `defaultMaxPixels`. */
  readonly maxPixels?: number;
}

/** 100 megapixels, 300 MB as RGB: most cameras make fewer; a few make more and need a higher limit. */
export const defaultMaxPixels = 100_000_000;

/**
 * A decoder for JPEG, PNG, WebP, GIF (first frame), TIFF (first page), AVIF, BMP and, where the package heic-decode
 * is installed, HEIC. The format is told by the first bytes, not by the name.
 * throws   RangeError unless maxPixels is a whole number of at least 1
 */
export function createDecoder(options: DecoderOptions = {}): Decoder {
  requireOptions('createDecoder', options, { maxPixels: 'number' });
  const { maxPixels = defaultMaxPixels } = options;
  if (!Number.isInteger(maxPixels) || maxPixels < 1) {
    throw new RangeError(`Expected a whole number of at least 1 for maxPixels but received ${maxPixels}`);
  }
  return {
    async decode(source) {
      const file = await readSource(source);
      const contentHash = createHash('sha256').update(file.bytes).digest('hex');
      return { image: await decodeFile(file, maxPixels), contentHash };
    },
  };
}

async function decodeFile(file: SourceBytes, maxPixels: number): Promise<RgbImage> {
  const format = requireFormat(file);
  try {
    return await decodeAs(format, file, (size) => requireSize(file.name, size, maxPixels));
  } catch (cause) {
    if (cause instanceof AcquaintError) throw cause;
    throw new AcquaintError(
      'not_an_image',
      `${file.name} is damaged or cut short: expected a whole ${format} picture; copy or save it again.`,
      { cause },
    );
  }
}

async function decodeAs(
  format: PictureFormat,
  { bytes, name }: SourceBytes,
  checkSize: (size: PictureSize) => void,
): Promise<RgbImage> {
  if (format === 'BMP') {
    const header = readBmpHeader(bytes);
    checkSize(header);
    return decodeBmp(bytes, header);
  }
  if (format === 'HEIC') {
    checkSize(readHeicSize(bytes));
    return decodeHeic(bytes, name);
  }
  checkSize(await readSharpSize(bytes));
  if (format === 'PNG' && !pngIsWhole(bytes)) throw new Error('Expected an IEND chunk but the PNG ends');
  return decodeWithSharp(bytes);
}

function requireFormat({ bytes, name }: SourceBytes): PictureFormat {
  const format = detectFormat(bytes);
  if (format !== null) return format;
  const reason =
    bytes.length === 0 ? 'it is empty' : `expected ${formatNames} but received ${describeContent(bytes)}`;
  throw new AcquaintError('not_an_image', `${name} is not a picture: ${reason}.`);
}

function requireSize(name: string, { width, height }: PictureSize, maxPixels: number): void {
  if (width * height <= maxPixels) return;
  throw new AcquaintError(
    'image_too_large',
    `${name} has ${width} x ${height} pixels (${megapixels(width * height)}); the limit is ${megapixels(maxPixels)}: make it smaller (in the library maxPixels allows more).`,
  );
}

function megapixels(pixels: number): string {
  return pixels < 1e6 ? `${pixels} pixels` : `${Number((pixels / 1e6).toFixed(2))} megapixels`;
}
