type Matrix = readonly (readonly number[])[];

/**
 * How to filter with few multiplications: `outputs` values y[i] = sum over k of filter[k] signal[i + k] cost as many
 * multiplications as there are points, where plain filtering takes outputs x taps. With products by component
 *   y = output ((kernel filter) * (input signal)),
 * where signal has outputs + taps - 1 values (Cook and Toom; Winograd: Arithmetic Complexity of Computations, 1980;
 * Lavin and Gray: Fast Algorithms for Convolutional Neural Networks, CVPR 2016).
 */
export interface CookToom {
  /** Points x signal. */
  readonly input: Matrix;
  /** Points x taps. */
  readonly kernel: Matrix;
  /** Outputs x points. */
  readonly output: Matrix;
}

/**
 * points  where the polynomials are evaluated, one of them at infinity besides: all different, outputs + taps - 2 of them.
 *         The nearer they and their inverses lie to 1, the smaller the rounding errors.
 * throws  RangeError for another number of points or two that are equal
 */
export function cookToom(outputs: number, taps: number, points: readonly number[]): CookToom {
  if (points.length !== outputs + taps - 2 || new Set(points).size !== points.length) {
    throw new RangeError(`Expected ${outputs + taps - 2} different points but received ${points}`);
  }
  const others = points.map((point) => points.filter((other) => other !== point));
  // Lagrange's basis polynomials: their numerators go to the signal, their denominators to the filter.
  const input = [...others.map((roots) => [...polynomialOf(roots), 0]), polynomialOf(points)];
  const kernel = points.map((point, i) => {
    const denominator = others[i]!.reduce((product, other) => product * (point - other), 1);
    return powers(point, taps).map((power) => power / denominator);
  });
  const evaluated = points.map((point) => powers(point, outputs));
  const output = Array.from({ length: outputs }, (_, i) => [
    ...evaluated.map((row) => row[i]!),
    i === outputs - 1 ? 1 : 0,
  ]);
  return { input, kernel: [...kernel, powers(0, taps).reverse()], output };
}

/** Coefficients of the product of (x - root), the constant one first. */
function polynomialOf(roots: readonly number[]): readonly number[] {
  return roots.reduce<readonly number[]>(
    (factor, root) =>
      Array.from({ length: factor.length + 1 }, (_, i) => (factor[i - 1] ?? 0) - root * (factor[i] ?? 0)),
    [1],
  );
}

/** 1, x, x^2, ... */
function powers(x: number, count: number): number[] {
  return Array.from({ length: count }, (_, exponent) => x ** exponent);
}
