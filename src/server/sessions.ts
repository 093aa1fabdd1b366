import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

export interface BrowserSession {
  readonly keyId: string;
  readonly csrfToken: string;
  readonly expiresAt: number;
}

const LIFETIME_MS = 12 * 3_600_000;
/** More than people sit at browsers; the oldest end first. */
const MOST = 1000;

/** Sessions of browsers, in memory: they end with the server. Kept by the hash of what the cookie holds. */
export class Sessions {
  readonly #byHash = new Map<string, BrowserSession>();
  readonly #live = new WeakSet<BrowserSession>();

  start(keyId: string): { readonly cookie: string; readonly session: BrowserSession } {
    const cookie = randomBytes(32).toString('base64url');
    const session = {
      keyId,
      csrfToken: randomBytes(32).toString('base64url'),
      expiresAt: Date.now() + LIFETIME_MS,
    };
    this.#byHash.set(hashOf(cookie), session);
    this.#live.add(session);
    if (this.#byHash.size > MOST) this.#byHash.delete(this.#byHash.keys().next().value!);
    return { cookie, session };
  }

  find(cookie: string): BrowserSession | null {
    const hash = hashOf(cookie);
    const session = this.#byHash.get(hash) ?? null;
    if (session === null || session.expiresAt > Date.now()) return session;
    this.#byHash.delete(hash);
    return null;
  }

  /** Whether it has neither ended nor expired. */
  isLive(session: BrowserSession): boolean {
    return session.expiresAt > Date.now() && this.#live.has(session);
  }

  end(cookie: string): void {
    const session = this.#byHash.get(hashOf(cookie));
    if (session) this.#live.delete(session);

    this.#byHash.delete(hashOf(cookie));
  }
}

export const SESSION_SECONDS = LIFETIME_MS / 1000;

export function isSameToken(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(hashOf(a)), Buffer.from(hashOf(b)));
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
