import { type Kinds, requireOptions } from './arguments.ts';
import { createImage, type RgbImage, requireImage } from './image.ts';
import { withPixelMemorySync } from './pixel-memory.ts';

/** What is done to a picture before faces are looked for. Boxes always come back in the original's pixels. */
export interface PreprocessOptions {
  /** Brightens (above 1) or darkens (below 1) by a power curve: see `adjustGamma`. */
  readonly gamma?: number | undefined;
  /** Chooses gamma from the picture: see `autoGamma`. Not together with `gamma`. */
  readonly autoGamma?: boolean | undefined;
  /** Histogram equalisation of luma: see `equalizeLuma`. */
  readonly equalize?: boolean | undefined;
  /** Factor above 0 and up to 1 by which the picture is made smaller first. */
  readonly downscale?: number | undefined;
}

export const PREPROCESS_OPTIONS: Kinds<PreprocessOptions> = {
  gamma: 'number',
  autoGamma: 'boolean',
  equalize: 'boolean',
  downscale: 'number',
};

/**
 * out = 255 * (in / 255)^(1 / gamma), rounded, by a table of 256 values: gamma above 1 brightens.
 * throws  RangeError unless gamma > 0
 */
export function adjustGamma(image: RgbImage, gamma: number): RgbImage {
  requireImage(image);
  if (!(gamma > 0 && Number.isFinite(gamma))) {
    throw new RangeError(`Expected a number above 0 for gamma but received ${gamma}`);
  }
  if (gamma === 1) return image;
  const table = Uint8Array.from({ length: 256 }, (_, i) => Math.round(255 * (i / 255) ** (1 / gamma)));
  const adjusted = createImage(image.width, image.height);
  for (let i = 0; i < image.data.length; i++) adjusted.data[i] = table[image.data[i]!]!;
  return adjusted;
}

/** Luma that `autoGamma` steers the picture's mean to: middle grey. */
const TARGET_LUMA = 0.5;
/** Pictures whose mean luma lies between these need no correction. */
const WELL_EXPOSED = { from: 0.3, to: 0.7 };
/** Beyond this, noise is amplified more than faces are. */
const GAMMA_LIMIT = 3;

/**
 * The gamma that brings the picture's mean luma to middle grey: 1 for well exposed pictures, above 1 (to 3) for dark
 * ones, below 1 (to 1/3) for burnt ones. From mean^(1/gamma) = 0.5.
 */
export function autoGamma(image: RgbImage): number {
  requireImage(image);
  const mean = Math.min(0.999, Math.max(0.001, meanLuma(image) / 255));
  if (mean >= WELL_EXPOSED.from && mean <= WELL_EXPOSED.to) return 1;
  const gamma = Math.log(mean) / Math.log(TARGET_LUMA);
  return Math.min(GAMMA_LIMIT, Math.max(1 / GAMMA_LIMIT, gamma));
}

/** Mean luma, 0 to 255. */
export function meanLuma(image: RgbImage): number {
  const { data } = image;
  let sum = 0;
  for (let i = 0; i < data.length; i += 3) sum += luma(data[i]!, data[i + 1]!, data[i + 2]!);
  return sum / (data.length / 3);
}

/** ITU-R BT.601 luma with OpenCV's 14-bit integer weights (imgproc/color_yuv): 0 to 255. */
export function luma(red: number, green: number, blue: number): number {
  return (red * 4899 + green * 9617 + blue * 1868 + 8192) >> 14;
}

/**
 * Histogram equalisation of Y in YCrCb, colours kept, as OpenCV's cvtColor(COLOR_RGB2YCrCb), equalizeHist and back:
 * 14-bit integer weights both ways. A picture of one luma stays as it is.
 */
export function equalizeLuma(image: RgbImage): RgbImage {
  requireImage(image);
  const lumas = lumaPlane(image);
  const table = equalisationTable(lumas);
  const equalized = createImage(image.width, image.height);
  const { data } = image;
  for (let pixel = 0, i = 0; pixel < lumas.length; pixel++, i += 3) {
    const y = lumas[pixel]!;
    const cr = clampByte((((data[i]! - y) * 11682 + 8192) >> 14) + 128) - 128;
    const cb = clampByte((((data[i + 2]! - y) * 9241 + 8192) >> 14) + 128) - 128;
    const raised = table[y]!;
    equalized.data[i] = clampByte(raised + ((cr * 22987 + 8192) >> 14));
    equalized.data[i + 1] = clampByte(raised + ((cb * -5636 + cr * -11698 + 8192) >> 14));
    equalized.data[i + 2] = clampByte(raised + ((cb * 29049 + 8192) >> 14));
  }
  return equalized;
}

/** Luma of every pixel, row-major. */
export function lumaPlane(image: RgbImage): Uint8Array {
  const { data } = image;
  const plane = new Uint8Array(image.width * image.height);
  for (let pixel = 0, i = 0; pixel < plane.length; pixel++, i += 3) {
    plane[pixel] = luma(data[i]!, data[i + 1]!, data[i + 2]!);
  }
  return plane;
}

/** OpenCV's equalizeHist: the cumulative histogram after the darkest value, stretched to 0..255. */
function equalisationTable(lumas: Uint8Array): Uint8Array {
  const histogram = new Uint32Array(256);
  for (const value of lumas) histogram[value]!++;
  const darkest = histogram.findIndex((count) => count > 0);
  const table = Uint8Array.from({ length: 256 }, (_, i) => i);
  const rest = lumas.length - histogram[darkest]!;
  if (rest === 0) return table;
  let below = 0;
  for (let value = darkest + 1; value < 256; value++) {
    below += histogram[value]!;
    table[value] = roundHalfToEven((255 * below) / rest);
  }
  table[darkest] = 0;
  return table;
}

/** OpenCV rounds with the processor's default mode. */
function roundHalfToEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded;
}

function clampByte(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value;
}

/**
 * The picture smaller by `factor`, each new pixel the mean of the area it covers (as OpenCV's INTER_AREA).
 * requires  0 < factor <= 1. ensures  each side round(side * factor), at least 1
 * throws    RangeError for another factor
 */
export function downscale(image: RgbImage, factor: number): RgbImage {
  requireImage(image);
  const { width, height } = downscaledSize(image, factor);
  if (width === image.width && height === image.height) return image;
  return withPixelMemorySync((memory) => {
    const shrunk = memory.place(width, height);
    memory.shrink(image, shrunk);
    return memory.read(shrunk);
  });
}

/** throws  RangeError for a factor that is not above 0 and up to 1 */
export function downscaledSize(
  { width, height }: { readonly width: number; readonly height: number },
  factor: number,
) {
  if (!(factor > 0 && factor <= 1)) {
    throw new RangeError(`Expected a number above 0 and up to 1 for downscale but received ${factor}`);
  }
  return { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) };
}

/** The picture as the options ask for it, and its size relative to the original. Order: smaller, gamma, equalise. */
export function preprocess(image: RgbImage, options: PreprocessOptions): RgbImage {
  requireImage(image);
  requireOptions('preprocess', options, PREPROCESS_OPTIONS);
  if (options.gamma !== undefined && options.autoGamma) {
    throw new TypeError('Expected either gamma or autoGamma but received both');
  }
  let result = options.downscale === undefined ? image : downscale(image, options.downscale);
  if (options.gamma !== undefined) result = adjustGamma(result, options.gamma);
  if (options.autoGamma) result = adjustGamma(result, autoGamma(result));
  return options.equalize ? equalizeLuma(result) : result;
}
