import { ProblemError } from '../../client/index.ts';
import { connection } from './connection.ts';
import { isPassing, isSignedOut, isUnreachable } from './failures.ts';
import { askWhoIsHere } from './query-client.ts';

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
      if (isSignedOut(error)) askWhoIsHere();
      if (!isPassing(error)) throw error;
      if (error instanceof ProblemError) {
        await pause(1000 * (error.retryAfterSeconds ?? DEFAULT_WAIT_SECONDS), signal);
      } else if (isUnreachable(error)) {
        connection.lost();
        await connection.untilReached(signal);
      } else throw error;
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}
