import type { Point } from './geometry.ts';

/** x' = a x - b y + tx, y' = b x + a y + ty: turning, scaling and shifting, no mirroring. */
export interface Similarity {
  readonly a: number;
  readonly b: number;
  readonly tx: number;
  readonly ty: number;
}

export function applySimilarity(transform: Similarity, { x, y }: Point): Point {
  return {
    x: transform.a * x - transform.b * y + transform.tx,
    y: transform.b * x + transform.a * y + transform.ty,
  };
}

/** The scale of a similarity: how many target units a source unit becomes. */
export function similarityScale(transform: Similarity): number {
  return Math.hypot(transform.a, transform.b);
}

/** The angle of a similarity in radians, from the x axis towards the y axis (clockwise on the screen). */
export function similarityAngle(transform: Similarity): number {
  return Math.atan2(transform.b, transform.a);
}

/** requires  a transform whose scale is not 0. */
export function invertSimilarity({ a, b, tx, ty }: Similarity): Similarity {
  const square = a * a + b * b;
  const inverseA = a / square;
  const inverseB = -b / square;
  return {
    a: inverseA,
    b: inverseB,
    tx: -(inverseA * tx - inverseB * ty),
    ty: -(inverseB * tx + inverseA * ty),
  };
}

/**
 * The similarity that brings `from` nearest to `to` in the least-squares sense. In the plane, Umeyama's solution
 * (PAMI 13(4), 1991, eq. 34-43) without mirroring has this closed form: with points as complex numbers about their
 * means, a + ib = sum(conj(from) * to) / sum(|from|^2).
 * requires  equally many points in both, at least 2, not all the same
 * throws    RangeError otherwise
 */
export function estimateSimilarity(from: readonly Point[], to: readonly Point[]): Similarity {
  if (from.length !== to.length || from.length < 2) {
    throw new RangeError(
      `Expected two equally long lists of at least 2 points but received ${from.length} and ${to.length}`,
    );
  }
  const fromMean = meanPoint(from);
  const toMean = meanPoint(to);
  let real = 0;
  let imaginary = 0;
  let spread = 0;
  for (let i = 0; i < from.length; i++) {
    const fromX = from[i]!.x - fromMean.x;
    const fromY = from[i]!.y - fromMean.y;
    const toX = to[i]!.x - toMean.x;
    const toY = to[i]!.y - toMean.y;
    real += fromX * toX + fromY * toY;
    imaginary += fromX * toY - fromY * toX;
    spread += fromX * fromX + fromY * fromY;
  }
  if (spread === 0)
    throw new RangeError('Expected points that differ but received the same point throughout');
  const a = real / spread;
  const b = imaginary / spread;
  return {
    a,
    b,
    tx: toMean.x - (a * fromMean.x - b * fromMean.y),
    ty: toMean.y - (b * fromMean.x + a * fromMean.y),
  };
}

function meanPoint(points: readonly Point[]): Point {
  let x = 0;
  let y = 0;
  for (const point of points) {
    x += point.x;
    y += point.y;
  }
  return { x: x / points.length, y: y / points.length };
}
