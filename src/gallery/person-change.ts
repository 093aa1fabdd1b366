import { normalizeName } from '../core/person-name.ts';
import {
  type JsonObject,
  MAX_METADATA_BYTES,
  MAX_METADATA_DEPTH,
  type PersonChange,
} from '../ports/gallery.ts';

/**
 * A change with its name, external id and metadata as they are kept.
 * throws  TypeError, RangeError; their messages do not repeat what was given
 */
export function normalizeChange({ name, externalId, metadata, bestFaceId }: PersonChange): PersonChange {
  return {
    ...(name !== undefined && { name: normalizeName(name) }),
    ...(externalId !== undefined && { externalId: externalId === null ? null : normalizeName(externalId) }),
    ...(metadata !== undefined && { metadata: requireMetadata(metadata) }),
    ...(bestFaceId !== undefined && { bestFaceId }),
  };
}

function requireMetadata(metadata: unknown): JsonObject {
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) {
    throw new TypeError('Expected a JSON object for metadata');
  }
  const json = JSON.stringify(metadata);
  if (Buffer.byteLength(json) > MAX_METADATA_BYTES) {
    throw new RangeError(
      `Expected metadata of at most ${MAX_METADATA_BYTES} bytes as JSON but received ${Buffer.byteLength(json)}`,
    );
  }
  requireDepth(metadata, MAX_METADATA_DEPTH);
  // As it will be read again: dates are texts, what is undefined is gone.
  return JSON.parse(json) as JsonObject;
}

function requireDepth(value: unknown, levels: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (levels === 0) {
    throw new RangeError(`Expected metadata of at most ${MAX_METADATA_DEPTH} levels but received more`);
  }
  if (Object.hasOwn(value, '__proto__')) {
    throw new RangeError('Expected metadata without a key __proto__ but received one');
  }
  for (const inner of Object.values(value)) requireDepth(inner, levels - 1);
}
