import type { PreprocessOptions } from '../core/preprocess.ts';
import { defaultConcurrency } from './analysis-pool.ts';
import type { DetectorName, RecognizerOptions } from './recognizer-api.ts';
import { DEFAULT_MARGIN } from './thresholds.ts';

/** The smallest face looked for by default, in pixels: docs/detectors.md has the figures. */
export const DEFAULT_MIN_FACE_PX = 40;
/** In larger pictures a face must also take up this share of the longer side: it bounds time and memory. */
const MIN_FACE_SHARE = 1 / 48;

/** The smallest face looked for in a picture of this size when nothing is said: 40 pixels up to 1920, then 1/48. */
export function defaultMinFacePx(width: number, height: number): number {
  return Math.max(DEFAULT_MIN_FACE_PX, Math.max(width, height) * MIN_FACE_SHARE);
}

const DEFAULT_MAX_FACES = 1000;
const DEFAULT_MAX_PIXELS = 100_000_000;

/** RecognizerOptions with every default filled in and every value checked. */
export interface Settings {
  readonly gallery: string;
  readonly createGallery: boolean;
  readonly detector: DetectorName;
  /** undefined: `defaultMinFacePx` of each picture. */
  readonly minFacePx: number | undefined;
  readonly scoreThreshold: number;
  readonly maxFaces: number;
  readonly mirror: boolean;
  readonly distanceThreshold: number | undefined;
  readonly margin: number;
  readonly preprocess: PreprocessOptions;
  readonly keepCrops: boolean;
  readonly concurrency: number;
  readonly maxPixels: number;
}

/** throws  TypeError or RangeError that names the option, what was expected and what came */
export function settingsFrom(options: RecognizerOptions): Settings {
  const { detector = 'mmod', distanceThreshold, preprocess = {} } = options;
  if (detector !== 'mmod' && detector !== 'hog') {
    throw new TypeError(`Expected 'mmod' or 'hog' for detector but received ${String(detector)}`);
  }
  if (distanceThreshold !== undefined) atLeast('distanceThreshold', distanceThreshold, 0);
  requirePreprocess(preprocess);
  return {
    gallery: options.gallery ?? ':memory:',
    createGallery: options.createGallery ?? true,
    detector,
    minFacePx: options.minFacePx === undefined ? undefined : atLeast('minFacePx', options.minFacePx, 1),
    scoreThreshold: atLeast('scoreThreshold', options.scoreThreshold ?? 0, Number.NEGATIVE_INFINITY),
    maxFaces: wholeAtLeastOne('maxFaces', options.maxFaces ?? DEFAULT_MAX_FACES),
    mirror: options.mirror ?? false,
    distanceThreshold,
    margin: atLeast('margin', options.margin ?? DEFAULT_MARGIN, 0),
    preprocess,
    keepCrops: options.keepCrops ?? true,
    concurrency: wholeAtLeastOne('concurrency', options.concurrency ?? defaultConcurrency()),
    maxPixels: wholeAtLeastOne('maxPixels', options.maxPixels ?? DEFAULT_MAX_PIXELS),
  };
}

function requirePreprocess({ gamma, autoGamma, downscale }: PreprocessOptions): void {
  if (gamma !== undefined && !(gamma > 0 && Number.isFinite(gamma))) {
    throw new RangeError(`Expected a number above 0 for preprocess.gamma but received ${gamma}`);
  }
  if (downscale !== undefined && !(downscale > 0 && downscale <= 1)) {
    throw new RangeError(
      `Expected a number above 0 and up to 1 for preprocess.downscale but received ${downscale}`,
    );
  }
  if (gamma !== undefined && autoGamma) {
    throw new TypeError('Expected either preprocess.gamma or preprocess.autoGamma but received both');
  }
}

function atLeast(name: string, value: number, minimum: number): number {
  if (typeof value !== 'number' || Number.isNaN(value) || value < minimum) {
    throw new RangeError(
      `Expected a number of at least ${minimum} for ${name} but received ${String(value)}`,
    );
  }
  return value;
}

function wholeAtLeastOne(name: string, value: number): number {
  if (!Number.isInteger(value) || value < 1) {
    throw new RangeError(`Expected a whole number of at least 1 for ${name} but received ${String(value)}`);
  }
  return value;
}
