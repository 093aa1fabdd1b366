import type { Rect } from '../core/geometry.ts';
import type { JsonObject, StoredQuality } from '../ports/gallery.ts';

/**
 * The portable file: people and faces as lines of JSON, described field by field in docs/portable.md.
 *
 *   {"format":"acquaint-gallery","version":1,"recipe":…,"embeddingLength":…,"createdAt":…,"collection"?:…}
 *   {"person":{…}} and {"face":{…}}, a face after its person
 *   {"end":{"people":…,"faces":…,"sha256":…}}
 *
 * UTF-8, every line ended by a line feed; the SHA-256 is that of all bytes before the last line. The whole may be
 * compressed by gzip.
 */
export const PORTABLE_FORMAT = 'acquaint-gallery';

/** Raised with every change of the lines; a newer one is refused, because an unknown field may be one that matters. */
export const PORTABLE_VERSION = 1;

export interface PortableHeader {
  /** How every embedding in the file was made. */
  readonly recipe: string;
  /** Numbers in every embedding. */
  readonly embeddingLength: number;
  /** When the file was written, ISO 8601, UTC. */
  readonly createdAt: string;
  readonly collection?: string;
}

export interface PortablePerson {
  readonly id: string;
  readonly name: string;
  /** What the person is called in another system. */
  readonly externalId?: string;
  readonly metadata?: JsonObject;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface PortableFace {
  readonly id: string;
  readonly personId: string;
  readonly createdAt: string;
  /** SHA-256 of the picture file, lower-case hex. */
  readonly contentHash: string;
  readonly fileName: string | null;
  /** null, as `quality`: the face came as an embedding, without a picture. */
  readonly box: Rect | null;
  readonly quality: StoredQuality | null;
  readonly embedding: Float32Array;
  /** The aligned chip as a JPEG file's bytes. */
  readonly chip: Uint8Array | null;
}

export type PortableRecord = { readonly person: PortablePerson } | { readonly face: PortableFace };

/** What a whole file held. */
export interface PortableSummary {
  readonly header: PortableHeader;
  readonly people: number;
  readonly faces: number;
  /** Of every line but the last, lower-case hex. It tells damage, not forgery: whoever can change a line can do so with the hash. */
  readonly sha256: string;
}

/** A file whose name ends so is written compressed. */
export const GZIP_EXTENSION = '.gz';

/** A line's greatest length: bounds what a hostile file can make a reader keep in memory. */
export const MAX_LINE_BYTES = 4 * 1024 * 1024;
export const MAX_EMBEDDING_LENGTH = 16_384;
export const MAX_CHIP_BYTES = 2 * 1024 * 1024;
