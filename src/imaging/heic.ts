import type { RgbImage } from '../core/image.ts';
import { AcquaintError } from '../errors.ts';
import { loadSharp } from './load-sharp.ts';
import type { PictureSize } from './sharp-picture.ts';

/** heic-decode's one function: the first picture, upright, four channels a pixel. */
export type HeicDecode = (options: { readonly buffer: Uint8Array }) => Promise<HeicPixels>;

export interface HeicPixels extends PictureSize {
  readonly data: Uint8ClampedArray;
}

/** Loads the optional dependency; rejects when it is not installed. */
export type HeicImporter = () => Promise<HeicDecode>;

// A variable keeps the compiler from asking for the types of a package that need not be there.
const packageName: string = 'heic-decode';

export const importHeicDecode: HeicImporter = async () => {
  const loaded = (await import(packageName)) as { default: HeicDecode };
  return loaded.default;
};

/**
 * The size a HEIC file's header states: the largest of its pictures, which besides the whole are tiles and thumbnails.
 * throws Error when the header states none. Source: ISO/IEC 23008-12, 6.5.3 (ImageSpatialExtentsProperty).
 */
export function readHeicSize(bytes: Buffer): PictureSize {
  let largest: PictureSize = { width: 0, height: 0 };
  for (let at = bytes.indexOf('ispe', 0, 'latin1'); at !== -1; at = bytes.indexOf('ispe', at + 4, 'latin1')) {
    // The box holds its length (20), its type, version and flags, width, height.
    if (at < 4 || at + 16 > bytes.length || bytes.readUInt32BE(at - 4) !== 20) continue;
    const size = { width: bytes.readUInt32BE(at + 8), height: bytes.readUInt32BE(at + 12) };
    if (size.width * size.height > largest.width * largest.height) largest = size;
  }
  if (largest.width === 0) throw new Error('Expected a size in the HEIC header but found none');
  return largest;
}

/**
 * The first picture of a HEIC file, upright, laid on white. Colours stay in the file's profile: heic-decode does not
 * tell it.
 * requires  the size has been checked
 * throws    AcquaintError('unsupported_format') when heic-decode is not installed; Error when the data are damaged
 */
export async function decodeHeic(
  bytes: Buffer,
  name: string,
  importer: HeicImporter = importHeicDecode,
): Promise<RgbImage> {
  const decode = await importer().catch((cause) => {
    const message = `${name} is a HEIC picture, whose decoder is not installed: run "npm install heic-decode".`;
    throw new AcquaintError('unsupported_format', message, { cause });
  });
  const { data, width, height } = await decode({ buffer: withKnownBrand(bytes) });
  const sharp = await loadSharp();
  const pixels = await sharp(data, { raw: { width, height, channels: 4 }, limitInputPixels: false })
    .flatten({ background: '#ffffff' })
    .raw()
    .toBuffer();
  return { data: new Uint8Array(pixels), width, height };
}

/** heic-decode looks at the main brand only and does not know every one. */
function withKnownBrand(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy.write('heic', 8, 'latin1');
  return copy;
}
