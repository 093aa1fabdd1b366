import { ProblemError } from '../../client/index.ts';

/** What is asked fails, whatever it is, until somebody changes a rule or fetches a net. */
const LASTING: readonly string[] = ['liveness_required', 'model_missing', 'not_for_commercial_use'];

export function isLasting(error: unknown): boolean {
  return error instanceof ProblemError && LASTING.includes(error.code);
}

/** The session is over, or another tab has begun a new one. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof ProblemError && (error.status === 401 || error.code === 'cross_site');
}

/** What is offered is what the session may do: whoever may not has another one by now, or none. */
export function isOtherSession(error: unknown): boolean {
  return isSignedOut(error) || (error instanceof ProblemError && error.code === 'forbidden');
}

/** What was asked about is not there any more. */
export function isGone(error: unknown): boolean {
  return error instanceof ProblemError && error.status === 404;
}

/** fetch says so when the server does not answer. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof TypeError;
}

/** Whether trying again may help. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof ProblemError)) return true;
  if (isLasting(error)) return false;
  return error.status === 503 || error.status === 429;
}
