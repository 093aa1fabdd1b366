import Type, { type Static } from 'typebox';
import { oneOf } from './shapes.ts';

/** What a face must show before it is named in a collection. */
export const LIVENESS_POLICIES = ['off', 'passive', 'active'] as const;

export type LivenessPolicy = (typeof LIVENESS_POLICIES)[number];

const policy = oneOf(
  LIVENESS_POLICIES,
  'off: nothing is asked; passive: every face is judged by its picture, only live ones are named; active: a search ' +
    'needs the pass of a challenge, and live recognition is refused',
);

export const Liveness = Type.Object({
  policy,
  landmarks: oneOf(
    ['dlib5', 'dlib68', 'yunet5'],
    'What challenges are judged by; dlib68 is not for commercial use',
  ),
});
export const LivenessChange = Type.Object({ policy }, { additionalProperties: false });

export type Liveness = Static<typeof Liveness>;
