import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
  scryptSync,
  timingSafeEqual,
} from 'node:crypto';
import { requireBytes, requireString } from '../core/arguments.ts';
import { AcquaintError } from '../errors.ts';
import type { GalleryKey } from '../ports/gallery.ts';
import { corruptError } from './gallery-errors.ts';

/** What stands between the gallery's values and its file. */
export interface Sealer {
  /** Bytes as they are written. `context` says where they belong: sealed bytes open nowhere else. */
  seal(bytes: Uint8Array, context: string): Uint8Array;
  /** The inverse. throws  RangeError for bytes that were changed or belong elsewhere */
  open(bytes: Uint8Array, context: string): Uint8Array;
  /** Equal for equal texts of one purpose, and tells nothing of them without the key: for looking up. */
  fingerprint(text: string, purpose: string): string;
}

/** How a key is made of what the user knows or has, and how to tell the right one; kept in the gallery in the clear. */
interface SealHeader {
  readonly version: 1;
  readonly kdf: 'scrypt' | 'hkdf';
  /** base64, 16 random bytes. */
  readonly salt: string;
  /** Base64 of a fixed text sealed by the key. */
  readonly check: string;
}

/** 128 MiB and about half a second for every guess (OWASP's advice for scrypt: N = 2^17, r = 8, p = 1). */
const SCRYPT = { N: 2 ** 17, r: 8, p: 1, maxmem: 192 * 2 ** 20 };
const KEY_BYTES = 32;
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Fewer can be guessed. */
export const LEAST_KEY_FILE_BYTES = 16;
export const LEAST_PASSPHRASE_CHARACTERS = 8;
const CHECK_TEXT = Buffer.from('acquaint');
const CHECK_CONTEXT = 'check';

/** Leaves everything readable; a fingerprint is a plain hash. */
export const plainSealer: Sealer = {
  seal: (bytes) => bytes,
  open: (bytes) => bytes,
  fingerprint: (text, purpose) => createHash('sha256').update(`${purpose}\0${text}`).digest('hex'),
};

/** A sealer with the text that is kept of it in the gallery; null: nothing is sealed. */
export interface Seal {
  readonly header: string | null;
  readonly sealer: Sealer;
}

export const PLAIN: Seal = { header: null, sealer: plainSealer };

/**
 * A new seal.
 * throws  RangeError for a passphrase or key file that is too short
 */
export function createSeal(key: GalleryKey): Seal {
  requireKey(key);
  requireStrength(key);
  const kdf = 'passphrase' in key ? 'scrypt' : 'hkdf';
  const salt = randomBytes(SALT_BYTES);
  const sealer = sealerOf(masterKey(key, salt));
  const check = Buffer.from(sealer.seal(CHECK_TEXT, CHECK_CONTEXT)).toString('base64');
  const header: SealHeader = { version: 1, kdf, salt: salt.toString('base64'), check };
  return { header: JSON.stringify(header), sealer };
}

/**
 * The seal of a header.
 * throws  AcquaintError('gallery_corrupt'); 'wrong_key', also for a passphrase where a key file is wanted, and the other way round
 */
export function openSeal(headerJson: string, key: GalleryKey, path: string): Seal {
  requireKey(key);
  const header = headerFrom(headerJson, path);
  const wanted = header.kdf === 'scrypt' ? 'a passphrase' : 'a key file';
  const received = 'passphrase' in key ? 'a passphrase' : 'a key file';
  if (wanted !== received) {
    throw wrongKey(`Expected ${wanted} for the gallery ${path} but received ${received}`);
  }
  const sealer = sealerOf(masterKey(key, Buffer.from(header.salt, 'base64')));
  try {
    const text = sealer.open(Buffer.from(header.check, 'base64'), CHECK_CONTEXT);
    if (timingSafeEqual(text, CHECK_TEXT)) return { header: headerJson, sealer };
  } catch {
    // Told below: a key that opens nothing is another one.
  }
  throw wrongKey(
    `Expected the key that the gallery ${path} was sealed with but received another ${'passphrase' in key ? 'passphrase' : 'key file'}; nothing was changed`,
  );
}

function headerFrom(json: string, path: string): SealHeader {
  try {
    const header = JSON.parse(json) as SealHeader;
    if (header.version === 1) return header;
  } catch {
    // Told below.
  }
  throw corruptError(path, 'one with a damaged seal');
}

function wrongKey(message: string): AcquaintError {
  return new AcquaintError('wrong_key', message);
}

/** throws  TypeError unless it is a passphrase or the bytes of a key file */
function requireKey(key: GalleryKey): void {
  if ('passphrase' in key) requireString('passphrase', key.passphrase);
  else requireBytes('keyFile', key.keyFile);
}

function requireStrength(key: GalleryKey): void {
  if ('passphrase' in key) {
    const length = [...key.passphrase].length;
    if (length >= LEAST_PASSPHRASE_CHARACTERS) return;
    throw new RangeError(
      `Expected a passphrase of at least ${LEAST_PASSPHRASE_CHARACTERS} characters but received ${length}`,
    );
  }
  if (key.keyFile.length >= LEAST_KEY_FILE_BYTES) return;
  throw new RangeError(
    `Expected a key file of at least ${LEAST_KEY_FILE_BYTES} bytes but received ${key.keyFile.length}; ` +
      '32 random bytes are right',
  );
}

function masterKey(key: GalleryKey, salt: Uint8Array): Buffer {
  if ('passphrase' in key) return scryptSync(key.passphrase.normalize('NFC'), salt, KEY_BYTES, SCRYPT);
  return Buffer.from(hkdfSync('sha256', key.keyFile, salt, 'acquaint key file', KEY_BYTES));
}

/**
 * AES-256-GCM with a random nonce: nonce, ciphertext, tag. Fingerprints are HMAC-SHA-256. Both keys are derived from the
 * master key (HKDF, RFC 5869), so that neither tells anything of the other.
 */
function sealerOf(master: Uint8Array): Sealer {
  const derived = (purpose: string): Buffer =>
    Buffer.from(hkdfSync('sha256', master, new Uint8Array(0), `acquaint ${purpose}`, KEY_BYTES));
  const sealingKey = derived('seal');
  const fingerprintKey = derived('fingerprint');
  return {
    seal(bytes, context) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', sealingKey, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(context));
      return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
    },
    open(bytes, context) {
      if (bytes.length < NONCE_BYTES + TAG_BYTES)
        throw new RangeError('Expected sealed bytes but received too few');
      const decipher = createDecipheriv('aes-256-gcm', sealingKey, bytes.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(Buffer.from(context));
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      try {
        return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
      } catch (cause) {
        throw new RangeError('Expected bytes as they were sealed but received changed ones', { cause });
      }
    },
    fingerprint: (text, purpose) =>
      createHmac('sha256', fingerprintKey).update(`${purpose}\0${text}`).digest('hex'),
  };
}
