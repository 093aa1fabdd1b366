import type { LiveFaces } from '../../client/index.ts';

/** What a photo for enrolling needs, in the order in which to mend it. */
export const CHECKS = ['one', 'large', 'frontal', 'lit', 'sharp', 'free'] as const;
export type Check = (typeof CHECKS)[number];

/** Of the box's shorter side, in a frame 640 pixels wide. */
const MIN_SIZE_PX = 90;
/** Degrees; stricter than recognising needs: docs/quality.md. */
const MOST_YAW = 25;
const MOST_ROLL = 20;

export function checksOf({ faces }: LiveFaces): Readonly<Record<Check, boolean>> {
  const [face] = faces;
  if (faces.length !== 1 || !face) {
    return { one: false, large: false, frontal: false, lit: false, sharp: false, free: false };
  }
  const { quality, reasons } = face;
  const has = (...wanted: readonly string[]) => reasons.some((reason) => wanted.includes(reason));
  return {
    one: true,
    large: quality.sizePx >= MIN_SIZE_PX && !has('small', 'cut'),
    frontal:
      Math.abs(quality.yaw ?? 0) <= MOST_YAW &&
      Math.abs(quality.roll ?? 0) <= MOST_ROLL &&
      !has('turned', 'tilted'),
    lit: !has('dark', 'burnt', 'flat'),
    sharp: !has('blurred'),
    free: !has('eyes_hidden', 'mouth_hidden'),
  };
}

export function isGood(checks: Readonly<Record<Check, boolean>>): boolean {
  return CHECKS.every((check) => checks[check]);
}
