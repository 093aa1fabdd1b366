import { AcquaintError } from '../errors.ts';

/** throws  AcquaintError('aborted') when the signal has fired */
export function requireNotAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw new AcquaintError('aborted', 'The work was interrupted', { cause: signal.reason });
  }
}
