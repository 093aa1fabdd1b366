import type { Box } from './face-types.ts';
import { loadPicture } from './load-picture.ts';

/** Of the face's size, on each side: a detector needs what is around a face. */
const MARGIN = 0.6;
/** Of the longer side: more shows nothing more of a face to a net. */
const MOST_PX = 640;
const JPEG_QUALITY = 0.93;

/**
 * A face with its surroundings, a JPEG; `box` in pixels of the upright picture.
 * throws  DOMException when the browser cannot read the picture
 */
export async function cutOut(
  picture: Blob,
  { left, top, right, bottom }: Box,
  mostPx = MOST_PX,
): Promise<Blob> {
  const bitmap = await loadPicture(picture);
  try {
    const x = Math.max(0, left - MARGIN * (right - left));
    const y = Math.max(0, top - MARGIN * (bottom - top));
    const width = Math.min(bitmap.width, right + MARGIN * (right - left)) - x;
    const height = Math.min(bitmap.height, bottom + MARGIN * (bottom - top)) - y;
    const scale = Math.min(1, mostPx / Math.max(width, height));
    const canvas = new OffscreenCanvas(Math.max(1, width * scale), Math.max(1, height * scale));
    canvas.getContext('2d')!.drawImage(bitmap, x, y, width, height, 0, 0, canvas.width, canvas.height);
    return await canvas.convertToBlob({ type: 'image/jpeg', quality: JPEG_QUALITY });
  } finally {
    bitmap.close();
  }
}
