/**
 * Conventions, stated once and true in the whole package.
 *
 * Pixels     RGB, 8 bits a channel, row-major, three bytes a pixel: `data[(y * width + x) * 3 + channel]`.
 * Axes       x grows to the right, y grows downwards; the origin is the top left corner of the picture.
 * Points     a point with whole coordinates is the *centre* of that pixel (dlib's convention).
 * Boxes      `Rect` holds left, top (inclusive) and right, bottom (exclusive): width = right - left.
 *            dlib's own rectangles include the right and bottom edge; code that follows dlib converts at its border.
 * Left eye   the eye on the left side of the *picture*; where the person's own left is meant it says so.
 * Purity     no function changes its input; a function that has nothing to do may return its input.
 */
export interface RgbImage {
  /** `width * height * 3` bytes. May lie on a SharedArrayBuffer. */
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** The number of bytes an RGB picture of this size holds. */
export function rgbByteLength(width: number, height: number): number {
  return width * height * 3;
}

/** A black picture. throws RangeError unless both sides are whole numbers of at least 1. */
export function createImage(width: number, height: number): RgbImage {
  requireSize(width, height);
  return { data: new Uint8Array(rgbByteLength(width, height)), width, height };
}

/** throws RangeError unless both sides are whole numbers of at least 1 */
export function requireSize(width: number, height: number): void {
  requireSide('width', width);
  requireSide('height', height);
}

/** throws TypeError or RangeError unless `image` keeps the contract of `RgbImage`. */
export function requireImage(image: RgbImage): void {
  if (!(image?.data instanceof Uint8Array)) {
    throw new TypeError(`Expected a Uint8Array for image.data but received ${typeof image?.data}`);
  }
  requireSide('image.width', image.width);
  requireSide('image.height', image.height);
  const expected = rgbByteLength(image.width, image.height);
  if (image.data.length !== expected) {
    throw new RangeError(
      `Expected ${expected} bytes (${image.width} x ${image.height} x 3) for image.data but received ${image.data.length}`,
    );
  }
}

function requireSide(name: string, side: number): void {
  if (!Number.isInteger(side) || side < 1) {
    throw new RangeError(`Expected a whole number of at least 1 for ${name} but received ${side}`);
  }
}
