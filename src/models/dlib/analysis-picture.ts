import { mapRect, type Rect } from '../../core/geometry.ts';
import type { RgbImage } from '../../core/image.ts';
import { downscaledSize } from '../../core/preprocess.ts';
import { doubledSize, halvedPointDown } from '../../core/pyramid.ts';
import type { PaintedPicture } from '../../core/tiled-pyramid.ts';

/** Both detectors look through a window of 80x80 pixels. */
export const WINDOW_PX = 80;
/** Enlarging beyond this shows no more of a face. */
const MAX_ENLARGEMENT = 4;

/** The picture at the resolution at which the smallest face wanted fills the detectors' window. */
export interface AnalysisPicture extends PaintedPicture {
  /** A box found in it, in whole pixels of the picture. */
  toPicture(box: Rect): Rect;
}

/**
 * Smaller than the picture when only large faces are wanted, larger when small ones are.
 * minFacePx 80 is the picture itself; 40 is doubled as dlib's `pyramid_up` does.
 */
export function analysisPicture(image: RgbImage, minFacePx: number): AnalysisPicture {
  const scale = Math.min(MAX_ENLARGEMENT, WINDOW_PX / minFacePx);
  if (scale === 2) {
    return { ...enlarged(image, doubledSize(image)), toPicture: (box) => mapRect(box, halvedPointDown) };
  }
  const analysed = scale <= 1 ? reduced(image, scale) : enlarged(image, sizeTimes(image, scale));
  // Pixel centres: both pictures cover the same area.
  const ratioX = image.width / analysed.width;
  const ratioY = image.height / analysed.height;
  return {
    ...analysed,
    toPicture: (box) =>
      mapRect(box, ({ x, y }) => ({ x: (x + 0.5) * ratioX - 0.5, y: (y + 0.5) * ratioY - 0.5 })),
  };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function sizeTimes({ width, height }: Size, scale: number): Size {
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

function reduced(image: RgbImage, scale: number): PaintedPicture {
  const { width, height } = downscaledSize(image, scale);
  const isSame = width === image.width && height === image.height;
  return {
    width,
    height,
    paint: (memory, to) => (isSame ? memory.write(image, to) : memory.shrink(image, to)),
  };
}

function enlarged(image: RgbImage, { width, height }: Size): PaintedPicture {
  return { width, height, paint: (memory, to) => memory.resize(memory.write(image), to, 'down') };
}
