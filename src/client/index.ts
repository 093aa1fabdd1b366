export type { Job, JobResult } from '../api/job-shapes.ts';
export { LIVE_CLOSE } from '../api/live-close.ts';
export type { LiveFaces, LiveMessage, LiveProblem } from '../api/live-messages.ts';
export type { Scope } from '../api/scopes.ts';
export type {
  ApiKey,
  AuditEntry,
  Calibration,
  Collection,
  CollectionSettings,
  CollectionSettingsChange,
  CreatedApiKey,
  DetectedFace,
  Detection,
  EmbeddedFace,
  Embeddings,
  EnrolledFace,
  Enrollment,
  Enrollments,
  Erasure,
  FaceGroups,
  FacesToGroup,
  GalleryEvaluation,
  Identification,
  IdentifiedFace,
  ImportCounts,
  LifeEvent,
  Models,
  NewApiKey,
  PeoplePage,
  Person,
  PersonChange,
  Problem,
  Quality,
  Receipt,
  Session,
  TrackedFace,
  Verification,
} from '../api/shapes.ts';
export {
  AcquaintClient,
  type ClientEnrollOptions,
  type ClientOptions,
  type LiveOptions,
  type PeopleQuery,
  type RecognitionOptions,
} from './acquaint-client.ts';
export { followEvents, type JobEvent } from './follow-events.ts';
export { LiveConnection, type LiveHandlers } from './live-connection.ts';
export { ProblemError } from './problem-error.ts';
export type { PictureUpload } from './transport.ts';
