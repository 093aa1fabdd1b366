import { randomUUID } from 'node:crypto';
import { AcquaintError } from '../errors.ts';
import type { EnrolledFace, GalleryEmbedding, NewFace } from '../ports/gallery.ts';
import type { SqlRow } from '../sqlite/sql-row.ts';
import type { Connection } from './connection.ts';
import {
  contentKey,
  contexts,
  type FaceDetail,
  openEmbedding,
  opened,
  openJson,
  requireFace,
  sealEmbedding,
  sealJson,
} from './gallery-rows.ts';
import type { PersonRow } from './people-table.ts';

/** Where a face is. */
export interface FaceRow {
  readonly seq: number;
  readonly id: string;
  readonly person: number;
  readonly contentKey: string;
  readonly removedAt: string | null;
}

/** So much of an id is printed. */
const LEAST_PREFIX = 8;

const PLACE = 'faces.seq, faces.id, faces.person, faces.content_key, faces.removed_at';

/** The faces of one collection. */
export class FacesTable {
  readonly #connection: Connection;
  readonly #collection: number;
  readonly #embeddingLength: number;

  constructor(connection: Connection, collection: number, embeddingLength: number) {
    this.#connection = connection;
    this.#collection = collection;
    this.#embeddingLength = embeddingLength;
  }

  /** throws  AcquaintError('already_enrolled'), RangeError for a face that cannot be compared */
  add(
    person: Pick<PersonRow, 'seq' | 'id'>,
    face: NewFace,
    { id = randomUUID(), createdAt }: { readonly id?: string; readonly createdAt: string },
  ): EnrolledFace {
    requireFace(face, this.#embeddingLength);
    if (this.has(person.seq, face.contentHash)) {
      throw new AcquaintError('already_enrolled', 'The person has a face from this picture already');
    }
    const { contentHash, fileName, box, quality, embedding, chip } = face;
    const detail: FaceDetail = { contentHash, fileName, box, quality };
    const seq = this.#connection.insert(
      'INSERT INTO faces (id, person, embedding, detail, content_key, created_at) VALUES (?, ?, ?, ?, ?, ?)',
      id,
      person.seq,
      sealEmbedding(this.#connection, embedding, contexts.embedding(id)),
      sealJson(this.#connection, detail, contexts.face(id)),
      contentKey(this.#connection.sealer, contentHash),
      createdAt,
    );
    if (chip) {
      this.#connection.run(
        'INSERT INTO chips (face, jpeg) VALUES (?, ?)',
        seq,
        this.#connection.sealer.seal(Uint8Array.from(chip), contexts.chip(id)),
      );
    }
    return { ...detail, embedding, chip, id, personId: person.id, createdAt };
  }

  has(person: number, contentHash: string): boolean {
    const row = this.#connection.get(
      'SELECT 1 FROM faces WHERE person = ? AND content_key = ? AND removed_at IS NULL',
      person,
      contentKey(this.#connection.sealer, contentHash),
    );
    return row !== undefined;
  }

  /** The person's faces but those removed, oldest first. */
  of(person: Pick<PersonRow, 'seq' | 'id'>): readonly EnrolledFace[] {
    const rows = this.#connection.all(
      `SELECT faces.*, chips.jpeg FROM faces LEFT JOIN chips ON chips.face = faces.seq
       WHERE person = ? AND removed_at IS NULL ORDER BY faces.seq`,
      person.seq,
    );
    return rows.map((row) => this.#from(row, person.id));
  }

  /** The person's faces but those removed, oldest first, without what they hold. */
  placesOf(person: number): readonly FaceRow[] {
    return this.#connection
      .all(`SELECT ${PLACE} FROM faces WHERE person = ? AND removed_at IS NULL ORDER BY seq`, person)
      .map(placeFrom);
  }

  /** A face of this collection, removed or not; null for none. */
  find(id: string): FaceRow | null {
    const row = this.#connection.get(
      `SELECT ${PLACE} FROM faces JOIN people ON people.seq = faces.person WHERE faces.id = ? AND people.collection = ?`,
      id,
      this.#collection,
    );
    return row ? placeFrom(row) : null;
  }

  /** By the beginning of its id, eight characters at least, or the whole; null for none and for several. */
  findByPrefix(prefix: string): FaceRow | null {
    if (prefix.length < LEAST_PREFIX) return null;
    const rows = this.#connection.all(
      `SELECT ${PLACE} FROM faces JOIN people ON people.seq = faces.person
       WHERE faces.id >= ?1 AND faces.id < ?1 || '~' AND people.collection = ?2 LIMIT 2`,
      prefix,
      this.#collection,
    );
    return rows.length === 1 ? placeFrom(rows[0]!) : null;
  }

  move(face: number, person: number): void {
    this.#connection.run('UPDATE faces SET person = ? WHERE seq = ?', person, face);
  }

  setRemoved(face: number, at: string | null): void {
    this.#connection.run('UPDATE faces SET removed_at = ? WHERE seq = ?', at, face);
  }

  /** The crop of a face of this collection; null when there is none. */
  chipOf(id: string): Uint8Array | null {
    const row = this.#connection.get(
      `SELECT chips.jpeg FROM chips JOIN faces ON faces.seq = chips.face JOIN people ON people.seq = faces.person
       WHERE faces.id = ? AND people.collection = ?`,
      id,
      this.#collection,
    );
    return row ? opened(this.#connection, row.jpeg, contexts.chip(id)) : null;
  }

  embeddingsOf(person: number): readonly Float32Array[] {
    return this.#connection
      .all('SELECT id, embedding FROM faces WHERE person = ? AND removed_at IS NULL ORDER BY seq', person)
      .map((row) => openEmbedding(this.#connection, row.embedding, contexts.embedding(String(row.id))));
  }

  count(): number {
    return Number(
      this.#connection.get(
        `SELECT count(*) AS n FROM faces JOIN people ON people.seq = faces.person
         WHERE people.collection = ? AND people.removed_at IS NULL AND faces.removed_at IS NULL`,
        this.#collection,
      )?.n,
    );
  }

  /** At most so many embeddings after that face, in the order of enrolment. */
  slice(
    after: number,
    limit: number,
  ): { readonly last: number; readonly embeddings: readonly GalleryEmbedding[] } {
    const rows = this.#connection.all(
      `SELECT faces.seq, faces.id, faces.embedding, people.id AS person_id
       FROM faces CROSS JOIN people ON people.seq = faces.person
       WHERE faces.seq > ? AND people.collection = ? AND people.removed_at IS NULL AND faces.removed_at IS NULL
       ORDER BY faces.seq LIMIT ?`,
      after,
      this.#collection,
      limit,
    );
    return {
      last: Number(rows.at(-1)?.seq ?? after),
      embeddings: rows.map((row) => ({
        faceId: String(row.id),
        personId: String(row.person_id),
        embedding: openEmbedding(this.#connection, row.embedding, contexts.embedding(String(row.id))),
      })),
    };
  }

  #from(row: SqlRow, personId: string): EnrolledFace {
    const id = String(row.id);
    const detail = openJson(this.#connection, row.detail, contexts.face(id)) as unknown as FaceDetail;
    return {
      ...detail,
      id,
      personId,
      embedding: openEmbedding(this.#connection, row.embedding, contexts.embedding(id)),
      chip: row.jpeg === null ? null : opened(this.#connection, row.jpeg, contexts.chip(id)),
      createdAt: String(row.created_at),
    };
  }
}

function placeFrom(row: SqlRow): FaceRow {
  return {
    seq: Number(row.seq),
    id: String(row.id),
    person: Number(row.person),
    contentKey: String(row.content_key),
    removedAt: row.removed_at === null ? null : String(row.removed_at),
  };
}
