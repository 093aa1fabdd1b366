import { type ChipRegion, dlibChipLandmarks, extractChip, mirrored } from './chip.ts';
import type { Point } from './geometry.ts';
import type { RgbImage } from './image.ts';

/** The same face looked at a little differently. */
export interface ChipView {
  /** Shifts to the right and down, as shares of the chip's side. */
  readonly right: number;
  readonly down: number;
  /** Side of what is seen, as a share of the chip's: above 1 the face becomes smaller. */
  readonly extent: number;
  /** Turn, degrees, clockwise. */
  readonly turn: number;
  readonly mirrored: boolean;
}

const view = (right: number, down: number, extent: number, turn: number): Omit<ChipView, 'mirrored'> => ({
  right,
  down,
  extent,
  turn,
});

/**
 * Small errors that an alignment may have made, of the size of dlib's own jitter (dnn_face_recognition_ex.cpp: 2 % of
 * shift, 3 degrees, 3 % of zoom). They nearly cancel each other out in sum; no random numbers, so that the same chip
 * always gives the same embedding.
 */
const JITTERS = [
  view(0.01, 0.01, 0.98, 3),
  view(-0.01, 0.01, 1.02, -3),
  view(0.01, -0.01, 1.02, 1.5),
  view(-0.01, -0.01, 0.98, -1.5),
  view(0.02, 0, 1, -2),
  view(-0.02, 0, 1, 2),
  view(0, 0.02, 0.97, 0),
  view(0, -0.02, 1.03, 0),
  view(0, 0, 0.95, 1),
  view(0, 0, 1.05, -1),
];

const AS_IT_IS: ChipView = { ...view(0, 0, 1, 0), mirrored: false };

/** Sets of views whose embeddings are averaged; bench/accuracy has what each is worth. */
export const CHIP_VIEWS = {
  single: [AS_IT_IS],
  mirror: [AS_IT_IS, { ...AS_IT_IS, mirrored: true }],
  /** Two views as they are and two mirrored. */
  four: JITTERS.slice(0, 4).map((jitter, i) => ({ ...jitter, mirrored: i % 2 === 1 })),
  /** Every jitter, as it is and mirrored. */
  twenty: JITTERS.flatMap((jitter) => [
    { ...jitter, mirrored: false },
    { ...jitter, mirrored: true },
  ]),
} as const satisfies Record<string, readonly ChipView[]>;

export type ChipViews = keyof typeof CHIP_VIEWS;

/** The views of the face in `region` of a picture, size x size pixels each. */
export function extractViews(
  image: RgbImage,
  region: ChipRegion,
  size: number,
  views: ChipViews,
): readonly RgbImage[] {
  return CHIP_VIEWS[views].map((view) => {
    const chip = extractChip(image, viewRegion(region, view), size);
    return view.mirrored ? mirrored(chip) : chip;
  });
}

/** How a net wants its chips. */
export interface ChipShape {
  readonly chipSize: number;
  /** landmarks: dlib's five points. */
  chipRegion(landmarks: readonly Point[]): ChipRegion;
}

/**
 * The views of a face whose picture is gone, for a net with chips of its own shape. What lies outside dlib's chip is
 * black: a little less exact.
 * requires  chip: an aligned chip as `dlibChipRegion` has it
 */
export function viewsOfDlibChip(chip: RgbImage, shape: ChipShape, views: ChipViews): readonly RgbImage[] {
  const region = shape.chipRegion(dlibChipLandmarks(chip.width));
  // Sampling anew would leave the last row and column black.
  const isWhole = shape.chipSize === chip.width && Math.abs(region.side - chip.width) < 1e-6;
  return CHIP_VIEWS[views].map((view) => {
    const seen =
      isWhole && isAsItIs(view) ? chip : extractChip(chip, viewRegion(region, view), shape.chipSize);
    return view.mirrored ? mirrored(seen) : seen;
  });
}

function isAsItIs({ right, down, extent, turn }: ChipView): boolean {
  return right === 0 && down === 0 && extent === 1 && turn === 0;
}

function viewRegion(
  { centre, side, angle }: ChipRegion,
  { right, down, extent, turn }: ChipView,
): ChipRegion {
  const cos = Math.cos(angle) * side;
  const sin = Math.sin(angle) * side;
  return {
    centre: { x: centre.x + cos * right - sin * down, y: centre.y + sin * right + cos * down },
    side: side * extent,
    angle: angle + (turn * Math.PI) / 180,
  };
}
