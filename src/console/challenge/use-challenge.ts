import { type RefObject, useEffect, useState } from 'react';
import {
  type ChallengeDrawn,
  type ChallengeGuidance,
  type Identification,
  LIVE_CLOSE,
} from '../../client/index.ts';
import { FramePump } from '../camera/frame-pump.ts';
import { useServer } from '../server/client.tsx';
import { patiently } from '../server/patiently.ts';
import { askWhoIsHere } from '../server/query-client.ts';
import { forgetLiveness } from '../server/use-liveness.ts';

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
          const { signal } = gone;
          const result = await patiently(() => client.search(picture, { pass, signal }), signal);
          tell({ status: 'passed', result });
        } catch (error) {
          tell({ status: 'broken', error });
        }
      },
      onFailed: ({ reason }) => {
        isDecided = true;
        over.abort();
        tell({ status: 'failed', reason });
      },
      onClose: (code) => {
        over.abort();
        if (code === LIVE_CLOSE.unauthorized) askWhoIsHere();
        if (!isDecided) tell({ status: 'failed', reason: 'connection_lost' });
      },
    });
    const pump = new FramePump((frame) => connection.send(frame));
    connection.ready.catch(() => {
      isDecided = true;
      tell({ status: 'failed', reason: 'refused' });
      // Browsers do not tell why: the session may be over, or the rule another.
      askWhoIsHere();
      forgetLiveness();
    });
    return () => {
      gone.abort();
      over.abort();
      connection.close();
    };
  }, [isOn, client, video]);
  return state;
}
