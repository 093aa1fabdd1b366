import { recipeOf } from '../recognizer/recipes.ts';
import type { Recognizer } from '../recognizer/recognizer-api.ts';
import { isMeasured, type Thresholds, thresholdsOf } from '../recognizer/thresholds.ts';

/**
 * calibrated: by the gallery's calibration; measured: before, on other pictures; these-pictures: the recipe was never
 * measured, so its rates are no forecast.
 */
export type ThresholdOrigin = 'calibrated' | 'measured' | 'these-pictures';

/** The thresholds that hold for a recognizer, and where they come from. */
export async function thresholdsInForce(
  recognizer: Recognizer,
): Promise<{ readonly thresholds: Thresholds; readonly thresholdFrom: ThresholdOrigin }> {
  const recipe = recipeOf(recognizer.recipe);
  const calibration = await recognizer.calibration();
  const thresholds = thresholdsOf(recipe, calibration?.applies ? calibration : null);
  if (thresholds.calibrated) return { thresholds, thresholdFrom: 'calibrated' };
  return { thresholds, thresholdFrom: isMeasured(recipe) ? 'measured' : 'these-pictures' };
}
