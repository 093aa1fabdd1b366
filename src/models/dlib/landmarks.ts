import { createShapePredictor } from '../../core/shape-predictor.ts';
import type { LandmarkPredictor } from '../../ports/landmark-predictor.ts';
import { weightsEntry } from '../manifest.ts';
import { type ModelSource, readWeights } from '../weights.ts';
import { parseShapePredictor } from './shape-predictor-file.ts';

/**
 * dlib's regression trees for 5 or 68 points. The 68-point model was trained on iBUG 300-W, whose licence excludes
 * commercial use; its file is 99 MB.
 * throws  AcquaintError('model_missing' | 'model_corrupt')
 */
export async function createLandmarkPredictor(
  pointCount: 5 | 68,
  { weightsFolder }: ModelSource = {},
): Promise<LandmarkPredictor> {
  const id = pointCount === 5 ? 'dlib-landmarks-5' : 'dlib-landmarks-68';
  const model = parseShapePredictor(await readWeights(weightsEntry(id), weightsFolder), id);
  return { pointCount, ...createShapePredictor(model) };
}
