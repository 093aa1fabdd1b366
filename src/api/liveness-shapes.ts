import Type, { type Static } from 'typebox';

/** What a face must show before it is named in a collection. */
export const LIVENESS_POLICIES = ['off', 'passive', 'active'] as const;

export type LivenessPolicy = (typeof LIVENESS_POLICIES)[number];

const policy = Type.Unsafe<LivenessPolicy>({
  type: 'string',
  enum: [...LIVENESS_POLICIES],
  description:
    'off: nothing is asked; passive: every face is judged by its picture, only live ones are named; active: a search ' +
    'needs the pass of a challenge, and live recognition is refused',
});

export const Liveness = Type.Object({
  policy,
  landmarks: Type.Unsafe<'dlib5' | 'dlib68' | 'yunet5'>({
    type: 'string',
    enum: ['dlib5', 'dlib68', 'yunet5'],
    description: 'What challenges are judged by; dlib68 is not for commercial use',
  }),
});
export const LivenessChange = Type.Object({ policy }, { additionalProperties: false });

export type Liveness = Static<typeof Liveness>;
