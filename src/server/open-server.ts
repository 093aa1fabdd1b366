import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AcquaintError, openRecognizer } from '../index.ts';
import type { Database } from '../sqlite/sqlite-driver.ts';
import { ApiKeys } from './api-keys.ts';
import { AuditLog } from './audit-log.ts';
import { buildApp } from './build-app.ts';
import type { App, ServerContext } from './context.ts';
import { JobRunner } from './jobs/job-runner.ts';
import { JobSpool } from './jobs/job-spool.ts';
import { JobStore } from './jobs/job-store.ts';
import { JobStreams } from './jobs/job-streams.ts';
import { LiveSeats } from './live-seats.ts';
import { ChallengeAttempts } from './liveness/challenge-attempts.ts';
import { LivenessPolicies } from './liveness/liveness-policies.ts';
import { Passes } from './liveness/passes.ts';
import { createMetrics } from './metrics.ts';
import { OpenCollections } from './open-collections.ts';
import {
  isReachable,
  type ServerOptions,
  type ServerSettings,
  serverSettingsFrom,
} from './server-options.ts';
import { lockServerData, openServerStore } from './server-store.ts';
import { Sessions } from './sessions.ts';
import { WorkQueue } from './work-queue.ts';

export interface AcquaintServer {
  /** http://host:port, with the port it got. */
  readonly url: string;
  /** Whether keys are needed. */
  readonly needsKeys: boolean;
  /** Resolves when the nets are loaded. throws what loading throws */
  readonly ready: Promise<void>;
  /** Takes no more requests, lets those in work come to their end, then closes everything. */
  close(): Promise<void>;
}

const HOUR_MS = 3_600_000;
/** Clients that do not take their answers by then are cut off when the server ends. */
const CLOSE_MS = 10_000;

/**
 * Serves a gallery over HTTP.
 * throws  RangeError for a wrong option, and when no key keeps others out of an address that others reach;
 *         AcquaintError('address_unusable' | 'server_data_unusable'), and those of the gallery
 */
export async function openServer(options: ServerOptions): Promise<AcquaintServer> {
  const settings = serverSettingsFrom(options);
  const store = await openServerStore(settings.data);
  let lock: Database | null = null;
  try {
    lock = await lockServerData(settings.data);
    const keys = new ApiKeys(store);
    requireKeys(settings, keys);
    await rm(join(settings.data, 'temporary'), { recursive: true, force: true });
    const main = await openRecognizer({ createGallery: true, ...settings.recognizer });
    const collections = new OpenCollections(main);
    try {
      return await listen(settings, { store, lock }, keys, collections);
    } catch (error) {
      await collections.close();
      throw error;
    }
  } catch (error) {
    lock?.close();
    store.close();
    throw error;
  }
}

async function listen(
  settings: ServerSettings,
  { store: database, lock }: { readonly store: Database; readonly lock: Database },
  keys: ApiKeys,
  collections: OpenCollections,
): Promise<AcquaintServer> {
  const audit = new AuditLog(database);
  const queue = new WorkQueue({ atOnce: settings.concurrency, length: settings.queueLength });
  const store = new JobStore(database);
  const spool = new JobSpool(settings.data);
  const runner = new JobRunner({
    store,
    spool,
    collections,
    queue,
    atOnce: settings.concurrency,
    onFailure: () => app.log.error('a job could not go on'),
  });
  let readiness: ReturnType<ServerContext['readiness']> = 'loading';
  const context: ServerContext = {
    settings,
    collections,
    keys,
    sessions: new Sessions(),
    audit,
    queue,
    metrics: createMetrics(queue),
    jobs: { store, spool, runner, streams: new JobStreams() },
    seats: new LiveSeats(settings.maxLiveSessions),
    liveness: openLiveness(settings, database),
    readiness: () => readiness,
  };
  const app: App = await buildApp(context);
  await runner.prepare();
  const url = await listenOn(app, settings);
  runner.start();
  const ready = collections.main.warmUp().then(
    () => {
      readiness = 'ready';
    },
    (error: unknown) => {
      readiness = 'failed';
      throw error;
    },
  );
  // Whoever waits for it is told; the others ask /v1/ready.
  ready.catch(() => {});
  const sweep = async () => {
    audit.sweep();
    for (const id of store.outdated()) {
      store.remove(id);
      await spool.removeAll(id);
    }
    await collections.sweep();
  };
  const sweeping = setInterval(() => {
    sweep().catch(() => app.log.error('sweeping failed'));
  }, HOUR_MS);
  let closing: Promise<void> | null = null;
  const close = async () => {
    clearInterval(sweeping);
    const stopping = runner.stop();
    context.jobs.streams.endAll();
    const cutting = setTimeout(() => app.server.closeAllConnections(), CLOSE_MS);
    await app.close();
    clearTimeout(cutting);
    await stopping;
    queue.close();
    await collections.close();
    database.close();
    lock.close();
  };
  return {
    url,
    needsKeys: !keys.isEmpty,
    ready,
    close() {
      closing ??= close();
      return closing;
    },
  };
}

function openLiveness({ liveness }: ServerSettings, database: Database): ServerContext['liveness'] {
  const { now, passLifeMs: lifeMs, maxFailedChallenges: most } = liveness;
  return {
    policies: new LivenessPolicies(database),
    passes: new Passes(database, { now, lifeMs }),
    attempts: new ChallengeAttempts({ most, now }),
  };
}

async function listenOn(app: App, { host, port }: ServerSettings): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (cause) {
    await app.close();
    const { code } = cause as NodeJS.ErrnoException;
    const reason = LISTEN_PROBLEMS[code ?? ''] ?? code;
    throw new AcquaintError(
      'address_unusable',
      `Expected to listen on ${host}, port ${port}, but ${reason}; choose another (--host, --port)`,
      { cause },
    );
  }
}

const LISTEN_PROBLEMS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there',
  EACCES: 'this user may not',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'there is no such name',
};

/** Whoever reaches the address could search and erase people. */
function requireKeys(settings: ServerSettings, keys: ApiKeys): void {
  if (!isReachable(settings) || keys.isAnyValid) return;
  const { host } = settings;
  throw new RangeError(
    `Expected an API key before the server listens on ${host}, which others reach, but none is valid; ` +
      'make one: acquaint keys create --name NAME --scopes admin',
  );
}
