import { extractChip } from '../chip.ts';
import { type Rect, rectCentre, rectHeight, rectWidth, requireRect } from '../geometry.ts';
import { type RgbImage, requireImage } from '../image.ts';
import type { GreySquare } from './plane-fit.ts';

/** More pixels show more noise than depth. */
const SIDE = 48;

/** The face in its box, as `planeFit` compares faces: small and grey, whole numbers: plain data. */
export function greyFace(image: RgbImage, box: Rect): GreySquare {
  requireImage(image);
  requireRect('box', box);
  const side = Math.sqrt(rectWidth(box) * rectHeight(box));
  const { data } = extractChip(image, { centre: rectCentre(box), side, angle: 0 }, SIDE);
  const values = new Array<number>(SIDE * SIDE).fill(0);
  for (let i = 0; i < values.length; i++) {
    // Luma (ITU-R BT.601).
    values[i] = Math.round(0.299 * data[3 * i]! + 0.587 * data[3 * i + 1]! + 0.114 * data[3 * i + 2]!);
  }
  return { side: SIDE, values };
}
