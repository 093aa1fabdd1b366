import type { PixelMemory, PlacedImage } from './pixel-memory.ts';

/**
 * Felzenszwalb's HOG features (Felzenszwalb, Girshick, McAllester, Ramanan: Object Detection with Discriminatively
 * Trained Part Based Models, PAMI 32(9), 2010), with the constants of dlib's image_transforms/fhog.h.
 */

/** Side of a cell in pixels. */
export const FHOG_CELL_PX = 8;
/** 18 contrast-sensitive orientations, 9 insensitive ones, 4 texture energies. */
export const FHOG_PLANES = 31;

export interface FhogFeatures {
  /** Planes of rows x columns, one after another. */
  readonly data: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/**
 * Features of every cell whose four neighbours exist, with a border of zero cells so that a filter of `padding`
 * cells can be centred anywhere. The arithmetic is in kernel/fhog.ts.
 * requires  padding >= 1, planes >= FHOG_PLANES: those after the features are zero
 * ensures   rows = round(height / 8) - 2 + padding - 1, columns likewise; 0 rows and columns for a picture too small
 */
export function extractFhog(
  memory: PixelMemory,
  image: PlacedImage,
  padding: number,
  planes = FHOG_PLANES,
): FhogFeatures {
  const cells = { rows: cellsAlong(image.height), columns: cellsAlong(image.width) };
  if (cells.rows < 3 || cells.columns < 3) return { data: new Float32Array(0), rows: 0, columns: 0 };
  const rows = cells.rows - 2 + padding - 1;
  const columns = cells.columns - 2 + padding - 1;
  const offset = Math.floor((padding - 1) / 2);
  return { data: memory.fhog(image, planes, cells, { rows, columns, offset }), rows, columns };
}

function cellsAlong(side: number): number {
  return Math.floor(side / FHOG_CELL_PX + 0.5);
}
