/**
 * Half of an RGB picture after a 5x5 binomial blur; pyramid.ts of core says what comes out. Sums of columns are at most
 * 16 * 255 and those of rows at most 256 * 255: they fit into 16 bits.
 *
 * scratch: one row of the source, blurred downwards, as uint16
 */

export function halveBytes(width: u32): u32 {
  return width * 6 + 16;
}

export function halve(
  from: usize,
  stride: u32,
  width: u32,
  to: usize,
  toStride: u32,
  toWidth: u32,
  toHeight: u32,
  scratch: usize,
): void {
  for (let y: u32 = 0; y < toHeight; y++) {
    blurDown(from + <usize>(2 * y) * stride, stride, width * 3, scratch);
    let row = scratch;
    let target = to + <usize>y * toStride;
    for (let x: u32 = 0; x < toWidth; x++) {
      store<u8>(target, blurAcross(row));
      store<u8>(target, blurAcross(row + 2), 1);
      store<u8>(target, blurAcross(row + 4), 2);
      row += 12;
      target += 3;
    }
  }
}

/** 1 4 6 4 1 of five rows. */
function blurDown(from: usize, stride: u32, count: u32, to: usize): void {
  const four = i16x8.splat(4);
  const six = i16x8.splat(6);
  for (let i: u32 = 0; i < count; i += 8) {
    const at = from + i;
    const outer = i16x8.add(v128.load8x8_u(at), v128.load8x8_u(at + stride * 4));
    const inner = i16x8.add(v128.load8x8_u(at + stride), v128.load8x8_u(at + stride * 3));
    const middle = i16x8.mul(v128.load8x8_u(at + stride * 2), six);
    v128.store(to + i * 2, i16x8.add(i16x8.add(outer, middle), i16x8.mul(inner, four)));
  }
}

function blurAcross(at: usize): u32 {
  const outer = <u32>load<u16>(at) + load<u16>(at, 24);
  const inner = <u32>load<u16>(at, 6) + load<u16>(at, 18);
  return (outer + 4 * inner + 6 * <u32>load<u16>(at, 12)) >> 8;
}
