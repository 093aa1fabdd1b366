import type { UsedTokens } from '../../index.ts';
import type { Database } from '../../sqlite/sqlite-driver.ts';

/** Passes that are over are remembered for so long, should the clock be set back. */
const KEPT_MS = 24 * 3_600_000;
/** The newest are never forgotten, should it have been set ahead. */
const KEPT_PASSES = 10_000;

/** Which passes were used, on disk: the key they are signed with outlives the process too. */
export function usedPasses(database: Database): UsedTokens {
  return {
    async use(id, expiresAtMs, nowMs) {
      if (expiresAtMs <= nowMs) return false;
      database
        .prepare(
          'DELETE FROM used_passes WHERE expires_at_ms < ? AND rowid <= (SELECT max(rowid) FROM used_passes) - ?',
        )
        .run(nowMs - KEPT_MS, KEPT_PASSES);
      const { changes } = database
        .prepare('INSERT OR IGNORE INTO used_passes (id, expires_at_ms) VALUES (?, ?)')
        .run(id, expiresAtMs);
      return Number(changes) > 0;
    },
  };
}
