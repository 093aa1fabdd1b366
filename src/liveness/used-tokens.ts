/** Remembers which tokens were used, so that each is a pass once. */
export interface UsedTokens {
  /**
   * Marks a token as used. It is one step: of two calls with one id at most one is the first, also from two processes
   * that share the store.
   * expiresAtMs, nowMs  by the server's clock; after expiresAtMs the id need not be kept
   * ensures             true the first time, false afterwards and for a token that is over
   */
  use(id: string, expiresAtMs: number, nowMs: number): Promise<boolean>;
}

/** A store for one process: it forgets with it, and so do the keys of a server that draws one at its start. */
export function createUsedTokens(): UsedTokens & { readonly size: number } {
  const expiries = new Map<string, number>();
  /** The latest end of a token that was forgotten: no other may be told from it. */
  let forgottenMs = Number.NEGATIVE_INFINITY;
  let sweptAtMs = Number.NEGATIVE_INFINITY;
  const sweep = (nowMs: number): void => {
    for (const [id, expiresAtMs] of expiries) {
      if (expiresAtMs > nowMs) continue;
      expiries.delete(id);
      forgottenMs = Math.max(forgottenMs, expiresAtMs);
    }
    sweptAtMs = nowMs;
  };
  return {
    get size() {
      return expiries.size;
    },
    async use(id, expiresAtMs, nowMs) {
      if (Math.abs(nowMs - sweptAtMs) >= SWEEP_MS) sweep(nowMs);
      // A clock that is set back must not bring forgotten tokens to life, nor refuse new ones until it caught up.
      if (expiresAtMs <= Math.max(nowMs, forgottenMs) || expiries.has(id)) return false;
      expiries.set(id, expiresAtMs);
      return true;
    },
  };
}

const SWEEP_MS = 10_000;
