/** How many pictures are decoded at once: each takes four bytes a pixel. */
const AT_ONCE = 2;
let running = 0;
const waiting: (() => void)[] = [];

/**
 * A picture upright, no larger than `longerSide` where given.
 * throws  DOMException when the browser cannot read it: HEIC and TIFF mostly
 */
export async function loadPicture(
  picture: Blob,
  longerSide = Number.POSITIVE_INFINITY,
): Promise<ImageBitmap> {
  if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  running++;
  try {
    const whole = await createImageBitmap(picture, { imageOrientation: 'from-image' });
    const scale = longerSide / Math.max(whole.width, whole.height);
    if (scale >= 1) return whole;
    const size = { resizeWidth: sized(whole.width, scale), resizeHeight: sized(whole.height, scale) };
    const small = await createImageBitmap(whole, { ...size, resizeQuality: 'medium' });
    whole.close();
    return small;
  } finally {
    running--;
    waiting.shift()?.();
  }
}

const sized = (pixels: number, scale: number) => Math.max(1, Math.round(pixels * scale));
