import { randomBytes } from 'node:crypto';
import { issuePass, type PassRefusal, type UsedTokens, verifyPass } from '../../index.ts';
import { rowOf } from '../../sqlite/sql-row.ts';
import type { Database } from '../../sqlite/sqlite-driver.ts';
import { RequestError } from '../problems.ts';
import { usedPasses } from './used-passes.ts';

/** What a search with a pass is about. */
export interface PassUse {
  readonly collection: string;
  /** The bytes of the picture file. */
  readonly picture: Uint8Array;
}

export interface NewPass extends PassUse {
  readonly challengeId: string;
  readonly embedding: Float32Array;
}

const KEY_BYTES = 32;
/** <challenge>.<token>: whoever verifies the token has to know of which challenge it is. */
const PASS = /^([0-9a-f]{32})\.(.+)$/s;

/** Passes for one search each, signed with a key that this server's folder alone has. */
export class Passes {
  readonly #key: Uint8Array;
  readonly #used: UsedTokens;
  readonly #now: () => number;
  readonly #lifeMs: number;

  constructor(database: Database, { now, lifeMs }: { readonly now: () => number; readonly lifeMs: number }) {
    this.#key = keyOf(database);
    this.#used = usedPasses(database);
    this.#now = now;
    this.#lifeMs = lifeMs;
  }

  issue({ collection, challengeId, embedding, picture }: NewPass) {
    const nowMs = this.#now();
    const subject = { challengeId: scoped(collection, challengeId), embedding, picture };
    const token = issuePass(subject, this.#key, { nowMs, lifeMs: this.#lifeMs });
    return {
      pass: `${challengeId}.${token}`,
      expiresAt: new Date(nowMs + this.#lifeMs).toISOString(),
    };
  }

  /** Before the picture is worked on: all but the face and whether it was used. throws  RequestError('pass_…') */
  async require(pass: string, use: PassUse): Promise<void> {
    const refusal = await this.#refusal(pass, use, NO_FACE);
    if (refusal !== 'other_face') throw passError(refusal ?? 'forged');
  }

  /** The face that the pass is for, and uses it. throws  RequestError('pass_…') */
  async redeem<Face extends { readonly embedding: Float32Array }>(
    pass: string,
    use: PassUse,
    faces: readonly Face[],
  ): Promise<Face> {
    for (const face of faces) {
      const refusal = await this.#refusal(pass, use, face.embedding);
      if (refusal === null) return face;
      if (refusal !== 'other_face') throw passError(refusal);
    }
    throw passError('other_face');
  }

  async #refusal(
    pass: string,
    { collection, picture }: PassUse,
    embedding: Float32Array,
  ): Promise<PassRefusal | null> {
    const [, challengeId, token] = PASS.exec(pass) ?? [];
    if (challengeId === undefined || token === undefined) return 'malformed';
    const subject = { challengeId: scoped(collection, challengeId), embedding, picture };
    const verdict = await verifyPass(token, subject, this.#key, { nowMs: this.#now(), used: this.#used });
    return verdict.valid ? null : verdict.reason;
  }
}

/** No face has this embedding, so a pass is never used up by it. */
const NO_FACE = new Float32Array(0);

/** A pass is for the collection it was made in. */
function scoped(collection: string, challengeId: string): string {
  return `${collection}/${challengeId}`;
}

const REFUSALS: Readonly<Record<PassRefusal, string>> = {
  malformed: 'Expected a pass as a challenge gives it but received something else',
  forged: 'Expected a pass of this server but it was made or changed elsewhere',
  expired: 'The pass is over; do the challenge again',
  other_challenge: 'The pass is of another challenge or collection',
  other_picture: 'Expected the very bytes of the frame the pass is for but received another picture',
  other_face: 'The face that the pass is for is not in the picture',
  used: 'The pass was used; do the challenge again',
};

function passError(reason: PassRefusal): RequestError {
  return new RequestError(`pass_${reason}`, REFUSALS[reason]);
}

/** Drawn once for a folder. */
function keyOf(database: Database): Uint8Array {
  database
    .prepare("INSERT OR IGNORE INTO secrets (name, value) VALUES ('pass_key', ?)")
    .run(randomBytes(KEY_BYTES));
  const row = rowOf(database.prepare("SELECT value FROM secrets WHERE name = 'pass_key'").get());
  return Uint8Array.from(row!.value as Uint8Array);
}
