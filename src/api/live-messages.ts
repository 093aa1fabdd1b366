import Type, { type Static } from 'typebox';
import { Problem, TrackedFace } from './shapes.ts';

/**
 * What goes over the live WebSocket. The client sends frames as binary messages, JPEG or WebP files; the server numbers
 * them from 1 as they come, works on the newest, drops those before it, and answers each it has worked on.
 */
export const LiveOptions = Type.Object(
  {
    minFacePx: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
    where: Type.Optional(
      Type.String({ maxLength: 4096, description: 'Only people with these facts: a JSON object' }),
    ),
  },
  { additionalProperties: false },
);

export const LiveFaces = Type.Object({
  type: Type.Literal('faces'),
  frame: Type.Integer({ description: 'Which of the frames it is about, counted from 1' }),
  ageMs: Type.Number({ description: 'From the arrival of the frame to this answer' }),
  dropped: Type.Integer({ description: 'Frames dropped so far, because newer ones came' }),
  width: Type.Integer(),
  height: Type.Integer(),
  faces: Type.Array(TrackedFace),
});

/** A frame that could not be worked on; the session goes on. */
export const LiveProblem = Type.Object({
  type: Type.Literal('problem'),
  frame: Type.Integer(),
  problem: Problem,
});

export const LiveMessage = Type.Union([LiveFaces, LiveProblem]);

export type LiveOptions = Static<typeof LiveOptions>;
export type LiveFaces = Static<typeof LiveFaces>;
export type LiveProblem = Static<typeof LiveProblem>;
export type LiveMessage = Static<typeof LiveMessage>;
