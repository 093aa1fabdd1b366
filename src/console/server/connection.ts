import { create } from 'zustand';

interface Connection {
  readonly isLost: boolean;
}

const useConnection = create<Connection>(() => ({ isLost: false }));

/** Whether the server answers: whoever asks it says how it went. */
export const connection = {
  reached: () => {
    if (useConnection.getState().isLost) useConnection.setState({ isLost: false });
  },
  lost: () => {
    if (!useConnection.getState().isLost) useConnection.setState({ isLost: true });
  },
  /** Resolves once the server answers again. */
  untilReached: (signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (!useConnection.getState().isLost) return resolve();
      const abort = () => {
        stop();
        reject(signal.reason);
      };
      const stop = useConnection.subscribe(({ isLost }) => {
        if (isLost) return;
        stop();
        signal.removeEventListener('abort', abort);
        resolve();
      });
      signal.addEventListener('abort', abort, { once: true });
    }),
};

export const useIsLost = () => useConnection(({ isLost }) => isLost);
