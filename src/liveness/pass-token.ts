import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { requireBytes, requireFields, requireNumbers, requireOptions } from '../core/arguments.ts';
import { encodeEmbedding } from '../core/embedding-bytes.ts';
import type { UsedTokens } from './used-tokens.ts';

/** What a passed challenge is a pass for. */
export interface PassSubject {
  readonly challengeId: string;
  /** Of the face in that picture, as it is recognised afterwards: the same numbers, not computed anew by other means. */
  readonly embedding: Float32Array;
  /** The bytes of the picture that is recognised afterwards: a frame of the stream. */
  readonly picture: Uint8Array;
}

/** Why a token is not a pass. */
export type PassRefusal =
  /** Not a token of this kind at all. */
  | 'malformed'
  /** Not signed with this key, or changed since. */
  | 'forged'
  | 'expired'
  | 'other_challenge'
  | 'other_picture'
  | 'other_face'
  /** A pass once, and used. */
  | 'used';

export type PassVerdict =
  | { readonly valid: true; readonly expiresAtMs: number }
  | { readonly valid: false; readonly reason: PassRefusal };

export interface IssueOptions {
  /** Milliseconds of the server's clock. */
  readonly nowMs: number;
  /** How long it is good for (default 60,000). */
  readonly lifeMs?: number;
}

export interface VerifyOptions {
  /** Milliseconds of the clock that it was issued by. */
  readonly nowMs: number;
  /** Where it is kept that a token was used. */
  readonly used: UsedTokens;
}

interface Claims {
  readonly id: string;
  readonly challenge: string;
  readonly face: string;
  readonly picture: string;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
}

const DEFAULT_LIFE_MS = 60_000;
/** SHA-256 gives so many bytes; a shorter key is easier to guess than the signature (RFC 2104, 3). */
const LEAST_KEY_BYTES = 32;
/** Signed with every token: a token of another kind under the same key is none of these. */
const KIND = 'acquaint-liveness-1';
const FORM = /^acquaint-liveness-1\.([\w-]{1,2048})\.([\w-]{43})$/;

/**
 * A pass: KIND.claims.signature, the claims as JSON in base64url, the signature HMAC-SHA256 of what stands before it.
 * It holds no embedding and no picture, only keyed digests of them, which tell nothing without the key.
 * throws  RangeError for a key below 32 bytes, or times that are no numbers
 */
export function issuePass(subject: PassSubject, key: Uint8Array, options: IssueOptions): string {
  requireOptions('issuePass', options, { nowMs: 'number', lifeMs: 'number' });
  const { nowMs, lifeMs = DEFAULT_LIFE_MS } = options;
  requireKey(key);
  requireNumber('nowMs', nowMs);
  if (!(lifeMs > 0 && Number.isFinite(lifeMs))) {
    throw new RangeError(`Expected a number above 0 for lifeMs but received ${lifeMs}`);
  }
  const claims: Claims = {
    id: randomBytes(16).toString('hex'),
    ...digestsOf(subject, key),
    issuedAtMs: nowMs,
    expiresAtMs: nowMs + lifeMs,
  };
  const signed = `${KIND}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
  return `${signed}.${signatureOf(signed, key).toString('base64url')}`;
}

/**
 * Whether a token is a pass for this subject, now and for the first time. What is not is never marked as used.
 * throws  RangeError for a key below 32 bytes or a time that is no number; what `used` throws
 */
export async function verifyPass(
  token: string,
  subject: PassSubject,
  key: Uint8Array,
  options: VerifyOptions,
): Promise<PassVerdict> {
  requireOptions('verifyPass', options, { nowMs: 'number', used: 'object' });
  const { nowMs, used } = options;
  requireKey(key);
  requireNumber('nowMs', nowMs);
  const claims = claimsOf(token, key);
  if (typeof claims === 'string') return refused(claims);
  if (!isInTime(claims, nowMs)) return refused('expired');
  const other = mismatch(claims, digestsOf(subject, key));
  if (other) return refused(other);
  const isFirst = await used.use(claims.id, claims.expiresAtMs, nowMs);
  return isFirst ? { valid: true, expiresAtMs: claims.expiresAtMs } : refused('used');
}

/** A clock that was set back by more than its life makes a pass no younger. */
function isInTime({ issuedAtMs, expiresAtMs }: Claims, nowMs: number): boolean {
  return nowMs < expiresAtMs && issuedAtMs - nowMs <= expiresAtMs - issuedAtMs;
}

function refused(reason: PassRefusal): PassVerdict {
  return { valid: false, reason };
}

function claimsOf(token: string, key: Uint8Array): Claims | 'malformed' | 'forged' {
  const [, claims, signature] = FORM.exec(token) ?? [];
  if (!claims || !signature) return 'malformed';
  const given = Buffer.from(signature, 'base64url');
  // The last character has spare bits: only one writing of a signature counts.
  if (given.toString('base64url') !== signature) return 'malformed';
  if (!timingSafeEqual(given, signatureOf(`${KIND}.${claims}`, key))) return 'forged';
  return JSON.parse(Buffer.from(claims, 'base64url').toString()) as Claims;
}

function mismatch(claims: Claims, digests: Digests): PassRefusal | null {
  if (!isEqual(claims.challenge, digests.challenge)) return 'other_challenge';
  if (!isEqual(claims.picture, digests.picture)) return 'other_picture';
  return isEqual(claims.face, digests.face) ? null : 'other_face';
}

type Digests = Pick<Claims, 'challenge' | 'face' | 'picture'>;

function digestsOf(subject: PassSubject, key: Uint8Array): Digests {
  requireFields('the subject', subject, { challengeId: 'string' });
  const { challengeId, embedding, picture } = subject;
  requireNumbers('embedding', embedding);
  requireBytes('picture', picture);
  return {
    challenge: digestOf('challenge', Buffer.from(challengeId), key),
    face: digestOf('face', encodeEmbedding(embedding), key),
    picture: digestOf('picture', picture, key),
  };
}

/** Keyed, so that nobody can try pictures they have against a token they see. */
function digestOf(what: string, bytes: Uint8Array, key: Uint8Array): string {
  return createHmac('sha256', key).update(`${KIND}:${what}:`).update(bytes).digest('base64url');
}

function signatureOf(signed: string, key: Uint8Array): Buffer {
  return createHmac('sha256', key).update(signed).digest();
}

function isEqual(a: string, b: string): boolean {
  const [first, second] = [Buffer.from(a), Buffer.from(b)];
  return first.length === second.length && timingSafeEqual(first, second);
}

function requireKey(key: Uint8Array): void {
  requireBytes('key', key);
  if (key.length < LEAST_KEY_BYTES) {
    throw new RangeError(`Expected a key of at least ${LEAST_KEY_BYTES} bytes but received ${key.length}`);
  }
}

function requireNumber(name: string, value: number): void {
  if (!Number.isFinite(value)) {
    throw new RangeError(`Expected a finite number for ${name} but received ${value}`);
  }
}
