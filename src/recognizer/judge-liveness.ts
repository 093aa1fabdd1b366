import { extractChip } from '../core/chip.ts';
import type { Rect } from '../core/geometry.ts';
import type { RgbImage } from '../core/image.ts';
import { decideLiveness, type LivenessAnswer, livenessRegion } from '../core/liveness-decision.ts';
import type { LivenessRequest } from './analysis.ts';
import type { Models } from './models.ts';
import type { FaceLiveness } from './recognizer-api.ts';

/**
 * Whether the faces are live, in the order of their boxes. A face that the net cannot be shown well is no guess: unsure.
 * image  the picture as it was given, upright: what is done to pixels before detection would be taken for print
 * throws AcquaintError('model_missing' | 'model_corrupt' | 'inference_failed')
 */
export async function judgeLiveness(
  models: Models,
  image: RgbImage,
  boxes: readonly Rect[],
  { model, thresholds }: LivenessRequest,
): Promise<readonly FaceLiveness[]> {
  if (boxes.length === 0) return [];
  const net = await models.liveness(model);
  const regions = boxes.map((box) => livenessRegion(box, image, net.view));
  const crops = regions.flatMap((region) =>
    typeof region === 'string' ? [] : [extractChip(image, region, net.view.side)],
  );
  const scores = [...(await net.score(crops))];
  return regions.map((region) => {
    const answer: LivenessAnswer =
      typeof region === 'string'
        ? { decision: 'unsure', score: null, reason: region }
        : decideLiveness(scores.shift()!, thresholds);
    return { ...answer, thresholds, model };
  });
}
