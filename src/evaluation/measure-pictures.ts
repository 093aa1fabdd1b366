import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Kinds, requireArray, requireOneOf, requireOptions, requireString } from '../core/arguments.ts';
import { rectArea } from '../core/geometry.ts';
import { AcquaintError, type ErrorCode, requireNotAborted } from '../errors.ts';
import { defaultConcurrency } from '../recognizer/analysis-pool.ts';
import { mapInOrder } from '../recognizer/map-in-order.ts';
import { PROGRESS_OPTIONS } from '../recognizer/progress-options.ts';
import type { Recognizer } from '../recognizer/recognizer-api.ts';
import { requireRecognizer } from '../recognizer/require-arguments.ts';
import {
  type EmbeddingCache,
  type MeasuredFace,
  type MeasuredPicture,
  noEmbeddingCache,
} from './embedding-cache.ts';

/** Which face counts in a picture with several. LFW's rule is the one nearest the centre. */
export type FaceChoice = 'largest' | 'centre';
const FACE_CHOICES: readonly FaceChoice[] = ['largest', 'centre'];

/** A picture that gave no face to compare: none was found, or it could not be read. */
export interface UnusablePicture {
  readonly path: string;
  readonly code: ErrorCode;
  readonly message: string;
}

export interface MeasuredPictures {
  /** The chosen face of every picture that has one, by its path. */
  readonly faces: ReadonlyMap<string, MeasuredFace>;
  /** In the order of the pictures. */
  readonly unusable: readonly UnusablePicture[];
  /** Pictures that needed no net because the cache knew them. */
  readonly fromCache: number;
}

export interface MeasureOptions {
  readonly choose: FaceChoice;
  /** Where embeddings are kept between two runs (default: nowhere). */
  readonly cache?: EmbeddingCache | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

export const MEASURE_OPTIONS: Kinds<MeasureOptions> = {
  ...PROGRESS_OPTIONS,
  choose: 'string',
  cache: 'object',
};

/** Pictures being read or analysed at once: a little more than the recognizer's threads. */
const PICTURES_IN_WORK = defaultConcurrency() + 1;

/**
 * Finds and embeds the faces of many pictures; one that cannot be used does not stop the others.
 * throws  AcquaintError('aborted'), and what concerns more than one picture ('model_missing', …)
 */
export async function measurePictures(
  recognizer: Recognizer,
  paths: readonly string[],
  options: MeasureOptions,
): Promise<MeasuredPictures> {
  requireRecognizer(recognizer);
  requireArray('paths', paths, requireString);
  requireOptions('measurePictures', options, MEASURE_OPTIONS);
  const { choose, cache = noEmbeddingCache(), signal, onProgress } = options;
  requireOneOf('choose', FACE_CHOICES, choose);
  const distinct = [...new Set(paths)];
  const faces = new Map<string, MeasuredFace>();
  const unusable: UnusablePicture[] = [];
  let fromCache = 0;
  let done = 0;
  const work = (path: string) => measurePicture(recognizer, path, cache, signal);
  for await (const outcome of mapInOrder(distinct, PICTURES_IN_WORK, work)) {
    const path = distinct[done]!;
    if ('failure' in outcome) unusable.push(outcome.failure);
    else {
      const face = chosenFace(outcome.picture, choose);
      if (face) faces.set(path, face);
      else unusable.push({ path, code: 'no_face', message: 'No face was found' });
      if (outcome.cached) fromCache++;
    }
    done++;
    onProgress?.(done, distinct.length);
  }
  return { faces, unusable, fromCache };
}

/** For the end of a message about too little that could be measured: how many pictures are at fault, and one of them. */
export function firstUnusable(unusable: readonly UnusablePicture[]): string {
  const [first] = unusable;
  if (!first) return '';
  const count = unusable.length === 1 ? '1 picture' : `${unusable.length} pictures`;
  return `; ${count} could not be used, first ${first.path}: ${first.message}`;
}

type Outcome =
  | { readonly picture: MeasuredPicture; readonly cached: boolean }
  | { readonly failure: UnusablePicture };

/** Failures of one picture, as in every command; anything else ends the evaluation. */
const PICTURE_FAILURES: ReadonlySet<string> = new Set([
  'not_an_image',
  'image_too_large',
  'unreadable',
  'unsupported_format',
  'inference_failed',
]);

/** Whether the picture alone is at fault, so that the others can be measured. */
export function isPictureFailure(error: unknown): error is AcquaintError {
  return error instanceof AcquaintError && PICTURE_FAILURES.has(error.code);
}

async function measurePicture(
  recognizer: Recognizer,
  path: string,
  cache: EmbeddingCache,
  signal: AbortSignal | undefined,
): Promise<Outcome> {
  requireNotAborted(signal);
  try {
    const bytes = await readPicture(path);
    const contentHash = createHash('sha256').update(bytes).digest('hex');
    const known = cache.get(contentHash);
    if (known) return { picture: known, cached: true };
    // Without the signal: what was begun before Ctrl-C comes to its end anyway, and is kept.
    const { width, height, faces } = await recognizer.embed(bytes);
    const measured = faces.map(({ box, score, embedding, quality }) => ({ box, score, embedding, quality }));
    await cache.put(contentHash, { width, height, faces: measured });
    return { picture: { width, height, faces: measured }, cached: false };
  } catch (error) {
    if (!isPictureFailure(error)) throw error;
    return { failure: { path, code: error.code, message: error.message } };
  }
}

async function readPicture(path: string): Promise<Uint8Array> {
  return readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new AcquaintError('unreadable', `The picture cannot be read (${cause.code})`, { cause });
  });
}

function chosenFace({ width, height, faces }: MeasuredPicture, choose: FaceChoice): MeasuredFace | undefined {
  const offset = ({ box }: MeasuredFace): number =>
    Math.hypot((box.left + box.right - width) / 2, (box.top + box.bottom - height) / 2);
  const order =
    choose === 'largest'
      ? (a: MeasuredFace, b: MeasuredFace) => rectArea(b.box) - rectArea(a.box)
      : (a: MeasuredFace, b: MeasuredFace) => offset(a) - offset(b);
  return faces.toSorted(order)[0];
}
