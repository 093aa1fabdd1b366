import type { LivenessPolicy } from '../../api/liveness-shapes.ts';
import { rowOf } from '../../sqlite/sql-row.ts';
import type { Database } from '../../sqlite/sqlite-driver.ts';

/** What each collection asks of a face before it is named. By name: a collection that is made anew under it has it too. */
export class LivenessPolicies {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  of(collection: string): LivenessPolicy {
    const row = rowOf(
      this.#database.prepare('SELECT policy FROM liveness_policies WHERE collection = ?').get(collection),
    );
    return row ? (String(row.policy) as LivenessPolicy) : 'off';
  }

  set(collection: string, policy: LivenessPolicy): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO liveness_policies (collection, policy) VALUES (?, ?)')
      .run(collection, policy);
  }

  remove(collection: string): void {
    this.#database.prepare('DELETE FROM liveness_policies WHERE collection = ?').run(collection);
  }
}
