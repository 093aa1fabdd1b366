import type { Kinds } from '../core/arguments.ts';
import type {
  DetectOptions,
  EmbedOptions,
  EnrollOptions,
  GroupFacesOptions,
  IdentifyFacesOptions,
  IdentifyOptions,
  PictureOptions,
  RecognizerOptions,
  StepOptions,
} from './recognizer-api.ts';

export const RECOGNIZER_OPTIONS: Kinds<RecognizerOptions> = {
  gallery: 'string',
  createGallery: 'boolean',
  collection: 'string',
  key: 'object',
  onGalleryProgress: 'function',
  detector: 'string',
  minFacePx: 'number',
  scoreThreshold: 'number',
  maxFaces: 'number',
  effort: 'string',
  recipe: 'string',
  mirror: 'boolean',
  distanceThreshold: 'number',
  margin: 'number',
  verifyRate: 'number',
  identifyRate: 'number',
  uniqueNames: 'boolean',
  tryRotations: 'boolean',
  qualityFilter: 'string',
  preprocess: 'object',
  keepCrops: 'boolean',
  concurrency: 'number',
  threadsPerPicture: 'number',
  maxPixels: 'number',
  modelsFolder: 'string',
  commercial: 'boolean',
  livenessModel: 'string',
  livenessThresholds: 'object',
};

export const STEP_OPTIONS: Kinds<StepOptions> = { signal: 'signal' };

export const PICTURE_OPTIONS: Kinds<PictureOptions> = { ...STEP_OPTIONS, minFacePx: 'number' };

export const DETECT_OPTIONS: Kinds<DetectOptions> = { ...PICTURE_OPTIONS, landmarks: 'number' };

export const EMBED_OPTIONS: Kinds<EmbedOptions> = { ...PICTURE_OPTIONS, faces: 'array' };

export const IDENTIFY_OPTIONS: Kinds<IdentifyOptions> = {
  ...PICTURE_OPTIONS,
  where: 'object',
  requireLive: 'boolean',
};

export const IDENTIFY_FACES_OPTIONS: Kinds<IdentifyFacesOptions> = { where: 'object', liveness: 'array' };

export const ENROLL_OPTIONS: Kinds<EnrollOptions> = {
  ...PICTURE_OPTIONS,
  largest: 'boolean',
  at: 'object',
  allowLookalikes: 'boolean',
  onProgress: 'function',
};

export const GROUP_FACES_OPTIONS: Kinds<GroupFacesOptions> = { threshold: 'number' };
