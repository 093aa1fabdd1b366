import type { ErrorCode } from '../index.ts';

/** What the process answers; the numbers are part of the interface. */
export const exitCodes = {
  /** Also when nobody was found. */
  done: 0,
  /** Some inputs failed, each named; the others are done. */
  someFailed: 1,
  wrongUsage: 2,
  /** The command could not run: gallery, model, its licence, unknown name. */
  cannotRun: 3,
  /** `verify`: not the same person. */
  notTheSame: 4,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The command line itself is wrong: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Reasons that concern one picture: it is named, and the others go on. */
const pictureCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'no_face',
  'multiple_faces',
  'face_too_small',
  'low_quality',
  'already_enrolled',
  'not_an_image',
  'image_too_large',
  'unreadable',
  'unsupported_format',
  'not_a_video',
  'inference_failed',
  'output_failed',
]);

/** The package's error, told by its name so that the package need not be loaded to ask. */
export function isAcquaintError(error: unknown): error is Error & { readonly code: ErrorCode } {
  return error instanceof Error && error.name === 'AcquaintError' && 'code' in error;
}

/** Whether `error` spoils one picture only, rather than the whole command. */
export function concernsOnePicture(error: unknown): error is Error & { readonly code: ErrorCode } {
  return isAcquaintError(error) && pictureCodes.has(error.code);
}

/** A value from outside that the library refused: "Expected X for Y but received Z". */
export function isRefusedValue(error: unknown): error is Error {
  return (error instanceof TypeError || error instanceof RangeError) && error.message.startsWith('Expected ');
}

/** The exit code of a command that ended with this error. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof UsageError || isRefusedValue(error)) return exitCodes.wrongUsage;
  if (isAcquaintError(error) && error.code === 'aborted') return exitCodes.interrupted;
  return concernsOnePicture(error) ? exitCodes.someFailed : exitCodes.cannotRun;
}
