/** Every reason for which the world, not the caller's code, makes an operation fail. The same words everywhere. */
export type ErrorCode =
  | 'no_face'
  | 'multiple_faces'
  | 'face_too_small'
  | 'low_quality'
  | 'already_enrolled'
  | 'not_an_image'
  | 'image_too_large'
  | 'unreadable'
  | 'unsupported_format'
  | 'not_a_video'
  | 'ffmpeg_missing'
  | 'gallery_missing'
  | 'gallery_unusable'
  | 'gallery_locked'
  | 'gallery_corrupt'
  | 'recipe_mismatch'
  | 'person_not_found'
  | 'face_not_found'
  | 'name_taken'
  | 'looks_like_another_person'
  | 'nothing_to_undo'
  | 'cannot_undo'
  | 'collection_not_found'
  | 'key_required'
  | 'wrong_key'
  | 'model_missing'
  | 'model_corrupt'
  | 'license_not_accepted'
  | 'not_for_commercial_use'
  | 'download_failed'
  | 'threshold_unknown'
  | 'not_calibrated'
  | 'pictures_missing'
  | 'bad_pairs'
  | 'too_few_people'
  | 'cache_unusable'
  | 'bad_import'
  | 'unsafe_pickle'
  | 'address_unusable'
  | 'server_data_unusable'
  | 'inference_failed'
  | 'output_failed'
  | 'aborted';

/**
 * The one error class for failures of the world: a file, a gallery, a model. A caller's mistake (wrong type,
 * wrong range) is a TypeError or RangeError instead, and "nobody found" is a value, never an error.
 */
export class AcquaintError extends Error {
  override readonly name = 'AcquaintError';
  readonly code: ErrorCode;
  /** Commands each of which mends it, the best first, for programs that show them apart; the message has them too. */
  readonly commands: readonly string[];

  constructor(
    code: ErrorCode,
    message: string,
    { commands = [], ...options }: { cause?: unknown; commands?: readonly string[] } = {},
  ) {
    super(message, options);
    this.code = code;
    this.commands = commands;
  }
}

/** The part of an AbortSignal that tells whether it has fired. */
interface Interruption {
  readonly aborted: boolean;
  readonly reason?: unknown;
}

/** throws  AcquaintError('aborted') once the signal has fired */
export function requireNotAborted(signal: Interruption | undefined): void {
  if (!signal?.aborted) return;
  throw new AcquaintError('aborted', 'The work was interrupted', { cause: signal.reason });
}
