import type { Recognizer } from '../index.ts';

/**
 * What is to be said about the thresholds of the gallery's own; null when they are as they should be, or there are none.
 * throws  AcquaintError('gallery_corrupt')
 */
export async function calibrationRemark(recognizer: Recognizer): Promise<string | null> {
  const calibration = await recognizer.calibration();
  if (calibration === null) return null;
  const { applies, outgrown, recipe, evidence } = calibration;
  if (!applies) {
    return `The gallery was calibrated for ${recipe}, not for ${recognizer.recipe}: the general thresholds hold. acquaint calibrate measures anew.`;
  }
  if (!outgrown) return null;
  return `The gallery has outgrown its calibration, which has seen ${evidence.people} people: acquaint calibrate measures anew.`;
}
