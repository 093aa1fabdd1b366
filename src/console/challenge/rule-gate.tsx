import { Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Liveness } from '../../client/index.ts';
import { ErrorNote } from '../notices/error-note.tsx';
import { useLiveness } from '../server/use-liveness.ts';
import { ChallengeNeeded } from './challenge-needed.tsx';

interface RuleGateProps {
  readonly children: (liveness: Liveness) => ReactNode;
  /** Stands above what is there instead of the children. */
  readonly head?: ReactNode;
  /** There instead, while a challenge is needed. */
  readonly refused?: ReactNode;
}

/** Where people are named without a challenge: there once it is known that the collection's rule allows it. */
export function RuleGate({ children, head, refused = <ChallengeNeeded /> }: RuleGateProps) {
  const { data: liveness, error } = useLiveness();
  if (liveness && liveness.policy !== 'active') return children(liveness);
  const waiting = error ? <ErrorNote error={error} /> : <Skeleton h={240} radius={16} />;
  return (
    <>
      {head}
      {liveness ? refused : waiting}
    </>
  );
}
