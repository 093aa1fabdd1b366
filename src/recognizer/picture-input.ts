import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RgbImage } from '../core/image.ts';
import type { Decoder, Picture } from '../ports/decoder.ts';
import type { PictureInput } from './recognizer-api.ts';
import { requirePicture } from './require-arguments.ts';

/** Decodes what is a file; pixels are checked and identified by their own hash. */
export async function loadPicture(decoder: Decoder, input: PictureInput): Promise<Picture> {
  requirePicture('picture', input);
  if (!isImage(input)) return decoder.decode(input);
  const hash = createHash('sha256').update(`${input.width}x${input.height}:`).update(input.data);
  return { image: input, contentHash: hash.digest('hex') };
}

/** The picture in messages and records: its file's name without the folder; null for bytes and pixels. */
export function pictureName(input: PictureInput): string | null {
  if (typeof input === 'string') return basename(input);
  return input instanceof URL ? basename(fileURLToPath(input)) : null;
}

function isImage(input: PictureInput): input is RgbImage {
  return typeof input === 'object' && !(input instanceof URL) && !(input instanceof Uint8Array);
}
