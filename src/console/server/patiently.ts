import { ProblemError } from '../../client/index.ts';
import { connection } from './connection.ts';
import { isPassing, queryClient } from './query-client.ts';

const DEFAULT_WAIT_SECONDS = 1;

/** Asks until the server has time; while it does not answer at all, waits for it. throws  what stays, and aborts */
export async function patiently<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    signal.throwIfAborted();
    try {
      const answer = await ask();
      connection.reached();
      return answer;
    } catch (error) {
      signal.throwIfAborted();
      if (isSignedOut(error)) void queryClient.invalidateQueries({ queryKey: ['session'] });
      if (!isPassing(error)) throw error;
      if (error instanceof ProblemError) {
        await pause(1000 * (error.retryAfterSeconds ?? DEFAULT_WAIT_SECONDS), signal);
      } else if (error instanceof TypeError) {
        connection.lost();
        await connection.untilReached(signal);
      } else throw error;
    }
  }
}

/** The session is over, or another tab has begun a new one. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof ProblemError && (error.status === 401 || error.code === 'cross_site');
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
