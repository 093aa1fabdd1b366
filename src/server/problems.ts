import type { Problem } from '../api/shapes.ts';
import type { AcquaintError, ErrorCode, PassRefusal } from '../index.ts';

/** What can be wrong with a request before the library is asked. */
export type RequestErrorCode =
  | 'bad_request'
  | 'unauthorized'
  | 'forbidden'
  | 'cross_site'
  | 'liveness_required'
  | `pass_${PassRefusal}`
  | 'name_changed'
  | 'not_found'
  | 'job_not_found'
  | 'key_not_found'
  | 'unsupported_media_type'
  | 'body_too_large'
  | 'too_many_pictures'
  | 'timeout'
  | 'too_many_requests'
  | 'busy'
  | 'stopping'
  | 'internal';

export type ProblemCode = ErrorCode | RequestErrorCode;

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Who are you?',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  408: 'Too slow',
  409: 'Conflict',
  413: 'Too large',
  415: 'Unsupported media type',
  422: 'The picture or file cannot be used',
  429: 'Too many requests',
  500: 'Internal error',
  503: 'Not now',
};

const STATUS_OF_REQUEST_ERROR: Readonly<Record<RequestErrorCode, number>> = {
  bad_request: 400,
  unauthorized: 401,
  forbidden: 403,
  cross_site: 403,
  liveness_required: 403,
  pass_malformed: 403,
  pass_forged: 403,
  pass_expired: 403,
  pass_other_challenge: 403,
  pass_other_picture: 403,
  pass_other_face: 403,
  pass_used: 403,
  name_changed: 409,
  not_found: 404,
  job_not_found: 404,
  key_not_found: 404,
  unsupported_media_type: 415,
  body_too_large: 413,
  too_many_pictures: 413,
  timeout: 408,
  too_many_requests: 429,
  busy: 503,
  stopping: 503,
  internal: 500,
};

/** Codes of the library by the status that tells a client what to do; the rest are the server's own trouble: 500. */
const CODES_OF_STATUS: Readonly<Record<number, readonly ErrorCode[]>> = {
  403: ['license_not_accepted', 'not_for_commercial_use'],
  404: ['person_not_found', 'face_not_found', 'collection_not_found'],
  409: ['already_enrolled', 'name_taken', 'nothing_to_undo', 'cannot_undo', 'recipe_mismatch'],
  413: ['image_too_large'],
  422: [
    'no_face',
    'multiple_faces',
    'face_too_small',
    'low_quality',
    'not_an_image',
    'unreadable',
    'unsupported_format',
    'looks_like_another_person',
    'threshold_unknown',
    'not_calibrated',
    'too_few_people',
    'bad_import',
    'unsafe_pickle',
  ],
  503: ['gallery_locked', 'model_missing', 'aborted'],
};

const STATUS_OF_CODE: ReadonlyMap<string, number> = new Map(
  Object.entries(CODES_OF_STATUS).flatMap(([status, codes]) =>
    codes.map((code) => [code, Number(status)] as const),
  ),
);

/** A request that is refused, with the answer it gets. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly code: RequestErrorCode;
  readonly status: number;
  /** When to come again. */
  readonly retryAfterSeconds: number | null;

  constructor(
    code: RequestErrorCode,
    message: string,
    { retryAfterSeconds }: { retryAfterSeconds?: number } = {},
  ) {
    super(message);
    this.code = code;
    this.status = STATUS_OF_REQUEST_ERROR[code];
    this.retryAfterSeconds = retryAfterSeconds ?? null;
  }
}

/** An answer to a request that failed. */
export interface Failure {
  readonly status: number;
  readonly code: ProblemCode;
  readonly detail: string;
  readonly retryAfterSeconds: number | null;
  /** What whoever runs the server can type to mend it. */
  readonly commands?: readonly string[];
}

/** What an error means to whoever sent the request. Nothing of an unexpected one is told. */
export function failureOf(error: unknown): Failure {
  if (error instanceof RequestError) {
    const { status, code, message, retryAfterSeconds } = error;
    return { status, code, detail: message, retryAfterSeconds };
  }
  if (isAcquaintError(error)) return failureOfLibrary(error);
  if (isRefusedValue(error)) return failure(400, 'bad_request', error.message);
  return failureOfFramework(error) ?? unexpected();
}

function failureOfLibrary({ code, message, commands }: AcquaintError): Failure {
  const status = STATUS_OF_CODE.get(code);
  if (status === undefined) return unexpected(code);
  // Hints for those who sit at the machine.
  return { status, code, detail: message, retryAfterSeconds: status === 503 ? 1 : null, commands };
}

/** Fastify's own errors, by their codes. */
function failureOfFramework(error: unknown): Failure | null {
  const {
    statusCode,
    code = '',
    message,
    validation,
  } = error as {
    statusCode?: number;
    code?: string;
    message?: string;
    validation?: unknown;
  };
  if (validation)
    return failure(400, 'bad_request', `Expected a request as the API describes it but ${message}`);
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return failure(
      415,
      'unsupported_media_type',
      'Expected a content type the API describes but received another',
    );
  }
  if (statusCode === 413) {
    return failure(413, 'body_too_large', 'Expected a smaller body; the limit is told by --max-upload');
  }
  if (statusCode === 408) return failure(408, 'timeout', 'Expected the whole request sooner');
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return failure(statusCode, 'bad_request', 'Expected a well-formed request but this one cannot be read');
  }
  return null;
}

function failure(status: number, code: ProblemCode, detail: string): Failure {
  return { status, code, detail, retryAfterSeconds: null };
}

function unexpected(code: ProblemCode = 'internal'): Failure {
  return failure(500, code, 'The server could not do it; its log has more under this request id');
}

export function titleOf(status: number): string {
  return TITLES[status] ?? 'Error';
}

/** The body that tells it: RFC 9457. */
export function problemBody({ status, code, detail, commands = [] }: Failure, requestId: string): Problem {
  const type = `urn:acquaint:problem:${code}`;
  const problem = { type, title: titleOf(status), status, detail, code, requestId };
  return commands.length === 0 ? problem : { ...problem, commands: [...commands] };
}

function isAcquaintError(error: unknown): error is AcquaintError {
  return error instanceof Error && error.name === 'AcquaintError' && 'code' in error;
}

/** A value from outside that the library refused: "Expected X for Y but received Z". */
function isRefusedValue(error: unknown): error is Error {
  return (error instanceof TypeError || error instanceof RangeError) && error.message.startsWith('Expected ');
}
