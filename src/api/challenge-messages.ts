import Type, { type Static } from 'typebox';
import { LiveProblem } from './live-messages.ts';
import { Box, oneOf } from './shapes.ts';

/**
 * What goes over the WebSocket of a challenge. The server sends `challenge` at once; the client sends frames as in live
 * recognition, not mirrored; each that was worked on is answered by `guidance` or `problem`; `passed` or `failed` is
 * the last message. Left and right are the person's own.
 */
export const ChallengeOptions = Type.Object(
  { minFacePx: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })) },
  { additionalProperties: false },
);

const STEPS = ['turn_left', 'turn_right', 'tilt_left', 'tilt_right', 'come_closer'] as const;
const step = oneOf(STEPS);

export const ChallengeDrawn = Type.Object({
  type: Type.Literal('challenge'),
  id: Type.String(),
  steps: Type.Array(step, { description: 'In this order, with a look straight before, between and after' }),
  startMs: Type.Number({ description: 'Time for the first look straight' }),
  stepMs: Type.Number({ description: 'Time for each step, and for each way back' }),
  totalMs: Type.Number({ description: 'From now to the end' }),
});

export const ChallengeGuidance = Type.Object({
  type: Type.Literal('guidance'),
  frame: Type.Integer({ description: 'Which of the frames it is about, counted from 1' }),
  step: Type.Integer({ description: 'Steps that are done' }),
  steps: Type.Integer(),
  action: oneOf(['look_straight', ...STEPS]),
  problem: Type.Union([
    Type.Null(),
    oneOf([
      'no_face',
      'several_faces',
      'too_small',
      'too_near',
      'cut_off',
      'not_straight',
      'too_far_turned',
      'other_pose',
    ]),
  ]),
  progress: Type.Number({ minimum: 0, maximum: 1, description: 'How near the pose is that is asked for' }),
  width: Type.Integer(),
  height: Type.Integer(),
  box: Type.Union([Type.Null(), Box]),
});

export const ChallengePassed = Type.Object({
  type: Type.Literal('passed'),
  pass: Type.String({ description: 'For one search of that frame' }),
  expiresAt: Type.String({ description: 'ISO 8601, UTC' }),
  frame: Type.Integer({
    description: 'The frame it is for: one of those since guidance said that all steps are done',
  }),
});

export const ChallengeFailed = Type.Object({
  type: Type.Literal('failed'),
  reason: oneOf([
    'clock_went_back',
    'stream_gap',
    'jump',
    'face_lost',
    'several_faces',
    'another_face',
    'no_neutral_start',
    'wrong_step',
    'too_late',
    'flat_picture',
    'expired',
  ]),
});

export const ChallengeMessage = Type.Union([
  ChallengeDrawn,
  ChallengeGuidance,
  LiveProblem,
  ChallengePassed,
  ChallengeFailed,
]);

export type ChallengeDrawn = Static<typeof ChallengeDrawn>;
export type ChallengeGuidance = Static<typeof ChallengeGuidance>;
export type ChallengePassed = Static<typeof ChallengePassed>;
export type ChallengeFailed = Static<typeof ChallengeFailed>;
export type ChallengeMessage = Static<typeof ChallengeMessage>;
