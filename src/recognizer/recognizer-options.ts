import { refused, requireKind, requireOptions } from '../core/arguments.ts';
import { type LivenessThresholds, requireThresholds } from '../core/liveness-decision.ts';
import type { PreprocessOptions } from '../core/preprocess.ts';
import { PREPROCESS_OPTIONS } from '../core/preprocess.ts';
import type { GalleryKey } from '../ports/gallery.ts';
import { defaultConcurrency, defaultThreadsPerPicture } from './analysis-pool.ts';
import { type LivenessModelName, requireLivenessModel } from './liveness-models.ts';
import { type Recipe, recipeOf, recipeOfEffort } from './recipes.ts';
import type { DetectorName, QualityFilter, RecognizerOptions } from './recognizer-api.ts';
import { DEFAULT_MARGIN, DEFAULT_VERIFY_RATE, requireRate } from './thresholds.ts';

/** The smallest face looked for by default, in pixels: docs/detectors.md has the figures. */
export const DEFAULT_MIN_FACE_PX = 40;
/** In larger pictures a face must also take up this share of the longer side: it bounds time and memory. */
const MIN_FACE_SHARE = 1 / 48;

/** The smallest face looked for in a picture of this size when nothing is said: 40 pixels up to 1920, then 1/48. */
export function defaultMinFacePx(width: number, height: number): number {
  requireKind('width', 'number', width);
  requireKind('height', 'number', height);
  return Math.max(DEFAULT_MIN_FACE_PX, Math.max(width, height) * MIN_FACE_SHARE);
}

const DETECTORS: readonly DetectorName[] = ['mmod', 'hog', 'yunet'];
const MIRROR_RECIPE = 'dlib-resnet-v1+mirror';
const DEFAULT_MAX_FACES = 1000;
const DEFAULT_MAX_PIXELS = 100_000_000;

/** RecognizerOptions with every default filled in and every value checked. */
export interface Settings {
  readonly gallery: string;
  readonly createGallery: boolean;
  readonly collection: string | undefined;
  readonly key: GalleryKey | undefined;
  readonly onGalleryProgress: RecognizerOptions['onGalleryProgress'];
  readonly detector: DetectorName;
  /** undefined: `defaultMinFacePx` of each picture. */
  readonly minFacePx: number | undefined;
  readonly scoreThreshold: number;
  readonly maxFaces: number;
  /** undefined: the gallery's own, DEFAULT_EFFORT's for a new one. */
  readonly recipe: Recipe | undefined;
  readonly distanceThreshold: number | undefined;
  readonly margin: number;
  readonly verifyRate: number;
  /** undefined: the collection's, else DEFAULT_IDENTIFY_RATE. */
  readonly identifyRate: number | undefined;
  readonly uniqueNames: boolean;
  readonly tryRotations: boolean;
  readonly qualityFilter: QualityFilter;
  readonly preprocess: PreprocessOptions;
  readonly keepCrops: boolean;
  readonly concurrency: number;
  readonly threadsPerPicture: number;
  readonly maxPixels: number;
  readonly modelsFolder: string | undefined;
  readonly commercial: boolean;
  readonly livenessModel: LivenessModelName | undefined;
  readonly livenessThresholds: LivenessThresholds | undefined;
}

/** throws  TypeError or RangeError that names the option, what was expected and what came */
export function settingsFrom(options: RecognizerOptions): Settings {
  const { detector = 'mmod', distanceThreshold, preprocess = {} } = options;
  if (!DETECTORS.includes(detector)) {
    throw new TypeError(`Expected 'mmod', 'hog' or 'yunet' for detector but received ${String(detector)}`);
  }
  if (distanceThreshold !== undefined) atLeast('distanceThreshold', distanceThreshold, 0);
  requirePreprocess(preprocess);
  if (options.gallery === '') throw refused('gallery', 'a path', '');
  return {
    gallery: options.gallery ?? ':memory:',
    createGallery: options.createGallery ?? true,
    collection: options.collection,
    // People in memory are gone with the process.
    key: options.gallery === undefined ? undefined : options.key,
    onGalleryProgress: options.onGalleryProgress,
    detector,
    minFacePx: options.minFacePx === undefined ? undefined : requireMinFacePx(options.minFacePx),
    scoreThreshold: atLeast('scoreThreshold', options.scoreThreshold ?? 0, Number.NEGATIVE_INFINITY),
    maxFaces: wholeAtLeastOne('maxFaces', options.maxFaces ?? DEFAULT_MAX_FACES),
    recipe: recipeFrom(options),
    distanceThreshold,
    margin: atLeast('margin', options.margin ?? DEFAULT_MARGIN, 0),
    verifyRate: requireRate('verifyRate', options.verifyRate ?? DEFAULT_VERIFY_RATE),
    identifyRate:
      options.identifyRate === undefined ? undefined : requireRate('identifyRate', options.identifyRate),
    uniqueNames: options.uniqueNames ?? true,
    tryRotations: options.tryRotations ?? false,
    qualityFilter: qualityFilterFrom(options.qualityFilter ?? 'low'),
    preprocess,
    keepCrops: options.keepCrops ?? true,
    concurrency: wholeAtLeastOne('concurrency', options.concurrency ?? defaultConcurrency()),
    threadsPerPicture: wholeAtLeastOne(
      'threadsPerPicture',
      options.threadsPerPicture ?? defaultThreadsPerPicture(),
    ),
    maxPixels: wholeAtLeastOne('maxPixels', options.maxPixels ?? DEFAULT_MAX_PIXELS),
    modelsFolder: options.modelsFolder,
    commercial: options.commercial ?? false,
    livenessModel: options.livenessModel && requireLivenessModel(options.livenessModel),
    livenessThresholds: options.livenessThresholds && requireThresholds(options.livenessThresholds),
  };
}

/** throws  RangeError below one pixel */
export function requireMinFacePx(value: number): number {
  return atLeast('minFacePx', value, 1);
}

/** Effort, mirror and recipe are three ways to say one thing. */
function recipeFrom({ effort, mirror, recipe }: RecognizerOptions): Recipe | undefined {
  const said = [
    effort !== undefined && recipeOfEffort(effort),
    mirror && recipeOf(MIRROR_RECIPE),
    recipe !== undefined && recipeOf(recipe),
  ].filter((each) => typeof each === 'object');
  if (said.length > 1) {
    throw new TypeError('Expected one of effort, mirror and recipe but received several');
  }
  return said[0];
}

const QUALITY_FILTERS: readonly QualityFilter[] = ['none', 'low', 'medium', 'high'];

function qualityFilterFrom(filter: QualityFilter): QualityFilter {
  if (QUALITY_FILTERS.includes(filter)) return filter;
  throw new TypeError(
    `Expected 'none', 'low', 'medium' or 'high' for qualityFilter but received ${String(filter)}`,
  );
}

function requirePreprocess(preprocess: PreprocessOptions): void {
  requireOptions('preprocess', preprocess, PREPROCESS_OPTIONS);
  const { gamma, autoGamma, downscale } = preprocess;
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
