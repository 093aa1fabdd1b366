import { useRef, useState } from 'react';
import type { Enrollment, Whose } from '../../client/index.ts';
import { requireReadable } from '../pictures/require-readable.ts';
import { useServer } from '../server/client.tsx';
import { patiently } from '../server/patiently.ts';
import { useRefreshPeople } from '../server/people-queries.ts';

export interface EnrolledPicture {
  readonly picture: File;
  readonly result: Enrollment;
}

export interface EnrollmentState {
  readonly isRunning: boolean;
  readonly total: number;
  readonly done: readonly EnrolledPicture[];
  /** The person's id as soon as there is one. */
  readonly personId: string | null;
  readonly error: unknown;
}

const AT_A_TIME = 4;
const IDLE: EnrollmentState = { isRunning: false, total: 0, done: [], personId: null, error: null };

export interface EnrollOptions {
  readonly largest?: boolean;
  readonly allowLookalikes?: boolean;
  /** The face at this point, pixels of the upright picture; for one picture. */
  readonly at?: { readonly x: number; readonly y: number };
}

/** The server may be at a photo still when its answer is not waited for any more. */
const SETTLED_MS = 2000;

/** Enrols pictures of one person some at a time, so that it can be told how far it is. */
export function useEnrollment() {
  const { client } = useServer();
  const refresh = useRefreshPeople();
  const [state, setState] = useState<EnrollmentState>(IDLE);
  const abort = useRef<AbortController | null>(null);

  const run = async (whose: Whose, pictures: readonly File[], options: EnrollOptions = {}) => {
    abort.current = new AbortController();
    const { signal } = abort.current;
    const again = new Set(pictures);
    setState((last) => ({
      ...last,
      isRunning: true,
      error: null,
      total: last.done.filter(({ picture }) => !again.has(picture)).length + pictures.length,
      done: last.done.filter(({ picture }) => !again.has(picture)),
    }));
    try {
      for (let at = 0; at < pictures.length; at += AT_A_TIME) {
        const some = pictures.slice(at, at + AT_A_TIME);
        const { person, results } = await patiently(async () => {
          await Promise.all(some.map(requireReadable));
          return client.enroll(whose, some, { ...options, signal });
        }, signal);
        setState((last) => ({
          ...last,
          personId: person?.id ?? last.personId,
          done: [...last.done, ...results.map((result, i) => ({ picture: some[i]!, result }))],
        }));
      }
    } catch (error) {
      if (!signal.aborted) setState((last) => ({ ...last, error }));
    }
    setState((last) => ({ ...last, isRunning: false }));
    refresh();
    if (signal.aborted) setTimeout(refresh, SETTLED_MS);
  };

  const stop = () => abort.current?.abort();
  return { ...state, run, stop };
}
