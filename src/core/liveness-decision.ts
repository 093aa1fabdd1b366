import { requireFields } from './arguments.ts';
import type { ChipRegion } from './chip.ts';
import { clampRect, type Rect, rectArea, rectCentre, rectHeight, rectWidth } from './geometry.ts';

/** live: a face before the camera; spoof: a picture of a face; unsure: this picture does not tell. */
export type LivenessDecision = 'live' | 'spoof' | 'unsure';

/** Why it is so. docs/liveness.md explains each. */
export type LivenessReason =
  | 'looks_live'
  | 'looks_like_a_picture'
  | 'between_thresholds'
  | 'small'
  | 'cut'
  | 'too_close';

/** The reason in words for people. */
export const LIVENESS_REASON_TEXTS: Readonly<Record<LivenessReason, string>> = {
  looks_live: 'it looks like a face before the camera',
  looks_like_a_picture: 'it looks like a picture of a face',
  between_thresholds: 'it does not look clearly like either',
  small: 'the face is too small to tell',
  cut: 'the face is cut by the edge of the picture',
  too_close: 'the face fills the picture: too little around it is seen',
};

/** Scores from `liveFrom` on are live, those below `spoofBelow` are not; between them nobody can say. */
export interface LivenessThresholds {
  readonly spoofBelow: number;
  readonly liveFrom: number;
}

/** What follows from one score. */
export interface LivenessAnswer {
  readonly decision: LivenessDecision;
  /** 0 (a picture of a face) to 1 (a face); null when the net was not asked. */
  readonly score: number | null;
  readonly reason: LivenessReason;
}

/**
 * requires  score from 0 to 1
 * throws    RangeError unless 0 <= spoofBelow <= liveFrom <= 1
 */
export function decideLiveness(score: number, thresholds: LivenessThresholds): LivenessAnswer {
  const { spoofBelow, liveFrom } = requireThresholds(thresholds);
  if (score >= liveFrom) return { decision: 'live', score, reason: 'looks_live' };
  if (score < spoofBelow) return { decision: 'spoof', score, reason: 'looks_like_a_picture' };
  return { decision: 'unsure', score, reason: 'between_thresholds' };
}

/** throws  RangeError unless 0 <= spoofBelow <= liveFrom <= 1 */
export function requireThresholds(thresholds: LivenessThresholds): LivenessThresholds {
  requireFields('the thresholds', thresholds, { spoofBelow: 'number', liveFrom: 'number' });
  const { spoofBelow, liveFrom } = thresholds;
  if (spoofBelow >= 0 && spoofBelow <= liveFrom && liveFrom <= 1) return thresholds;
  throw new RangeError(
    `Expected 0 <= spoofBelow <= liveFrom <= 1 for liveness thresholds but received ${spoofBelow} and ${liveFrom}`,
  );
}

/** What a net wants to see. */
export interface LivenessView {
  /** Side of the square it takes, in pixels. */
  readonly side: number;
  /** Side of what it sees of the picture, in sides of the face's box. */
  readonly scale: number;
}

/** A share of the box beyond the edge of the picture that is no matter: detectors round. */
const MOST_OUTSIDE = 0.02;
/** The least that is seen about the face, as a share of what the net wants to see (docs/liveness.md). */
const LEAST_VIEW = 0.6;

/**
 * The square of the picture around a face that the net is shown, or why it cannot be shown the face. The square is
 * moved into the picture, and made as small as the picture is: so were those that the nets were trained on.
 * ensures  a region lies inside the picture
 */
export function livenessRegion(
  box: Rect,
  picture: { readonly width: number; readonly height: number },
  { side, scale }: LivenessView,
): ChipRegion | LivenessReason {
  const inside = rectArea(clampRect(box, picture.width, picture.height));
  if (inside < (1 - MOST_OUTSIDE) * rectArea(box)) return 'cut';
  const wanted = scale * Math.sqrt(rectWidth(box) * rectHeight(box));
  // What is enlarged has lost what tells paper from skin.
  if (wanted < side) return 'small';
  const seen = Math.min(wanted, picture.width, picture.height);
  if (seen < LEAST_VIEW * wanted) return 'too_close';
  const centre = rectCentre(box);
  return {
    centre: { x: within(centre.x, seen, picture.width), y: within(centre.y, seen, picture.height) },
    side: seen,
    angle: 0,
  };
}

/** The middle of a length, moved so that the length lies within 0 to `size`. */
function within(middle: number, length: number, size: number): number {
  const reach = (length - 1) / 2;
  return Math.min(Math.max(middle, reach), size - 1 - reach);
}
