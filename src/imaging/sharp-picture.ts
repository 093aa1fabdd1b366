import type { RgbImage } from '../core/image.ts';
import { loadSharp } from './load-sharp.ts';

/** Width and height in pixels, as stored: EXIF orientation may swap them. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** The size that a picture's header states; no pixel is decoded. throws Error when the header is damaged. */
export async function readSharpSize(bytes: Buffer): Promise<PictureSize> {
  const sharp = await loadSharp();
  const { width, height } = await sharp(bytes, { limitInputPixels: false }).metadata();
  return { width, height };
}

/**
 * Any picture that sharp reads -> upright 8-bit sRGB, on white; of several frames or pages the first.
 * Decoding runs in libuv's threads. A plain sRGB JPEG comes out exactly as libjpeg-turbo decodes it.
 * requires  the size has been checked: there is no limit here
 * throws    Error when the data are damaged or end early
 *
 * `failOn: 'error'` refuses every JPEG, WebP, TIFF and AVIF that is cut short (test/imaging/damaged.test.ts) and lets the
 * harmless oddities of the default 'warning' pass: bytes before a marker, an odd EXIF block. A PNG that lost no more
 * than its end needs `pngIsWhole`.
 */
export async function decodeWithSharp(bytes: Buffer): Promise<RgbImage> {
  const sharp = await loadSharp();
  const { data, info } = await sharp(bytes, { failOn: 'error', limitInputPixels: false })
    .autoOrient()
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .removeAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  // Copied because a Buffer of sharp cannot be transferred to a worker, and sharp 0.35.5's toUint8Array(), which
  // could, never gives its memory back (60 pictures of 32 MB: 2.1 GB resident, with this copy 0.35 GB).
  return { data: new Uint8Array(data), width: info.width, height: info.height };
}
