import { isIP } from 'node:net';
import type { Writable } from 'node:stream';
import type { ChallengeOptions, RecognizerOptions } from '../index.ts';
import { defaultConcurrency, issueChallenge } from '../index.ts';
import { type FrameObserver, frameObserver } from './liveness/frame-observer.ts';
import { defaultDataFolder } from './server-store.ts';

export interface LivenessOptions {
  /** How many steps, and how long they may take. */
  readonly challenge?: ChallengeOptions | undefined;
  /** How long a pass is good for, milliseconds (default 60 000). */
  readonly passLifeMs?: number | undefined;
  /** Challenges in ten minutes that one key, or one address where none is needed, may not pass (default 10). */
  readonly maxFailedChallenges?: number | undefined;
  /** Whether challenges are judged by dlib's 68 points, whose model is not for commercial use (default false: by five). */
  readonly sixtyEightPoints?: boolean | undefined;
  /** Other landmarks to judge challenges by (default: dlib's, as `sixtyEightPoints` says). */
  readonly observer?: FrameObserver | undefined;
  /** The clock of challenges and passes, milliseconds since 1970 (default Date.now). */
  readonly now?: (() => number) | undefined;
}

export interface ServerOptions {
  /** How faces are found and recognised, and the gallery, which is made when there is none. */
  readonly recognizer: RecognizerOptions & { readonly gallery: string };
  /** Address to listen on (default 127.0.0.1); any but this machine's own needs API keys. */
  readonly host?: string | undefined;
  /** 0: any free port (default 8420). */
  readonly port?: number | undefined;
  /** Folder of keys, the audit log and jobs (default: the gallery's path with .server). */
  readonly data?: string | undefined;
  /** Largest picture file, in bytes (default 25 MiB). */
  readonly maxUploadBytes?: number | undefined;
  /** Most pictures of one request (default 20). */
  readonly maxPictures?: number | undefined;
  /** Largest file to import, in bytes (default 1 GiB). */
  readonly maxImportBytes?: number | undefined;
  /** Most pictures of one job (default 20 000). */
  readonly maxJobPictures?: number | undefined;
  /** Most bytes of one job, unpacked too (default 4 GiB). */
  readonly maxJobBytes?: number | undefined;
  /** Requests with pictures that may wait (default 32); the next is answered 503. */
  readonly queueLength?: number | undefined;
  /** A request must have come whole in this time, milliseconds (default 60 000). */
  readonly requestTimeoutMs?: number | undefined;
  /** The same for a job's pictures and a file to import (default an hour). */
  readonly uploadTimeoutMs?: number | undefined;
  /** Requests a minute from one key, or from one address where none is needed (default 1200). */
  readonly requestsPerMinute?: number | undefined;
  /** Live sessions and challenges at once (default 8). */
  readonly maxLiveSessions?: number | undefined;
  /** Challenges and their passes: docs/server.md. */
  readonly liveness?: LivenessOptions | undefined;
  /** Whether X-Forwarded-For tells the client's address: behind a proxy of your own only. */
  readonly trustProxy?: boolean | undefined;
  /** Where log lines go, JSON (default: nowhere). */
  readonly log?: Writable | undefined;
}

export interface LivenessSettings {
  readonly challenge: ChallengeOptions;
  readonly passLifeMs: number;
  readonly maxFailedChallenges: number;
  readonly observer: FrameObserver;
  readonly now: () => number;
}

/** ServerOptions with every default filled in and every value checked. */
export interface ServerSettings {
  readonly recognizer: RecognizerOptions & { readonly gallery: string };
  readonly host: string;
  readonly port: number;
  readonly data: string;
  readonly maxUploadBytes: number;
  readonly maxPictures: number;
  readonly maxImportBytes: number;
  readonly maxJobPictures: number;
  readonly maxJobBytes: number;
  readonly queueLength: number;
  readonly requestTimeoutMs: number;
  readonly uploadTimeoutMs: number;
  readonly requestsPerMinute: number;
  readonly maxLiveSessions: number;
  readonly liveness: LivenessSettings;
  readonly trustProxy: boolean;
  readonly log: Writable | undefined;
  /** Pictures in work at once. */
  readonly concurrency: number;
}

const MEBIBYTE = 1024 * 1024;
export const DEFAULT_HOST = '127.0.0.1';
export const DEFAULT_PORT = 8420;
/** Of a picture from outside; twice what phones make. */
const DEFAULT_MAX_PIXELS = 50_000_000;

/** throws  RangeError that names the option, what was expected and what came */
export function serverSettingsFrom(options: ServerOptions): ServerSettings {
  const { recognizer, host = DEFAULT_HOST, port = DEFAULT_PORT } = options;
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new RangeError(`Expected a port from 0 to 65535 but received ${String(port)}`);
  }
  if (typeof host !== 'string' || host === '')
    throw new RangeError('Expected an address to listen on for host');
  return {
    recognizer: { maxPixels: DEFAULT_MAX_PIXELS, ...recognizer },
    host,
    port,
    data: options.data ?? defaultDataFolder(recognizer.gallery),
    maxUploadBytes: atLeastOne('maxUploadBytes', options.maxUploadBytes ?? 25 * MEBIBYTE),
    maxPictures: atLeastOne('maxPictures', options.maxPictures ?? 20),
    maxImportBytes: atLeastOne('maxImportBytes', options.maxImportBytes ?? 1024 * MEBIBYTE),
    maxJobPictures: atLeastOne('maxJobPictures', options.maxJobPictures ?? 20_000),
    maxJobBytes: atLeastOne('maxJobBytes', options.maxJobBytes ?? 4096 * MEBIBYTE),
    queueLength: atLeastOne('queueLength', options.queueLength ?? 32),
    requestTimeoutMs: atLeastOne('requestTimeoutMs', options.requestTimeoutMs ?? 60_000),
    uploadTimeoutMs: atLeastOne('uploadTimeoutMs', options.uploadTimeoutMs ?? 3_600_000),
    requestsPerMinute: atLeastOne('requestsPerMinute', options.requestsPerMinute ?? 1200),
    maxLiveSessions: atLeastOne('maxLiveSessions', options.maxLiveSessions ?? 8),
    liveness: livenessSettingsFrom(options.liveness ?? {}, recognizer),
    trustProxy: options.trustProxy ?? false,
    log: options.log,
    concurrency: recognizer.concurrency ?? defaultConcurrency(),
  };
}

function livenessSettingsFrom(options: LivenessOptions, recognizer: RecognizerOptions): LivenessSettings {
  const { challenge = {}, passLifeMs = 60_000, maxFailedChallenges = 10, now = Date.now } = options;
  // Told now rather than to whoever asks for the first challenge.
  issueChallenge(0, challenge);
  const observer = options.observer ?? frameObserver(options);
  if (observer.layout === 'dlib68' && recognizer.commercial) {
    throw new RangeError(
      'Expected sixtyEightPoints (--liveness-68-points) without commercial (--commercial) but received both: the model of the ' +
        '68 points is not for commercial use. The five points, the default, are free for any use.',
    );
  }
  return {
    challenge,
    passLifeMs: atLeastOne('passLifeMs', passLifeMs),
    maxFailedChallenges: atLeastOne('maxFailedChallenges', maxFailedChallenges),
    observer,
    now,
  };
}

/** Whether others than this machine's own programs reach the server. */
export function isReachable({ host, trustProxy }: ServerSettings): boolean {
  return trustProxy || !isLoopback(host);
}

/** Whether only this machine reaches the address. */
function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true;
  return isIP(host) === 4 && host.startsWith('127.');
}

function atLeastOne(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 1) return value;
  throw new RangeError(`Expected a whole number of at least 1 for ${name} but received ${String(value)}`);
}
