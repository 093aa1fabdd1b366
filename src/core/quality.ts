import { requireKind, requireOneOf } from './arguments.ts';
import { chipCoverage, dlibChipRegion } from './chip.ts';
import { type Point, type Rect, rectArea } from './geometry.ts';
import type { RgbImage } from './image.ts';
import { lumaPlane } from './preprocess.ts';

/**
 * Facts about a face in its picture that tell how well it can be recognised. What is measured in the aligned chip is
 * measured from the brows to the chin, without hair and background, and without what lies outside the picture.
 */
export interface FaceQuality {
  /** Shorter side of the box, pixels of the picture as it was given, whatever was done to it first. */
  readonly sizePx: number;
  /** Share of the face that the chip does not show because it lies outside the picture, 0 to 1. */
  readonly outside: number;
  /** Variance of the Laplacian of luma: low for blurred faces, high for sharp and for noisy ones. */
  readonly sharpness: number;
  /** Mean luma, 0 (black) to 255 (white). */
  readonly brightness: number;
  /** Standard deviation of luma. */
  readonly contrast: number;
  /** How far the head is turned to the side, degrees: 0 looks into the camera, above 0 to the right of the picture. Rough. */
  readonly yaw: number;
  /** How far the head is tilted to a shoulder, degrees, clockwise on the screen. */
  readonly roll: number;
  /**
   * Upper quartile of luma about the eyes as a share of that on the cheeks: low behind dark glasses. null when too
   * little of either lies in the picture.
   */
  readonly eyeLight: number | null;
  /**
   * How strong the level lines of lips and nostrils are, as a share of the skin's luma: low behind a mask. null when
   * too little of the mouth or of the skin lies in the picture.
   */
  readonly mouthLines: number | null;
  /** How much predictions of the landmarks differ, as a share of the box's width; null when one was made only. */
  readonly landmarkSpread: number | null;
  /** Mean distance of the views' embeddings by dlib's net from their mean; null when it made one view only, or none. */
  readonly viewSpread: number | null;
}

/** What is wrong with a face. */
export type QualityReason =
  | 'small'
  | 'cut'
  | 'blurred'
  | 'dark'
  | 'burnt'
  | 'flat'
  | 'turned'
  | 'tilted'
  | 'eyes_hidden'
  | 'mouth_hidden'
  | 'unclear_landmarks'
  | 'unsteady';

/** How much is demanded of a face. */
export type QualityLevel = 'low' | 'medium' | 'high';

const LEVELS: readonly QualityLevel[] = ['low', 'medium', 'high'];

/** What was measured on one face besides its chip. */
export interface FaceMeasurements {
  readonly sizePx: number;
  /** dlib's five points. */
  readonly landmarks: readonly Point[];
  /** The size of the picture that the landmarks are in. */
  readonly picture: { readonly width: number; readonly height: number };
  readonly landmarkSpread: number | null;
  readonly viewSpread: number | null;
}

/**
 * requires  chip: the face, aligned by these landmarks as dlib's net wants it, 150x150 pixels
 * throws    RangeError for another number of landmarks than five
 */
export function measureQuality(chip: RgbImage, face: FaceMeasurements): FaceQuality {
  const plane: ChipPlane = {
    luma: lumaPlane(chip),
    shown: chipCoverage(face.picture, dlibChipRegion(face.landmarks), chip.width),
    width: chip.width,
  };
  const pixels = shownPixels(plane, [FACE]);
  const lumas = lumasAt(plane, pixels);
  const inner = pixels.filter((at) => isShownAround(plane, at, 1, 1));
  return {
    sizePx: face.sizePx,
    outside: 1 - pixels.length / area([FACE]),
    sharpness: variance(inner.map((at) => laplacian(plane.luma, at, plane.width))),
    brightness: mean(lumas),
    contrast: Math.sqrt(variance(lumas)),
    ...pose(face.landmarks),
    eyeLight: eyeLight(plane),
    mouthLines: mouthLines(plane),
    landmarkSpread: face.landmarkSpread,
    viewSpread: face.viewSpread,
  };
}

function eyeLight(plane: ChipPlane): number | null {
  const eyes = lumasOf(plane, EYES);
  const cheeks = lumasOf(plane, CHEEKS);
  if (eyes === null || cheeks === null) return null;
  return quantile(eyes, 0.75) / Math.max(LEAST_LUMA, quantile(cheeks, 0.5));
}

function mouthLines(plane: ChipPlane): number | null {
  const skins = [UNDER_EYES, LOWER_FACE].map((part) => lumasOf(plane, part)).filter((part) => part !== null);
  const lines = levelLines(plane, MOUTH);
  if (skins.length === 0 || lines === null) return null;
  return lines / Math.max(LEAST_LUMA, ...skins.map((skin) => quantile(skin, 0.5)));
}

/** The bound of each reason at each level: what is beyond it is wrong. */
interface Bound {
  readonly reason: QualityReason;
  /** null: not measured, so that nothing can be said of it. */
  readonly value: (quality: FaceQuality) => number | null;
  /** Whether low values are wrong, or high ones. */
  readonly wrong: 'below' | 'above';
  readonly bounds: Readonly<Record<QualityLevel, number>>;
}

/**
 * low: what nobody could recognise, or what is no bare face: under 1 % of LFW's faces each. medium: where errors
 * become more frequent, up to about 1 %. high: what a passport office would send back. dark and burnt lie beyond
 * LFW's faces of every colour of skin, so that they tell of the light and not of the person.
 * mouth_hidden at low is kept far below the other levels: pale lips in soft light are as smooth as some masks.
 * docs/quality.md has the share of LFW's faces beyond each bound, and what refusing them is worth.
 */
const BOUNDS: readonly Bound[] = [
  bound('small', 'below', (quality) => quality.sizePx, 24, 40, 80),
  bound('cut', 'above', (quality) => quality.outside, 0.25, 0.1, 0.02),
  bound('blurred', 'below', (quality) => quality.sharpness, 5, 10, 15),
  bound('dark', 'below', (quality) => quality.brightness, 20, 30, 40),
  bound('burnt', 'above', (quality) => quality.brightness, 230, 215, 205),
  bound('flat', 'below', (quality) => quality.contrast, 8, 12, 16),
  bound('turned', 'above', (quality) => Math.abs(quality.yaw), 55, 45, 30),
  bound('tilted', 'above', (quality) => Math.abs(quality.roll), 45, 30, 20),
  bound('eyes_hidden', 'below', (quality) => quality.eyeLight, 0.55, 0.7, 0.8),
  bound('mouth_hidden', 'below', (quality) => quality.mouthLines, 0.035, 0.06, 0.075),
  bound('unclear_landmarks', 'above', (quality) => quality.landmarkSpread, 0.2, 0.1, 0.05),
  bound('unsteady', 'above', (quality) => quality.viewSpread, 0.2, 0.175, 0.155),
];

function bound(
  reason: QualityReason,
  wrong: Bound['wrong'],
  value: Bound['value'],
  low: number,
  medium: number,
  high: number,
): Bound {
  return { reason, wrong, value, bounds: { low, medium, high } };
}

/** Where lines are weak all over the face, weak ones about the mouth say nothing of a mask. */
const WEAK_LINES: readonly QualityReason[] = ['blurred', 'flat', 'burnt'];

/** What keeps the face from being good enough at that level; empty when nothing does. */
export function qualityReasons(quality: FaceQuality, level: QualityLevel): readonly QualityReason[] {
  requireKind('quality', 'object', quality);
  requireOneOf('level', LEVELS, level);
  const reasons = BOUNDS.filter(({ value, wrong, bounds }) => {
    const measured = value(quality);
    if (measured === null) return false;
    return wrong === 'below' ? measured < bounds[level] : measured > bounds[level];
  }).map(({ reason }) => reason);
  if (!reasons.some((reason) => WEAK_LINES.includes(reason))) return reasons;
  return reasons.filter((reason) => reason !== 'mouth_hidden');
}

/**
 * One number for how well a face can be recognised, 0 (hardly) to 1; null for recipes without steady landmarks or of
 * a single view, which measure too little. From what predicts errors best on LFW (docs/quality.md): how much the embedding changes with small
 * changes of the chip, how much the landmarks differ, and how dark it is about the eyes. What they weigh was chosen
 * on half of LFW's people.
 */
export function qualityScore(quality: FaceQuality): number | null {
  requireKind('quality', 'object', quality);
  const { viewSpread, landmarkSpread, eyeLight } = quality;
  if (viewSpread === null || landmarkSpread === null) return null;
  const darkness = Math.max(0, 0.9 - (eyeLight ?? 0.9));
  const strain = viewSpread / 0.15 + Math.min(landmarkSpread, 0.1) / 0.2 + darkness / 0.8;
  return Math.max(0, Math.min(1, (2 - strain) / 1.5));
}

/** The reason in words for people. */
export const QUALITY_REASON_TEXTS: Readonly<Record<QualityReason, string>> = {
  small: 'the face is small',
  cut: 'the face is cut by the edge of the picture',
  blurred: 'the face is blurred',
  dark: 'the face is dark',
  burnt: 'the face is overexposed',
  flat: 'the face has little contrast',
  turned: 'the head is turned to the side',
  tilted: 'the head is tilted',
  eyes_hidden: 'the eyes seem to be hidden',
  mouth_hidden: 'the mouth seems to be hidden',
  unclear_landmarks: 'eyes and nose are not clearly to be seen',
  unsteady: 'small changes of the picture change the result',
};

/**
 * Depth of the base of the nose before the eyes, as a share of the distance between the eyes' centres (about 22 of
 * 63 mm in an adult's head): so far the nose moves sideways when the head turns.
 */
const NOSE_DEPTH = 0.35;

function pose(landmarks: readonly Point[]): { yaw: number; roll: number } {
  const [rightOuter, rightInner, leftOuter, leftInner, nose] = landmarks;
  if (landmarks.length !== 5 || !rightOuter || !rightInner || !leftOuter || !leftInner || !nose) {
    throw new RangeError(`Expected 5 landmarks for a pose but received ${landmarks.length}`);
  }
  const right = { x: (rightOuter.x + rightInner.x) / 2, y: (rightOuter.y + rightInner.y) / 2 };
  const left = { x: (leftOuter.x + leftInner.x) / 2, y: (leftOuter.y + leftInner.y) / 2 };
  const across = { x: right.x - left.x, y: right.y - left.y };
  const length = Math.max(1e-9, across.x ** 2 + across.y ** 2);
  const offset =
    ((nose.x - (left.x + right.x) / 2) * across.x + (nose.y - (left.y + right.y) / 2) * across.y) / length;
  const degrees = 180 / Math.PI;
  return {
    yaw: Math.atan(offset / NOSE_DEPTH) * degrees,
    roll: Math.atan2(across.y, across.x) * degrees,
  };
}

/** Parts of a face in dlib's 150x150 chip, from the mean positions of the 68 points of LFW's faces in it. */
const FACE: Rect = { left: 36, top: 30, right: 112, bottom: 130 };
/** With the skin below them, which is bright in a bare face even where the eyes lie in shadow. */
const EYES: readonly Rect[] = [
  { left: 36, top: 41, right: 62, bottom: 65 },
  { left: 86, top: 41, right: 112, bottom: 65 },
];
const CHEEKS: readonly Rect[] = [
  { left: 40, top: 72, right: 58, bottom: 92 },
  { left: 90, top: 72, right: 108, bottom: 92 },
];
/** Skin that a mask leaves free. */
const UNDER_EYES: readonly Rect[] = [{ left: 40, top: 57, right: 106, bottom: 68 }];
const LOWER_FACE: readonly Rect[] = [{ left: 52, top: 96, right: 94, bottom: 124 }];
const MOUTH: Rect = { left: 58, top: 92, right: 89, bottom: 122 };

/** In a darker part a ratio of lumas is noise. */
const LEAST_LUMA = 8;

/** The chip in shades of grey, and which of its pixels show the picture: a convex area. */
interface ChipPlane {
  readonly luma: Uint8Array;
  readonly shown: Uint8Array;
  readonly width: number;
}

/** Share of a part that must lie in the picture: one eye and one cheek are enough to be compared. */
const LEAST_SHOWN = 0.5;

/** The places in the plane of those of the parts' pixels that show the picture. */
function shownPixels({ shown, width }: ChipPlane, parts: readonly Rect[]): Int32Array {
  const pixels = new Int32Array(area(parts));
  let count = 0;
  for (const { left, top, right, bottom } of parts) {
    for (let y = top; y < bottom; y++) {
      for (let at = y * width + left; at < y * width + right; at++) if (shown[at] === 1) pixels[count++] = at;
    }
  }
  return pixels.subarray(0, count);
}

function lumasAt({ luma }: ChipPlane, pixels: Int32Array): Int32Array {
  return pixels.map((at) => luma[at]!);
}

/** Whether the picture is shown so many pixels to either side of a pixel, and above and below it. */
function isShownAround({ shown, width }: ChipPlane, at: number, across: number, down: number): boolean {
  const above = at - down * width;
  const below = at + down * width;
  // What is shown is convex: its corners tell.
  return (
    shown[above - across] === 1 &&
    shown[above + across] === 1 &&
    shown[below - across] === 1 &&
    shown[below + across] === 1
  );
}

/** null when too little of the parts lies in the picture. */
function lumasOf(plane: ChipPlane, parts: readonly Rect[]): Int32Array | null {
  const pixels = shownPixels(plane, parts);
  return pixels.length < LEAST_SHOWN * area(parts) ? null : lumasAt(plane, pixels);
}

function area(parts: readonly Rect[]): number {
  return parts.reduce((sum, part) => sum + rectArea(part), 0);
}

/** Of what `measure` gives for each of the values; 0 for no values. */
function mean(values: Int32Array, measure: (value: number) => number = (value) => value): number {
  let sum = 0;
  for (const value of values) sum += measure(value);
  return sum / Math.max(1, values.length);
}

function variance(values: Int32Array): number {
  const middle = mean(values);
  return mean(values, (value) => (value - middle) ** 2);
}

function quantile(values: Int32Array, share: number): number {
  return values.toSorted()[Math.floor(share * (values.length - 1))]!;
}

/**
 * With the 4 neighbours; its variance is the usual measure of focus (Pech-Pacheco et al., ICPR 2000).
 * requires  a pixel that is not on the border
 */
function laplacian(luma: Uint8Array, at: number, width: number): number {
  return luma[at - 1]! + luma[at + 1]! + luma[at - width]! + luma[at + width]! - 4 * luma[at]!;
}

/**
 * Mean size of the second difference downwards, over 3 pixels and between means of 3x3 pixels: what lips and
 * nostrils are, and the folds of cloth much less. null when too little of the part lies in the picture.
 * requires  a part at least 4 pixels from the border
 */
function levelLines(plane: ChipPlane, part: Rect): number | null {
  const { luma, width } = plane;
  const pixels = shownPixels(plane, [part]).filter((at) => isShownAround(plane, at, 1, 4));
  if (pixels.length < LEAST_SHOWN * rectArea(part)) return null;
  const blurred = (at: number): number => {
    let sum = 0;
    for (let row = at - width; row <= at + width; row += width) {
      sum += luma[row - 1]! + luma[row]! + luma[row + 1]!;
    }
    return sum / 9;
  };
  return mean(pixels, (at) => Math.abs(blurred(at - 3 * width) - 2 * blurred(at) + blurred(at + 3 * width)));
}
