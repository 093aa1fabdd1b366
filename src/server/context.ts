import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { Scope } from '../api/scopes.ts';
import type { Caller } from './access.ts';
import type { ApiKeys } from './api-keys.ts';
import type { AuditLog } from './audit-log.ts';
import type { JobRunner } from './jobs/job-runner.ts';
import type { JobSpool } from './jobs/job-spool.ts';
import type { JobStore } from './jobs/job-store.ts';
import type { JobStreams } from './jobs/job-streams.ts';
import type { LiveSeats } from './live-seats.ts';
import type { ChallengeAttempts } from './liveness/challenge-attempts.ts';
import type { LivenessPolicies } from './liveness/liveness-policies.ts';
import type { Passes } from './liveness/passes.ts';
import type { Metrics } from './metrics.ts';
import type { OpenCollections } from './open-collections.ts';
import type { ServerSettings } from './server-options.ts';
import type { Sessions } from './sessions.ts';
import type { Place, WorkQueue } from './work-queue.ts';

export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** What the routes work with. */
export interface ServerContext {
  readonly settings: ServerSettings;
  readonly collections: OpenCollections;
  readonly keys: ApiKeys;
  readonly sessions: Sessions;
  readonly audit: AuditLog;
  readonly queue: WorkQueue;
  readonly metrics: Metrics;
  readonly jobs: {
    readonly store: JobStore;
    readonly spool: JobSpool;
    readonly runner: JobRunner;
    readonly streams: JobStreams;
  };
  /** Of live recognition and of challenges. */
  readonly seats: LiveSeats;
  readonly liveness: {
    readonly policies: LivenessPolicies;
    readonly passes: Passes;
    readonly attempts: ChallengeAttempts;
  };
  /** Whether the nets are loaded; 'failed' when they cannot be. */
  readiness(): 'ready' | 'loading' | 'failed';
}

/** What a request's body may hold, for those that carry pictures: named in the OpenAPI document, read by readPictures. */
export type PictureBody = 'picture' | 'pictures' | 'two pictures';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a caller must be allowed; 'any': a caller who is known; 'nobody': anybody may ask. Every route says one. */
    scope?: Scope | 'any' | 'nobody';
    /** Whether the request takes a place in the queue before its body is read. */
    queued?: boolean;
    pictures?: PictureBody;
    /** A WebSocket, which its plugin keeps out of the document. */
    isSocket?: boolean;
    /** The body is a stream. */
    isStreamed?: boolean;
    /** The body is a ZIP archive or a form of any length. */
    isJobUpload?: boolean;
    /** Further fields of the form, beside the pictures. */
    fields?: Readonly<Record<string, string>>;
  }
  interface FastifyRequest {
    /** Set for every route but those for nobody. */
    caller: Caller | null;
    place: Place | null;
    /** Fires when the client is gone. */
    gone: AbortSignal | null;
  }
}
