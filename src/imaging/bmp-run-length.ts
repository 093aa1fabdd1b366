import type { PictureSize } from './sharp-picture.ts';

/**
 * BI_RLE4 and BI_RLE8 -> one palette index a pixel, rows in the order of the file. Pixels that are skipped stay 0.
 * throws Error when the data end before the picture does. Source: Microsoft, "Bitmap Compression".
 */
export function unpackRunLengths(packed: Uint8Array, size: PictureSize, bitsPerPixel: 4 | 8): Uint8Array {
  const indexes = new Uint8Array(size.width * size.height);
  let at = 0;
  let x = 0;
  let row = 0;
  const next = (): number => {
    const byte = packed[at++];
    if (byte === undefined) throw new Error('Expected more run-length data but the BMP ends');
    return byte;
  };
  const put = (index: number): void => {
    if (x < size.width && row < size.height) indexes[row * size.width + x] = index;
    x++;
  };
  const nibble = (byte: number, position: number) => (position % 2 === 0 ? byte >> 4 : byte & 15);

  while (row < size.height) {
    const count = next();
    const value = next();
    if (count > 0) {
      for (let i = 0; i < count; i++) put(bitsPerPixel === 8 ? value : nibble(value, i));
    } else if (value === 0) {
      x = 0;
      row++;
    } else if (value === 1) {
      break;
    } else if (value === 2) {
      x += next();
      row += next();
    } else {
      const start = at;
      for (let i = 0, byte = 0; i < value; i++) {
        if (bitsPerPixel === 8 || i % 2 === 0) byte = next();
        put(bitsPerPixel === 8 ? byte : nibble(byte, i));
      }
      // Literal runs end on a 16-bit boundary.
      if ((at - start) % 2 === 1) at++;
    }
  }
  return indexes;
}
