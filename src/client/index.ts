export type {
  ChallengeDrawn,
  ChallengeFailed,
  ChallengeGuidance,
  ChallengeMessage,
  ChallengePassed,
} from '../api/challenge-messages.ts';
export type { Job, JobResult } from '../api/job-shapes.ts';
export { MOST_DAYS } from '../api/limits.ts';
export { LIVE_CLOSE } from '../api/live-close.ts';
export type { LiveFaces, LiveMessage, LiveProblem } from '../api/live-messages.ts';
export type { Liveness, LivenessPolicy } from '../api/liveness-shapes.ts';
export { allows, type Scope } from '../api/scopes.ts';
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
  Expired,
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
  type ChallengeConnectionOptions,
  type ClientEnrollOptions,
  type ClientOptions,
  type ClientSearchOptions,
  type LiveOptions,
  type PeopleQuery,
  type RecognitionOptions,
  type Whose,
} from './acquaint-client.ts';
export { ChallengeConnection, type ChallengeHandlers } from './challenge-connection.ts';
export { followEvents, type JobEvent } from './follow-events.ts';
export type { LiveFrame } from './frame-socket.ts';
export { LiveConnection, type LiveHandlers } from './live-connection.ts';
export { ProblemError } from './problem-error.ts';
export type { PictureUpload } from './transport.ts';
