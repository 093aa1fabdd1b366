import Type, { type Static } from 'typebox';
import { CollectionName, Enrollment, oneOf } from './shapes.ts';

/** An enrolment of many pictures that goes on by itself, also after a restart of the server. */
export const Job = Type.Object({
  id: Type.String(),
  collection: CollectionName,
  status: oneOf(['running', 'done', 'cancelled', 'failed']),
  total: Type.Integer({ description: 'Pictures of the job' }),
  done: Type.Integer({ description: 'Pictures that have a result' }),
  enrolled: Type.Integer(),
  skipped: Type.Integer(),
  failed: Type.Integer(),
  reason: Type.Union([Type.String(), Type.Null()], { description: 'Code of what ended a failed job' }),
  createdAt: Type.String(),
  endedAt: Type.Union([Type.String(), Type.Null()]),
});
export const Jobs = Type.Object({ jobs: Type.Array(Job) });

/** What became of one picture of a job. */
export const JobResult = Type.Object({
  picture: Type.Integer({ description: 'Which of the pictures, counted from 1' }),
  ...Enrollment.properties,
  person: Type.Union([Type.String(), Type.Null()], { description: 'null: the person was erased since' }),
});
export const JobResults = Type.Object({ results: Type.Array(JobResult) });

export type Job = Static<typeof Job>;
export type JobResult = Static<typeof JobResult>;
