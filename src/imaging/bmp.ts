import { type RgbImage, rgbByteLength } from '../core/image.ts';
import { AcquaintError } from '../errors.ts';
import { unpackRunLengths } from './bmp-run-length.ts';
import type { PictureSize } from './sharp-picture.ts';

// Source: Microsoft, "Bitmap Storage" (BITMAPFILEHEADER, BITMAPCOREHEADER, BITMAPINFOHEADER and its successors).
// bmp-ts is not used for reading: it loses rows of odd width, misplaces run-length colours and darkens 16-bit ones.

/** What the header says. */
export interface BmpHeader extends PictureSize {
  readonly topDown: boolean;
  readonly bits: number;
  readonly compression: number;
  readonly paletteAt: number;
  readonly paletteEntryLength: 3 | 4;
  readonly paletteCount: number;
  readonly pixelsAt: number;
  /** Red, green, blue, alpha; 0 where there is none. */
  readonly masks: readonly number[];
}

const compressions = { none: 0, runLength8: 1, runLength4: 2, bitFields: 3, alphaBitFields: 6 };
const coreHeaderSize = 12;

/** throws AcquaintError('unsupported_format') for what no photo program writes; Error when the header is damaged */
export function readBmpHeader(bytes: Buffer): BmpHeader {
  const headerSize = bytes.readUInt32LE(14);
  return headerSize === coreHeaderSize ? readCoreHeader(bytes) : readInfoHeader(bytes, headerSize);
}

function readCoreHeader(bytes: Buffer): BmpHeader {
  const bits = bytes.readUInt16LE(24);
  return requireSane({
    width: bytes.readUInt16LE(18),
    height: bytes.readUInt16LE(20),
    topDown: false,
    bits,
    compression: compressions.none,
    paletteAt: 26,
    paletteEntryLength: 3,
    paletteCount: bits <= 8 ? 2 ** bits : 0,
    pixelsAt: bytes.readUInt32LE(10),
    masks: defaultMasks(bits),
  });
}

function readInfoHeader(bytes: Buffer, headerSize: number): BmpHeader {
  const height = bytes.readInt32LE(22);
  const bits = bytes.readUInt16LE(28);
  const compression = bytes.readUInt32LE(30);
  const colours = bytes.readUInt32LE(46);
  const maskCount = compression === compressions.alphaBitFields || headerSize >= 56 ? 4 : 3;
  const hasMasks = compression === compressions.bitFields || compression === compressions.alphaBitFields;
  return requireSane({
    width: bytes.readInt32LE(18),
    height: Math.abs(height),
    topDown: height < 0,
    bits,
    compression,
    paletteAt: 14 + headerSize + (hasMasks && headerSize === 40 ? maskCount * 4 : 0),
    paletteEntryLength: 4,
    paletteCount: bits <= 8 && colours === 0 ? 2 ** bits : colours,
    pixelsAt: bytes.readUInt32LE(10),
    // In every version of the header the masks begin at byte 54.
    masks: hasMasks
      ? [0, 1, 2, 3].map((index) => (index < maskCount ? bytes.readUInt32LE(54 + index * 4) : 0))
      : defaultMasks(bits),
  });
}

function defaultMasks(bits: number): readonly number[] {
  return bits === 16 ? [0x7c00, 0x03e0, 0x001f, 0] : [0xff0000, 0x00ff00, 0x0000ff, 0];
}

function requireSane(header: BmpHeader): BmpHeader {
  const { width, height, bits, compression, paletteCount } = header;
  if (!Object.values(compressions).includes(compression)) {
    const message = `Expected a BMP without an embedded file but received compression ${compression}: save it as PNG.`;
    throw new AcquaintError('unsupported_format', message);
  }
  const runLengthBits = { [compressions.runLength8]: 8, [compressions.runLength4]: 4 }[compression] ?? bits;
  if (width < 1 || height < 1 || ![1, 4, 8, 16, 24, 32].includes(bits) || runLengthBits !== bits) {
    throw new Error('Expected a sane BMP header');
  }
  if (bits <= 8 && paletteCount > 256) throw new Error('Expected at most 256 colours in the BMP');
  return header;
}

/**
 * A BMP file's pixels; where it has an alpha mask, laid on white, unless all alpha is zero (many writers leave it so).
 * requires  the size has been checked
 * throws    Error when the data are damaged or end early
 */
export function decodeBmp(bytes: Buffer, header: BmpHeader): RgbImage {
  const { width, height, bits, masks } = header;
  const data = new Uint8Array(rgbByteLength(width, height));
  if (bits <= 8) paintPalette(data, bytes, header);
  else paintMasked(data, bytes, header, masks[3] !== 0 && hasAlpha(bytes, header));
  return { data, width, height };
}

function paintPalette(data: Uint8Array, bytes: Buffer, header: BmpHeader): void {
  const { width, height, paletteAt, paletteEntryLength, paletteCount } = header;
  const indexAt = indexReader(bytes, header);
  for (let row = 0; row < height; row++) {
    for (let x = 0; x < width; x++) {
      const index = indexAt(row, x);
      if (index >= paletteCount) throw new Error('Expected a colour of the BMP palette');
      const entry = paletteAt + index * paletteEntryLength;
      const to = (imageRow(row, header) * width + x) * 3;
      data[to] = bytes.readUInt8(entry + 2);
      data[to + 1] = bytes.readUInt8(entry + 1);
      data[to + 2] = bytes.readUInt8(entry);
    }
  }
}

function indexReader(bytes: Buffer, header: BmpHeader): (row: number, x: number) => number {
  const { width, bits, compression, pixelsAt } = header;
  if (compression === compressions.runLength8 || compression === compressions.runLength4) {
    const indexes = unpackRunLengths(bytes.subarray(pixelsAt), header, bits === 8 ? 8 : 4);
    return (row, x) => indexes[row * width + x]!;
  }
  const rowAt = rowReader(bytes, header);
  const perByte = 8 / bits;
  return (row, x) => {
    const byte = bytes[rowAt(row) + Math.floor(x / perByte)]!;
    return (byte >> (8 - bits * ((x % perByte) + 1))) & (2 ** bits - 1);
  };
}

function paintMasked(data: Uint8Array, bytes: Buffer, header: BmpHeader, onWhite: boolean): void {
  const { width, height, bits, masks } = header;
  const rowAt = rowReader(bytes, header);
  const channels = masks.slice(0, 3).map(channelReader);
  const alpha = channelReader(masks[3]!);
  const step = bits / 8;
  for (let row = 0; row < height; row++) {
    for (let x = 0; x < width; x++) {
      const pixel = bytes.readUIntLE(rowAt(row) + x * step, step);
      const opacity = onWhite ? alpha(pixel) / 255 : 1;
      const to = (imageRow(row, header) * width + x) * 3;
      for (let channel = 0; channel < 3; channel++) {
        data[to + channel] = Math.round(255 + (channels[channel]!(pixel) - 255) * opacity);
      }
    }
  }
}

/** A mask's bits, stretched to 0-255. */
function channelReader(mask: number): (pixel: number) => number {
  if (mask === 0) return () => 0;
  const shift = 31 - Math.clz32(mask & -mask);
  const largest = mask >>> shift;
  return (pixel) => (((pixel & mask) >>> shift) * 255) / largest;
}

function hasAlpha(bytes: Buffer, header: BmpHeader): boolean {
  const { width, height, bits, masks } = header;
  const rowAt = rowReader(bytes, header);
  for (let row = 0; row < height; row++) {
    for (let x = 0; x < width; x++) {
      if ((bytes.readUIntLE(rowAt(row) + (x * bits) / 8, bits / 8) & masks[3]!) !== 0) return true;
    }
  }
  return false;
}

/** Where each stored row begins; rows end on 32 bits. throws Error when the file is too short for all */
function rowReader(bytes: Buffer, { width, height, bits, pixelsAt }: BmpHeader): (row: number) => number {
  const stride = Math.ceil((width * bits) / 32) * 4;
  // Some writers leave out the last row's padding.
  const needed = pixelsAt + stride * (height - 1) + Math.ceil((width * bits) / 8);
  if (bytes.length < needed) throw new Error(`Expected ${needed} bytes in the BMP but found ${bytes.length}`);
  return (row) => pixelsAt + row * stride;
}

function imageRow(row: number, { height, topDown }: BmpHeader): number {
  return topDown ? row : height - 1 - row;
}
