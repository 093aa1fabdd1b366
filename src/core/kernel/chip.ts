/**
 * A turned square of an RGB picture as size x size pixels, sampled bilinearly in 64-bit floats; chip.ts of core says where
 * its corner and edges come from. What has no four pixels about it is black.
 */
export function sampleSquare(
  from: usize,
  stride: u32,
  width: u32,
  height: u32,
  to: usize,
  size: u32,
  cornerX: f64,
  cornerY: f64,
  alongX: f64,
  alongY: f64,
  downX: f64,
  downY: f64,
): void {
  const steps = <f64>max<u32>(size - 1, 1);
  for (let row: u32 = 0; row < size; row++) {
    for (let column: u32 = 0; column < size; column++, to += 3) {
      const x = cornerX + (alongX * <f64>column + downX * <f64>row) / steps;
      const y = cornerY + (alongY * <f64>column + downY * <f64>row) / steps;
      const left = floor(x);
      const top = floor(y);
      if (left >= 0 && top >= 0 && left + 1 < <f64>width && top + 1 < <f64>height) {
        const upper = from + <usize>(<u32>top) * stride + <u32>left * 3;
        const lower = upper + stride;
        const across = x - left;
        const below = y - top;
        store<u8>(to, blended(upper, lower, across, below));
        store<u8>(to, blended(upper + 1, lower + 1, across, below), 1);
        store<u8>(to, blended(upper + 2, lower + 2, across, below), 2);
      } else {
        store<u16>(to, 0);
        store<u8>(to, 0, 2);
      }
    }
  }
}

function blended(upper: usize, lower: usize, across: f64, below: f64): u32 {
  const high = lerp(<f64>load<u8>(upper), <f64>load<u8>(upper, 3), across);
  const low = lerp(<f64>load<u8>(lower), <f64>load<u8>(lower, 3), across);
  return <u32>lerp(high, low, below);
}

function lerp(from: f64, to: f64, share: f64): f64 {
  return from + share * (to - from);
}
