import type { PairDistance } from './pair-distance.ts';

const MOST_STEPS = 100;
/** Keeps the slope finite where one threshold parts both kinds; next to nothing for a hundred pairs. */
const RIDGE = 0.01;

/**
 * The distance at which a logistic regression on the pairs gives even odds that they are of one person. Nearly the
 * threshold with the fewest errors, but steadier: it hangs on all pairs near the border, not on the few beside the
 * best cut.
 * requires  distances of both kinds; pairs without a distance are passed over
 */
export function evenOddsDistance(pairs: readonly PairDistance[]): number {
  const usable = pairs.flatMap(({ distance, same }) => (distance === null ? [] : [{ distance, same }]));
  const mean = usable.reduce((sum, { distance }) => sum + distance, 0) / usable.length;
  const variance = usable.reduce((sum, { distance }) => sum + (distance - mean) ** 2, 0) / usable.length;
  const deviation = Math.sqrt(variance) || 1;
  const x = Float64Array.from(usable, ({ distance }) => (distance - mean) / deviation);
  const y = Float64Array.from(usable, ({ same }) => (same ? 1 : 0));
  let weights = { bias: 0, slope: 0 };
  let loss = lossOf(x, y, weights);
  for (let step = 0; step < MOST_STEPS; step++) {
    const change = newtonStep(x, y, weights);
    let share = 1;
    let next = weights;
    let nextLoss = Number.POSITIVE_INFINITY;
    // A whole step may go too far where most pairs are told right already.
    for (; share > 1e-6; share /= 2) {
      next = { bias: weights.bias + share * change.bias, slope: weights.slope + share * change.slope };
      nextLoss = lossOf(x, y, next);
      if (nextLoss <= loss) break;
    }
    const gain = loss - nextLoss;
    weights = next;
    loss = nextLoss;
    if (!(gain > 1e-10 * usable.length)) break;
  }
  return mean - (deviation * weights.bias) / weights.slope;
}

interface Weights {
  readonly bias: number;
  readonly slope: number;
}

function lossOf(x: Float64Array, y: Float64Array, { bias, slope }: Weights): number {
  let loss = (RIDGE / 2) * slope * slope;
  for (let i = 0; i < x.length; i++) {
    const logit = bias + slope * x[i]!;
    // log(1 + e^logit) without overflow.
    loss += Math.max(0, logit) + Math.log1p(Math.exp(-Math.abs(logit))) - y[i]! * logit;
  }
  return loss;
}

function newtonStep(x: Float64Array, y: Float64Array, { bias, slope }: Weights): Weights {
  let biasGradient = 0;
  let slopeGradient = RIDGE * slope;
  let biasCurvature = 1e-9;
  let mixedCurvature = 0;
  let slopeCurvature = RIDGE;
  for (let i = 0; i < x.length; i++) {
    const probability = 1 / (1 + Math.exp(-(bias + slope * x[i]!)));
    const error = probability - y[i]!;
    const curvature = probability * (1 - probability);
    biasGradient += error;
    slopeGradient += error * x[i]!;
    biasCurvature += curvature;
    mixedCurvature += curvature * x[i]!;
    slopeCurvature += curvature * x[i]! * x[i]!;
  }
  const determinant = biasCurvature * slopeCurvature - mixedCurvature ** 2;
  return {
    bias: -(slopeCurvature * biasGradient - mixedCurvature * slopeGradient) / determinant,
    slope: -(biasCurvature * slopeGradient - mixedCurvature * biasGradient) / determinant,
  };
}
