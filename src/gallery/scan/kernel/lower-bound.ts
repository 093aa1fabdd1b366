import { exactTermsOf, NEXT, paddedLength, termsOf } from './layout';

/** Times this a sum of 65536 squares and its root, computed in float64, are at least the true ones: 65544 * 2^-53 < 1.5e-11. */
export const UP: f64 = 1 + 1.5e-11;

/**
 * When a row need not be looked at: its distance from the query is surely beyond the limit.
 *
 * A row x and a query y are x = s q + r and y = t p + v, with integer codes q, p, scales s, t and what is left, r, v, of
 * at most the lengths e, f (quantize.ts). By the triangle inequality |x - y| >= |s q - t p| - e - f. So |x - y| <= limit
 * only if |s q - t p|^2 <= (c + e)^2 with c = limit + f, that is, only if
 *
 *   2 s t (q.p)  >=  (s^2 |q|^2 - e^2) + (t^2 |p|^2 - c^2) - 2 c e                                              (1)
 *
 * The kernel tests (1) in float32, from what is kept of the row (scale s, base b, error e) and of the query (factor 2 t,
 * base h, slope g):
 *
 *   ((q.p) s) (2 t)  >=  (b + h) - e g                                                                         (2)
 *
 * Whenever (1) holds, (2) must hold as computed. Let u = 2^-24 and M = s^2 |q|^2 + t^2 |p|^2 + c^2 + e^2.
 * - Left: q.p is exact in int32, then there are three roundings of u each and at most one underflow of 2^-150. As
 *   |2 s t (q.p)| <= s^2 |q|^2 + t^2 |p|^2 <= M, the left side loses at most 3.1 u M + 2^-150.
 * - Right: |b| + |h| <= 1.01 M and e g <= 1.01 M (as 2 c e <= c^2 + e^2); a sum, a product and a difference gain at most
 *   4.1 u M + 2^-149.
 * So b and h are taken lower than in (1) by SLACK = 2^-19 = 32 u of each of their parts, together 32 u M, and h by
 * another 2^-140: more than all of that. float64 makes them, with errors below 2^-35 M, then they are rounded down to
 * float32 and g up. Overflow: numbers are at most 2^40 (quantize.ts), so the left side stays below 2^100; on the right
 * only -c^2 and g can overflow, to -Infinity and Infinity, and the right side is then -Infinity or none (0 * Infinity).
 * A row is skipped only where the right side is the greater one: not then.
 *
 * The limit is a distance as core/distance.ts computes it, in float64 and with rounding. A row whose computed distance is
 * at most the limit has a true one of at most limit * UP.
 */
const SLACK: f64 = 2e-6; // > 2^-19
const TINY: f64 = 1e-42; // > 2^-140

/** A row's part of (1), lowered by its part of the slack. */
export function rowBase(square: f64, error: f32): f32 {
  const errorSquare = <f64>error * <f64>error;
  return -towardsInfinity(errorSquare * (1 + SLACK) - square * (1 - SLACK));
}

/** error Infinity: nothing is skipped */
export function keepQueryTerms(query: u32, scale: f32, square: f64, error: f64): void {
  store<f32>(termsOf(query), 2 * scale);
  store<f64>(exactTermsOf(query), square);
  store<f64>(exactTermsOf(query) + 32, error);
}

/** From now on rows beyond that distance may be skipped. */
export function setLimit(query: u32, limit: f64): void {
  const square = load<f64>(exactTermsOf(query));
  const c = limit * UP + load<f64>(exactTermsOf(query) + 32);
  const terms = termsOf(query);
  store<f32>(terms + NEXT, -towardsInfinity(c * c * (1 + SLACK) - square * (1 - SLACK) + TINY));
  store<f32>(terms + 2 * NEXT, towardsInfinity(2 * c));
  store<f32>(terms + 3 * NEXT, ceiling(limit));
}

/** Which of four pairs of a row and a query are surely beyond the limit, by (2). `dots`: int32. */
export function areBeyond(
  dots: v128,
  scale: v128,
  base: v128,
  error: v128,
  factor: v128,
  queryBase: v128,
  slope: v128,
): v128 {
  const left = f32x4.mul(f32x4.mul(f32x4.convert_i32x4_s(dots), scale), factor);
  return f32x4.lt(left, f32x4.sub(f32x4.add(base, queryBase), f32x4.mul(error, slope)));
}

/**
 * The sum of squares that float32-scan.ts computes is greater than this only if the distance is beyond the limit. It adds
 * up squares in sixteen lanes and then the lanes: at most paddedLength / 16 + 6 roundings of 2^-24, doubled here, which
 * covers their products and float64's own; and an underflow of 2^-150 in each square. Overflow hides nothing: a sum that
 * overflows is greater than every ceiling that is finite.
 */
function ceiling(limit: f64): f32 {
  const roundings: f64 = <f64>(paddedLength / 16 + 6);
  const slack = 1 + roundings * 1.2e-7; // > 2^-23
  const underflow = <f64>paddedLength * 1.5e-45; // > 2^-149
  return towardsInfinity(limit * limit * UP * UP * slack + underflow);
}

/** The least float32 that is not smaller. */
export function towardsInfinity(value: f64): f32 {
  const near = <f32>value;
  if (<f64>near >= value) return near;
  const bits = reinterpret<i32>(near);
  return reinterpret<f32>(near < 0 ? bits - 1 : bits + 1);
}
