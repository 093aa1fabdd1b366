import { createHash, randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { MOST_DAYS } from '../api/limits.ts';
import { SCOPES, type Scope } from '../api/scopes.ts';
import type { ApiKey } from '../api/shapes.ts';
import { rowOf, type SqlRow } from '../sqlite/sql-row.ts';
import type { Database } from '../sqlite/sqlite-driver.ts';

const scryptAsync = promisify<Buffer, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** RFC 7914's interactive figures: 16 MB and some 50 ms a guess. */
const SCRYPT: ScryptOptions = { N: 16_384, r: 8, p: 1 };
const HASH_BYTES = 32;
const SECRET_BYTES = 32;
const ID_BYTES = 6;
/** acq_<id>_<secret>: the id finds the row, the secret is never kept. */
const KEY = /^acq_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/;
const MS_PER_DAY = 86_400_000;
const MS_PER_HOUR = 3_600_000;

export interface NewKey {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresInDays?: number | undefined;
}

/** API keys: their secrets are kept as scrypt hashes, and were shown once. */
export class ApiKeys {
  readonly #database: Database;
  /** SHA-256 of whole keys that passed scrypt since keys last changed: scrypt is slow on purpose. */
  readonly #proven = new Map<string, string>();
  #version = -1;

  constructor(database: Database) {
    this.#database = database;
  }

  /** throws  TypeError, RangeError for a name, scopes or days that are none */
  async create({
    name,
    scopes,
    expiresInDays,
  }: NewKey): Promise<{ readonly key: ApiKey; readonly secret: string }> {
    requireName(name);
    requireScopes(scopes);
    requireDays(expiresInDays);
    const id = randomBytes(ID_BYTES).toString('hex');
    const secret = randomBytes(SECRET_BYTES).toString('base64url');
    const salt = randomBytes(16);
    const hash = await hashOf(secret, salt);
    const createdAt = new Date();
    const expiresAt =
      expiresInDays === undefined
        ? null
        : new Date(createdAt.getTime() + expiresInDays * MS_PER_DAY).toISOString();
    this.#database
      .prepare(
        'INSERT INTO api_keys (id, name, scopes, salt, hash, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
      )
      .run(id, name, scopes.join(' '), salt, hash, createdAt.toISOString(), expiresAt);
    const key = {
      id,
      name,
      scopes: [...scopes],
      createdAt: createdAt.toISOString(),
      expiresAt,
      lastUsedAt: null,
    };
    return { key, secret: `acq_${id}_${secret}` };
  }

  list(): readonly ApiKey[] {
    const rows = this.#database
      .prepare('SELECT * FROM api_keys WHERE revoked_at IS NULL ORDER BY created_at, id')
      .all();
    return (rows as unknown as readonly SqlRow[]).map(keyOf);
  }

  /** The key of that id, unless it has expired. */
  find(id: string): ApiKey | null {
    const row = rowOf(
      this.#database.prepare('SELECT * FROM api_keys WHERE id = ? AND revoked_at IS NULL').get(id),
    );
    const key = row ? keyOf(row) : null;
    return key && !isExpired(key) ? key : null;
  }

  /** ensures  false when there is no such key; whoever uses it is refused from then on */
  revoke(id: string): boolean {
    // The row stays: once a key was made, one is needed for good.
    const { changes } = this.#database
      .prepare(
        "UPDATE api_keys SET revoked_at = ?, hash = x'', salt = x'' WHERE id = ? AND revoked_at IS NULL",
      )
      .run(new Date().toISOString(), id);
    this.#proven.clear();
    return Number(changes) > 0;
  }

  /** Whether no key was ever made. Keys that are revoked or expired do not open the server to everybody. */
  get isEmpty(): boolean {
    return this.#database.prepare('SELECT 1 FROM api_keys LIMIT 1').get() === undefined;
  }

  /** Whether any key works. */
  get isAnyValid(): boolean {
    return this.list().some((key) => !isExpired(key));
  }

  /** Whether this very key has passed already: it costs nothing to ask. */
  isProven(given: string): boolean {
    const [, id] = KEY.exec(given) ?? [];
    this.#forgetAfterChanges();
    return id !== undefined && this.#proven.get(id) === digestOf(given);
  }

  /** The key that was given, or null for one that is wrong, revoked or expired. */
  async verify(given: string): Promise<ApiKey | null> {
    const [, id, secret] = KEY.exec(given) ?? [];
    if (id === undefined || secret === undefined) return null;
    this.#forgetAfterChanges();
    const row = rowOf(
      this.#database.prepare('SELECT * FROM api_keys WHERE id = ? AND revoked_at IS NULL').get(id),
    );
    if (!row || isExpired(keyOf(row))) return null;
    const digest = digestOf(given);
    if (this.#proven.get(id) !== digest) {
      const hash = await hashOf(secret, Buffer.from(row.salt as Uint8Array));
      if (!timingSafeEqual(hash, Buffer.from(row.hash as Uint8Array))) return null;
      this.#proven.set(id, digest);
    }
    return this.#used(keyOf(row));
  }

  /** Another process may have revoked a key and made another of the same id. */
  #forgetAfterChanges(): void {
    const { data_version: version } = this.#database.prepare('PRAGMA data_version').get() as {
      data_version: number;
    };
    if (version === this.#version) return;
    this.#version = version;
    this.#proven.clear();
  }

  /** To the hour: a write for every request would wear the disk for nothing. */
  #used(key: ApiKey): ApiKey {
    const hour = new Date(Math.floor(Date.now() / MS_PER_HOUR) * MS_PER_HOUR).toISOString();
    if (key.lastUsedAt === hour) return key;
    this.#database.prepare('UPDATE api_keys SET last_used_at = ? WHERE id = ?').run(hour, key.id);
    return { ...key, lastUsedAt: hour };
  }
}

function digestOf(given: string): string {
  return createHash('sha256').update(given).digest('base64');
}

function hashOf(secret: string, salt: Buffer): Promise<Buffer> {
  return scryptAsync(Buffer.from(secret), salt, HASH_BYTES, SCRYPT);
}

function keyOf(row: SqlRow): ApiKey {
  return {
    id: String(row.id),
    name: String(row.name),
    scopes: String(row.scopes).split(' ') as Scope[],
    createdAt: String(row.created_at),
    expiresAt: row.expires_at === null ? null : String(row.expires_at),
    lastUsedAt: row.last_used_at === null ? null : String(row.last_used_at),
  };
}

function isExpired({ expiresAt }: ApiKey): boolean {
  return expiresAt !== null && Date.parse(expiresAt) <= Date.now();
}

function requireName(name: string): void {
  if (typeof name === 'string' && /^[^\p{Cc}]{1,100}$/u.test(name)) return;
  throw new RangeError('Expected a name of 1 to 100 characters for a key but received another');
}

function requireScopes(scopes: readonly Scope[]): void {
  const isArray = Array.isArray(scopes);
  if (isArray && scopes.length > 0 && scopes.every((scope) => SCOPES.includes(scope))) return;
  throw new TypeError(
    `Expected an array of scopes out of ${SCOPES.join(', ')} for a key but received ${isArray ? scopes.join(', ') : typeof scopes}`,
  );
}

function requireDays(days: number | undefined): void {
  if (days === undefined || (typeof days === 'number' && days > 0 && days <= MOST_DAYS)) return;
  throw new RangeError(
    `Expected more than 0 and at most ${MOST_DAYS} days until a key expires but received ${String(days)}`,
  );
}
