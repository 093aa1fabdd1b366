import type { Rect } from '../core/geometry.ts';
import type { EnrolledFace, NewFace, Person, StoredQuality } from '../ports/gallery.ts';
import { decodeEmbedding } from './embedding-bytes.ts';
import { corruptError } from './gallery-errors.ts';

/** A row as a driver gives it. */
export type SqlRow = Readonly<Record<string, unknown>>;

export function rowOf(value: unknown): SqlRow | undefined {
  return typeof value === 'object' && value !== null ? (value as SqlRow) : undefined;
}

export function personFrom(row: SqlRow): Person {
  return {
    id: String(row.id),
    name: String(row.name),
    faces: Number(row.faces),
    createdAt: String(row.created_at),
    updatedAt: String(row.updated_at),
  };
}

export function faceFrom(row: SqlRow, path: string): EnrolledFace {
  return {
    id: String(row.id),
    personId: String(row.person_id),
    embedding: embeddingFrom(row.embedding, path),
    contentHash: String(row.content_hash),
    fileName: row.file_name === null ? null : String(row.file_name),
    box: boxFrom(row),
    quality: qualityFrom(row.quality, path),
    chip: row.jpeg instanceof Uint8Array ? row.jpeg : null,
    createdAt: String(row.created_at),
  };
}

export function boxFrom(row: SqlRow): Rect {
  return {
    left: Number(row.box_left),
    top: Number(row.box_top),
    right: Number(row.box_right),
    bottom: Number(row.box_bottom),
  };
}

function qualityFrom(value: unknown, path: string): StoredQuality {
  try {
    return JSON.parse(String(value)) as StoredQuality;
  } catch {
    throw corruptError(path, 'one with a damaged record of quality');
  }
}

export function embeddingFrom(value: unknown, path: string): Float32Array {
  if (!(value instanceof Uint8Array) || value.byteLength % 4 !== 0) {
    throw corruptError(path, 'one with a damaged embedding');
  }
  return decodeEmbedding(value);
}

/** throws  RangeError for an embedding of another length, and for numbers that are not finite */
export function requireFace({ embedding, box, quality }: NewFace, embeddingLength: number): void {
  if (embedding.length !== embeddingLength) {
    throw new RangeError(
      `Expected ${embeddingLength} numbers for embedding but received ${embedding.length}`,
    );
  }
  const measured = Object.values(quality).filter((value) => value !== null);
  requireFinite([...embedding, ...Object.values(box), ...measured]);
}

/** throws  RangeError: a number that is none would spoil every search */
export function requireFinite(numbers: ArrayLike<number>): void {
  if (Array.from(numbers).every(Number.isFinite)) return;
  throw new RangeError('Expected finite numbers for a face but received one that is not');
}
