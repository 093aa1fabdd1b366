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
  let latestMs = Number.NEGATIVE_INFINITY;
  let nextSweepMs = Number.NEGATIVE_INFINITY;
  const sweep = (): void => {
    for (const [id, expiresAtMs] of expiries) if (expiresAtMs <= latestMs) expiries.delete(id);
    nextSweepMs = latestMs + SWEEP_MS;
  };
  return {
    get size() {
      return expiries.size;
    },
    async use(id, expiresAtMs, nowMs) {
      // A clock that is set back must not bring forgotten tokens to life.
      latestMs = Math.max(latestMs, nowMs);
      if (latestMs >= nextSweepMs) sweep();
      if (expiresAtMs <= latestMs || expiries.has(id)) return false;
      expiries.set(id, expiresAtMs);
      return true;
    },
  };
}

const SWEEP_MS = 10_000;
