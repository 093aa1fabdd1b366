import type { FastifyRequest } from 'fastify';
import { allows, SCOPES, type Scope } from '../api/scopes.ts';
import type { ApiKeys } from './api-keys.ts';
import { RequestError } from './problems.ts';
import { type BrowserSession, isSameToken, type Sessions } from './sessions.ts';

/** Who sent a request. */
export interface Caller {
  /** Id of the key; 'local' where none is needed. */
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Of a browser's session. */
  readonly session: BrowserSession | null;
}

export const SESSION_COOKIE = 'acquaint_session';
export const CSRF_HEADER = 'x-csrf-token';

/** Whoever sits at this machine, while nobody has made a key. */
const LOCAL: Caller = { id: 'local', name: 'local', scopes: SCOPES, session: null };

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
const LOCAL_HOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** So many wrong keys a minute from one address; each costs the server a hash that is slow on purpose. */
const WRONG_KEYS_A_MINUTE = 20;
const MINUTE_MS = 60_000;
const MOST_ADDRESSES = 10_000;

/** Tells who sends a request, and whether it may do what it asks for. */
export class Access {
  readonly #keys: ApiKeys;
  readonly #sessions: Sessions;
  /** Whether keys are needed although there are none: the server is to be reached from other machines. */
  readonly #isPublic: boolean;
  readonly #attempts = new Map<string, { count: number; until: number }>();

  constructor({ keys, sessions, isPublic }: { keys: ApiKeys; sessions: Sessions; isPublic: boolean }) {
    this.#keys = keys;
    this.#sessions = sessions;
    this.#isPublic = isPublic;
  }

  /** throws  RequestError('unauthorized' | 'forbidden' | 'cross_site' | 'too_many_requests') */
  async admit(request: FastifyRequest, scope: Scope | 'any'): Promise<Caller> {
    requireOwnOrigin(request);
    const caller = await this.#callerOf(request);
    if (scope !== 'any' && !allows(caller.scopes, scope)) {
      throw new RequestError(
        'forbidden',
        `Expected a key with the scope ${scope} but this one has ${caller.scopes.join(', ')}`,
      );
    }
    return caller;
  }

  /** Whether the caller would still be admitted: keys are revoked, sessions end. */
  isStillKnown({ id, session }: Caller): boolean {
    if (id === LOCAL.id) return this.#isOpen;
    return this.#keys.find(id) !== null && (session === null || this.#sessions.isLive(session));
  }

  get #isOpen(): boolean {
    return !this.#isPublic && this.#keys.isEmpty;
  }

  async #callerOf(request: FastifyRequest): Promise<Caller> {
    const given = keyIn(request);
    if (given !== null) return this.#callerOfKey(request.ip, given);
    const cookie = request.cookies[SESSION_COOKIE];
    // A cookie of another server on this machine says nothing here while no key is needed.
    if (cookie !== undefined && !this.#isOpen) return this.#callerOfSession(request, cookie);
    if (!this.#isOpen) {
      throw new RequestError(
        'unauthorized',
        'Expected an API key (Authorization: Bearer …) but received none',
      );
    }
    requireLocalHost(request);
    return LOCAL;
  }

  async #callerOfKey(address: string, given: string): Promise<Caller> {
    // Wrong keys from an address must not lock out the right one.
    const isProven = this.#keys.isProven(given);
    if (!isProven) this.#countAttempt(address);
    const key = await this.#keys.verify(given);
    if (key === null) {
      throw new RequestError(
        'unauthorized',
        'Expected an API key that is valid but this one is wrong, revoked or expired',
      );
    }
    if (!isProven) this.#attempts.delete(address);
    const { id, name, scopes } = key;
    return { id, name, scopes, session: null };
  }

  #callerOfSession(request: FastifyRequest, cookie: string): Caller {
    const session = this.#sessions.find(cookie);
    const key = session && this.#keys.find(session.keyId);
    if (!session || !key) throw new RequestError('unauthorized', 'The session is over: sign in again');
    const token = request.headers[CSRF_HEADER];
    if (
      !SAFE_METHODS.has(request.method) &&
      !(typeof token === 'string' && isSameToken(token, session.csrfToken))
    ) {
      throw new RequestError(
        'cross_site',
        'Expected the X-CSRF-Token of the session but received none or another',
      );
    }
    return { id: key.id, name: key.name, scopes: key.scopes, session };
  }

  /** Before the key is looked at: keys that come all at once count too. throws  RequestError('too_many_requests') */
  #countAttempt(address: string): void {
    const now = Date.now();
    const known = this.#attempts.get(address);
    const attempts = known && known.until > now ? known : { count: 0, until: now + MINUTE_MS };
    if (attempts.count >= WRONG_KEYS_A_MINUTE) {
      throw new RequestError('too_many_requests', 'Too many wrong keys came from this address', {
        retryAfterSeconds: Math.ceil((attempts.until - now) / 1000),
      });
    }
    attempts.count++;
    // The newest last: the oldest goes when there are too many.
    this.#attempts.delete(address);
    this.#attempts.set(address, attempts);
    if (this.#attempts.size > MOST_ADDRESSES) this.#attempts.delete(this.#attempts.keys().next().value!);
  }
}

function keyIn({ headers }: FastifyRequest): string | null {
  const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? '');
  if (bearer) return bearer[1]!.trim();
  const header = headers['x-api-key'];
  return typeof header === 'string' ? header : null;
}

/** Pages of other sites make browsers send requests too: what changes something, and sockets, only from our own. */
function requireOwnOrigin({ headers, method }: FastifyRequest): void {
  const { origin, host, upgrade } = headers;
  if (headers['sec-fetch-site'] === 'cross-site') throw crossSite();
  if (origin === undefined || (SAFE_METHODS.has(method) && upgrade === undefined)) return;
  if (origin !== 'null' && URL.canParse(origin) && new URL(origin).host === host) return;
  throw crossSite();
}

function crossSite(): RequestError {
  return new RequestError(
    'cross_site',
    'Expected a request from a page of this server but it comes from another site',
  );
}

/** A name of somebody else's that points to this machine gives a foreign page the right origin: DNS rebinding. */
function requireLocalHost({ headers }: FastifyRequest): void {
  if (headers.forwarded !== undefined || headers['x-forwarded-for'] !== undefined) {
    throw new RequestError(
      'unauthorized',
      'Expected an API key behind a proxy; make one: acquaint keys create',
    );
  }
  const host = /^(\[[^\]]+\]|[^:]+)(:\d+)?$/.exec(headers.host ?? '')?.[1]?.toLowerCase();
  if (host !== undefined && LOCAL_HOSTS.has(host)) return;
  throw new RequestError(
    'cross_site',
    'Expected localhost as the host while no API key is needed; make one: acquaint keys create',
  );
}
