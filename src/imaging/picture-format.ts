/** The picture formats that are read, by their names in messages. */
export type PictureFormat = 'JPEG' | 'PNG' | 'WebP' | 'GIF' | 'TIFF' | 'AVIF' | 'BMP' | 'HEIC';

/** For messages: what may be given. */
export const formatNames = 'JPEG, PNG, WebP, GIF, TIFF, AVIF, BMP or HEIC';

const signatures: readonly (readonly [PictureFormat, string])[] = [
  ['JPEG', '\xff\xd8\xff'],
  ['PNG', '\x89PNG\r\n\x1a\n'],
  ['GIF', 'GIF87a'],
  ['GIF', 'GIF89a'],
  ['TIFF', 'II*\0'],
  ['TIFF', 'MM\0*'],
  // BigTIFF
  ['TIFF', 'II+\0'],
  ['TIFF', 'MM\0+'],
];

const avifBrands = new Set(['avif', 'avis']);
const heicBrands = new Set(['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1']);
const bmpHeaderSizes = new Set([12, 16, 40, 52, 56, 64, 108, 124]);

/** The format by the file's first bytes, whatever its name says; null when they begin no picture. */
export function detectFormat(bytes: Buffer): PictureFormat | null {
  const head = bytes.toString('latin1', 0, 16);
  for (const [format, signature] of signatures) {
    if (head.startsWith(signature)) return format;
  }
  if (head.startsWith('RIFF') && head.slice(8, 12) === 'WEBP') return 'WebP';
  // "BM" also begins words: a header size that exists must follow.
  if (head.startsWith('BM') && bytes.length >= 18 && bmpHeaderSizes.has(bytes.readUInt32LE(14))) return 'BMP';
  return head.slice(4, 8) === 'ftyp' ? detectHeif(bytes) : null;
}

/** AVIF and HEIC share one container, with videos too; brands tell them apart (ISO/IEC 23008-12, 10.2). */
function detectHeif(bytes: Buffer): PictureFormat | null {
  const boxEnd = Math.min(bytes.length, bytes.readUInt32BE(0), 4096);
  const brands = [bytes.toString('latin1', 8, 12)];
  for (let at = 16; at + 4 <= boxEnd; at += 4) brands.push(bytes.toString('latin1', at, at + 4));
  if (brands.some((brand) => avifBrands.has(brand))) return 'AVIF';
  return brands.some((brand) => heicBrands.has(brand)) ? 'HEIC' : null;
}

/** What a file that is no picture seems to be, for a message: "text", "a PDF document", "the bytes 01 02". */
export function describeContent(bytes: Buffer): string {
  const head = bytes.toString('latin1', 0, 16);
  if (head.startsWith('%PDF')) return 'a PDF document';
  if (head.slice(4, 8) === 'ftyp' || head.startsWith('\x1a\x45\xdf\xa3')) return 'a video';
  const start = bytes.subarray(0, 512);
  // Below blank only tab, line feed and carriage return stand in text.
  const isText = start.every((byte) => byte >= 32 || byte === 9 || byte === 10 || byte === 13);
  if (isText) return 'text';
  return `the bytes ${Array.from(start.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join(' ')}`;
}

/**
 * Whether a PNG file reaches its closing IEND chunk. libpng is content once it has all pixels, so a file that lost
 * its last few bytes would pass unnoticed.
 */
export function pngIsWhole(bytes: Buffer): boolean {
  let at = 8;
  while (at + 12 <= bytes.length) {
    if (bytes.toString('latin1', at + 4, at + 8) === 'IEND') return true;
    at += 12 + bytes.readUInt32BE(at);
  }
  return false;
}
