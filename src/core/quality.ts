import { type Point, type Rect, rectHeight, rectWidth } from './geometry.ts';
import type { RgbImage } from './image.ts';
import { lumaPlane } from './preprocess.ts';

/** Facts about a face in its picture that tell how well it can be recognised. */
export interface FaceQuality {
  /** Shorter side of the box, pixels of the picture. */
  readonly sizePx: number;
  /** Variance of the Laplacian of the aligned chip's luma: low for blurred faces. */
  readonly sharpness: number;
  /** Mean luma of the aligned chip, 0 (black) to 255 (white). */
  readonly brightness: number;
  /** Standard deviation of the aligned chip's luma. */
  readonly contrast: number;
  /** How far the head is turned to the side, degrees: 0 looks into the camera, above 0 to the right of the picture. Rough. */
  readonly yaw: number;
  /** How far the head is tilted to a shoulder, degrees, clockwise on the screen. */
  readonly roll: number;
  /** Luma about the eyes as a share of that on the cheeks: low behind sunglasses. */
  readonly eyeLight: number;
  /** How far the colour about the mouth is from that of the cheeks (distance in the CbCr plane): high behind a mask. */
  readonly mouthTint: number;
  /** How much predictions of the landmarks differ, as a share of the box's width; null when one was made only. */
  readonly landmarkSpread: number | null;
  /** Mean distance of the views' embeddings by dlib's net from their mean; null when it made one view only, or none. */
  readonly viewSpread: number | null;
}

/** What is wrong with a face. */
export type QualityReason =
  | 'small'
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

/** What was measured on one face besides its chip. */
export interface FaceMeasurements {
  readonly box: Rect;
  /** dlib's five points. */
  readonly landmarks: readonly Point[];
  readonly landmarkSpread: number | null;
  readonly viewSpread: number | null;
}

/**
 * requires  chip: the face, aligned as dlib's net wants it, 150x150 pixels
 * throws    RangeError for another number of landmarks than five
 */
export function measureQuality(chip: RgbImage, face: FaceMeasurements): FaceQuality {
  const luma = lumaPlane(chip);
  const brightness = luma.reduce((sum, value) => sum + value, 0) / luma.length;
  const squares = luma.reduce((sum, value) => sum + (value - brightness) ** 2, 0);
  const cheeks = meanColor(chip, CHEEKS);
  const eyes = meanColor(chip, EYES);
  const mouth = meanColor(chip, MOUTH);
  return {
    sizePx: Math.min(rectWidth(face.box), rectHeight(face.box)),
    sharpness: laplacianVariance(luma, chip.width, chip.height),
    brightness,
    contrast: Math.sqrt(squares / luma.length),
    ...pose(face.landmarks),
    eyeLight: eyes.luma / Math.max(1, cheeks.luma),
    mouthTint: Math.hypot(mouth.cb - cheeks.cb, mouth.cr - cheeks.cr),
    landmarkSpread: face.landmarkSpread,
    viewSpread: face.viewSpread,
  };
}

/** The bound of each reason at each level: what is beyond it is wrong. */
interface Bound {
  readonly reason: QualityReason;
  readonly value: (quality: FaceQuality) => number;
  /** Whether low values are wrong, or high ones. */
  readonly wrong: 'below' | 'above';
  readonly bounds: Readonly<Record<QualityLevel, number>>;
}

/** docs/quality.md has the share of LFW's faces beyond each bound, and what refusing them is worth. */
const BOUNDS: readonly Bound[] = [
  bound('small', 'below', (quality) => quality.sizePx, 24, 40, 80),
  bound('blurred', 'below', (quality) => quality.sharpness, 4, 10, 25),
  bound('dark', 'below', (quality) => quality.brightness, 20, 35, 50),
  bound('burnt', 'above', (quality) => quality.brightness, 235, 220, 200),
  bound('flat', 'below', (quality) => quality.contrast, 8, 14, 22),
  bound('turned', 'above', (quality) => Math.abs(quality.yaw), 60, 45, 30),
  bound('tilted', 'above', (quality) => Math.abs(quality.roll), 60, 40, 25),
  bound('eyes_hidden', 'below', (quality) => quality.eyeLight, 0.25, 0.35, 0.45),
  bound('mouth_hidden', 'above', (quality) => quality.mouthTint, 40, 30, 25),
  bound('unclear_landmarks', 'above', (quality) => quality.landmarkSpread ?? 0, 0.2, 0.1, 0.05),
  bound('unsteady', 'above', (quality) => quality.viewSpread ?? 0, 0.2, 0.17, 0.15),
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

/** What keeps the face from being good enough at that level; empty when nothing does. */
export function qualityReasons(quality: FaceQuality, level: QualityLevel): readonly QualityReason[] {
  return BOUNDS.filter(({ value, wrong, bounds }) => {
    const measured = value(quality);
    return wrong === 'below' ? measured < bounds[level] : measured > bounds[level];
  }).map(({ reason }) => reason);
}

/**
 * One number for how well a face can be recognised, 0 (hardly) to 1; null for recipes of a single view, which measure
 * too little. From what predicts errors best on LFW (docs/quality.md): how much the embedding changes with small
 * changes of the chip, and how much the landmarks differ.
 */
export function qualityScore({ viewSpread, landmarkSpread }: FaceQuality): number | null {
  if (viewSpread === null || landmarkSpread === null) return null;
  const strain = viewSpread / 0.15 + Math.min(landmarkSpread, 0.1) / 0.2;
  return Math.max(0, Math.min(1, (2 - strain) / 1.5));
}

/** The reason in words for people. */
export const QUALITY_REASON_TEXTS: Readonly<Record<QualityReason, string>> = {
  small: 'the face is small',
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

/** Parts of a face in dlib's 150x150 chip, from the mean positions of the 68 points in it. */
const EYES: readonly Rect[] = [
  { left: 38, top: 51, right: 64, bottom: 65 },
  { left: 86, top: 51, right: 112, bottom: 65 },
];
const CHEEKS: readonly Rect[] = [
  { left: 40, top: 75, right: 60, bottom: 92 },
  { left: 90, top: 75, right: 110, bottom: 92 },
];
const MOUTH: readonly Rect[] = [{ left: 52, top: 98, right: 98, bottom: 124 }];

/** Mean colour as luma and the two colour differences of JPEG (ITU-T T.871). */
function meanColor(chip: RgbImage, parts: readonly Rect[]): { luma: number; cb: number; cr: number } {
  let red = 0;
  let green = 0;
  let blue = 0;
  let count = 0;
  for (const part of parts) {
    for (let y = part.top; y < Math.min(part.bottom, chip.height); y++) {
      for (let x = part.left; x < Math.min(part.right, chip.width); x++) {
        const at = (y * chip.width + x) * 3;
        red += chip.data[at]!;
        green += chip.data[at + 1]!;
        blue += chip.data[at + 2]!;
        count++;
      }
    }
  }
  const luma = (0.299 * red + 0.587 * green + 0.114 * blue) / Math.max(1, count);
  return {
    luma,
    cb: 0.564 * (blue / Math.max(1, count) - luma),
    cr: 0.713 * (red / Math.max(1, count) - luma),
  };
}

/** The usual measure of focus (Pech-Pacheco et al., ICPR 2000), with the 4-neighbour Laplacian. */
function laplacianVariance(luma: Uint8Array, width: number, height: number): number {
  let sum = 0;
  let squares = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      const response = luma[at - 1]! + luma[at + 1]! + luma[at - width]! + luma[at + width]! - 4 * luma[at]!;
      sum += response;
      squares += response * response;
    }
  }
  const count = (width - 2) * (height - 2);
  return squares / count - (sum / count) ** 2;
}
