import { decodeEmbedding, encodeEmbedding } from '../core/embedding-bytes.ts';
import type { EnrolledFace, JsonObject, NewFace } from '../ports/gallery.ts';
import type { Connection } from './connection.ts';
import type { Sealer } from './sealer.ts';

/** Bytes of a row that are sealed when the gallery has a key. throws  AcquaintError('gallery_corrupt') */
export function opened(connection: Connection, value: unknown, context: string): Uint8Array {
  if (!(value instanceof Uint8Array)) throw connection.corrupt('one with a damaged record');
  try {
    return connection.sealer.open(value, context);
  } catch {
    connection.requireSameSeal();
    throw connection.corrupt('one with a record that was changed without its key');
  }
}

export function sealJson(connection: Connection, value: object, context: string): Uint8Array {
  return connection.sealer.seal(Buffer.from(JSON.stringify(value)), context);
}

/** throws  AcquaintError('gallery_corrupt') */
export function openJson(connection: Connection, value: unknown, context: string): JsonObject {
  const bytes = opened(connection, value, context);
  try {
    const parsed: unknown = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString());
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as JsonObject;
  } catch {
    connection.requireSameSeal();
  }
  throw connection.corrupt('one with a damaged record');
}

export function sealEmbedding(connection: Connection, embedding: Float32Array, context: string): Uint8Array {
  return connection.sealer.seal(encodeEmbedding(embedding), context);
}

/** throws  AcquaintError('gallery_corrupt') */
export function openEmbedding(connection: Connection, value: unknown, context: string): Float32Array {
  const bytes = opened(connection, value, context);
  if (bytes.length === 0 || bytes.length % Float32Array.BYTES_PER_ELEMENT !== 0) {
    throw connection.corrupt('one with a damaged embedding');
  }
  return decodeEmbedding(bytes);
}

/** Where sealed bytes belong. */
export const contexts = {
  person: (personId: string) => `person/${personId}`,
  event: (personId: string) => `event/${personId}`,
  face: (faceId: string) => `face/${faceId}`,
  embedding: (faceId: string) => `embedding/${faceId}`,
  staged: (faceId: string, recipe: string) => `staged/${faceId}/${recipe}`,
  chip: (faceId: string) => `chip/${faceId}`,
} as const;

/** Tells pictures apart: 128 bits are enough, and there is one for every face. */
export function contentKey(sealer: Sealer, contentHash: string): string {
  return sealer.fingerprint(contentHash, 'picture').slice(0, 32);
}

export function nameKey(sealer: Sealer, name: string): string {
  return sealer.fingerprint(name, 'name');
}

export function externalKey(sealer: Sealer, externalId: string | null): string | null {
  return externalId === null ? null : sealer.fingerprint(externalId, 'external id');
}

/** What is kept of a face beside its embedding and crop. */
export type FaceDetail = Pick<EnrolledFace, 'contentHash' | 'fileName' | 'box' | 'quality'>;

/** throws  RangeError for an embedding of another length, and for numbers that are not finite */
export function requireFace(
  { embedding, box, quality }: Pick<NewFace, 'embedding' | 'box' | 'quality'>,
  length: number,
): void {
  if (embedding.length !== length) {
    throw new RangeError(`Expected ${length} numbers for embedding but received ${embedding.length}`);
  }
  const measured = Object.values(quality ?? {}).filter((value) => value !== null);
  requireFinite([...embedding, ...Object.values(box ?? {}), ...measured]);
}

/** throws  RangeError: a number that is none would spoil every search */
export function requireFinite(numbers: ArrayLike<number>): void {
  if (Array.from(numbers).every(Number.isFinite)) return;
  throw new RangeError('Expected finite numbers for a face but received one that is not');
}
