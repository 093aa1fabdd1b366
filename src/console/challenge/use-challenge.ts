import { type RefObject, useEffect, useState } from 'react';
import type { ChallengeDrawn, ChallengeGuidance, Identification } from '../../client/index.ts';
import { FramePump } from '../camera/frame-pump.ts';
import { useServer } from '../server/client.tsx';

export type ChallengeAction = ChallengeGuidance['action'];

export type ChallengeState =
  | { readonly status: 'off' | 'connecting' }
  | {
      readonly status: 'running';
      readonly challenge: ChallengeDrawn;
      readonly guidance: ChallengeGuidance | null;
    }
  /** `result`: who is in the picture that the pass is for. */
  | { readonly status: 'passed'; readonly result: Identification }
  | { readonly status: 'failed'; readonly reason: string }
  | { readonly status: 'broken'; readonly error: unknown };

/** Goes through a challenge while `isOn`, then asks who it was. */
export function useChallenge(isOn: boolean, video: RefObject<HTMLVideoElement | null>): ChallengeState {
  const { client } = useServer();
  const [state, setState] = useState<ChallengeState>({ status: 'off' });
  useEffect(() => {
    if (!isOn) return;
    const gone = new AbortController();
    /** No frame is wanted any more; who it was may still be asked. */
    const over = new AbortController();
    const tell = (next: ChallengeState) => {
      if (!gone.signal.aborted) setState(next);
    };
    tell({ status: 'connecting' });
    let isDecided = false;
    const connection = client.challenge({
      onChallenge: (challenge) => {
        tell({ status: 'running', challenge, guidance: null });
        void pump.run(() => video.current, over.signal);
      },
      onGuidance: (guidance) => {
        pump.answered(guidance.frame);
        if (!gone.signal.aborted)
          setState((last) => (last.status === 'running' ? { ...last, guidance } : last));
      },
      onProblem: ({ frame }) => pump.answered(frame),
      onPassed: async ({ pass, picture }) => {
        isDecided = true;
        over.abort();
        try {
          tell({ status: 'passed', result: await client.search(picture, { pass }) });
        } catch (error) {
          tell({ status: 'broken', error });
        }
      },
      onFailed: ({ reason }) => {
        isDecided = true;
        over.abort();
        tell({ status: 'failed', reason });
      },
      onClose: () => {
        over.abort();
        if (!isDecided) tell({ status: 'failed', reason: 'connection_lost' });
      },
    });
    const pump = new FramePump((frame) => connection.send(frame));
    connection.ready.catch((error) => tell({ status: 'broken', error }));
    return () => {
      gone.abort();
      over.abort();
      connection.close();
    };
  }, [isOn, client, video]);
  return state;
}
