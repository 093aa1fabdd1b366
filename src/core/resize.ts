import { createImage, type RgbImage } from './image.ts';

/** For each output position: the offsets of the two inputs it lies between, and the second one's share. */
interface SampleTable {
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly share: Float32Array;
}

/**
 * Bilinear resize with the corners of both pictures on each other: dlib's `resize_image` (interpolation.h), which
 * rounds 8-bit pixels down; 'nearest' keeps the mean brightness, as dlib's resize of floating-point pixels does. It does not smooth, so shrink by more than 2 with `downscale` of preprocess.ts.
 * The reference adds up 32-bit floats, so that it now and then rounds an exact value down by 1; this does not.
 * requires  width, height whole numbers >= 1
 */
export function resizeBilinear(
  image: RgbImage,
  width: number,
  height: number,
  rounding: 'down' | 'nearest' = 'down',
): RgbImage {
  if (width === image.width && height === image.height) return image;
  const resized = createImage(width, height);
  const columns = sampleTable(image.width, width, 3);
  const rows = sampleTable(image.height, height, image.width * 3);
  const { first, second, share } = columns;
  const source = image.data;
  const target = resized.data;
  const half = rounding === 'nearest' ? 0.5 : 0;
  let at = 0;
  for (let y = 0; y < height; y++) {
    const top = rows.first[y]!;
    const bottom = rows.second[y]!;
    const down = rows.share[y]!;
    const up = 1 - down;
    for (let x = 0; x < width; x++) {
      const left = first[x]!;
      const right = second[x]!;
      const across = share[x]!;
      const topLeft = up * (1 - across);
      const topRight = up * across;
      const bottomLeft = down * (1 - across);
      const bottomRight = down * across;
      for (let channel = 0; channel < 3; channel++) {
        target[at++] =
          topLeft * source[top + left + channel]! +
          topRight * source[top + right + channel]! +
          bottomLeft * source[bottom + left + channel]! +
          bottomRight * source[bottom + right + channel]! +
          half;
      }
    }
  }
  return resized;
}

/** Output positions spread evenly over the input's, first on first and last on last. */
function sampleTable(from: number, to: number, stride: number): SampleTable {
  const scale = (from - 1) / Math.max(to - 1, 1);
  const first = new Int32Array(to);
  const second = new Int32Array(to);
  const share = new Float32Array(to);
  for (let i = 0; i < to; i++) {
    const position = Math.min(i * scale, from - 1);
    const whole = Math.floor(position);
    first[i] = whole * stride;
    second[i] = Math.min(whole + 1, from - 1) * stride;
    share[i] = position - whole;
  }
  return { first, second, share };
}
