import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { AcquaintError } from '../errors.ts';
import type { EnrolledFace, Gallery, GalleryEmbedding, NewFace, Person } from '../ports/gallery.ts';
import { galleryError } from './gallery-errors.ts';
import { type GalleryFileOptions, openGalleryFile } from './open-gallery-file.ts';
import { normalizeName } from './person-name.ts';
import type { Database, SqlRow } from './sqlite-driver.ts';

export type SqliteGalleryOptions = Omit<GalleryFileOptions, 'lockTimeoutMs'> & {
  /** How long a write waits for other processes, milliseconds (default 5000). */
  readonly lockTimeoutMs?: number;
};

const DEFAULT_LOCK_TIMEOUT_MS = 5000;

/**
 * The gallery in one SQLite file (WAL, synchronous=FULL, secure_delete=ON): what a method has written when it returns
 * survives a crash. `path` ':memory:' keeps it in memory only.
 * throws  AcquaintError as `openGalleryFile`
 */
export async function openSqliteGallery(path: string, options: SqliteGalleryOptions): Promise<Gallery> {
  const lockTimeoutMs = options.lockTimeoutMs ?? DEFAULT_LOCK_TIMEOUT_MS;
  const database = await openGalleryFile(path, { ...options, lockTimeoutMs });
  return new SqliteGallery(database, path, options.recipe, options.embeddingLength, lockTimeoutMs);
}

const PERSON_COLUMNS = `people.id, people.name, people.created_at, people.updated_at,
  (SELECT count(*) FROM faces WHERE faces.person_id = people.id) AS faces`;

class SqliteGallery implements Gallery {
  readonly recipe: string;
  readonly #database: Database;
  readonly #path: string;
  readonly #embeddingLength: number;
  readonly #lockTimeoutMs: number;
  #writes = 0;
  #closed = false;

  constructor(
    database: Database,
    path: string,
    recipe: string,
    embeddingLength: number,
    lockTimeoutMs: number,
  ) {
    this.#database = database;
    this.#path = path;
    this.recipe = recipe;
    this.#embeddingLength = embeddingLength;
    this.#lockTimeoutMs = lockTimeoutMs;
  }

  async addFace(name: string, face: NewFace) {
    const normal = normalizeName(name);
    if (face.embedding.length !== this.#embeddingLength) {
      throw new RangeError(
        `Expected ${this.#embeddingLength} numbers for embedding but received ${face.embedding.length}`,
      );
    }
    return this.#transaction(() => {
      const now = new Date().toISOString();
      const personId = this.#ensurePerson(normal, now);
      const enrolled: EnrolledFace = { ...face, id: randomUUID(), personId, createdAt: now };
      this.#insertFace(enrolled);
      const person = this.#personWhere('people.id = ?', personId);
      if (person === null)
        throw new AcquaintError('gallery_corrupt', `${this.#path} lost a person while writing`);
      return { person, face: enrolled };
    });
  }

  async hasPicture(name: string, contentHash: string): Promise<boolean> {
    const normal = normalizeName(name);
    return this.#guard(
      () =>
        this.#database
          .prepare(
            `SELECT 1 FROM faces JOIN people ON people.id = faces.person_id
             WHERE people.name = ? AND faces.content_hash = ?`,
          )
          .get(normal, contentHash) !== undefined,
    );
  }

  async people(): Promise<readonly Person[]> {
    const rows = this.#guard(() =>
      this.#database.prepare(`SELECT ${PERSON_COLUMNS} FROM people ORDER BY name`).all(),
    );
    return rows.map(personFrom);
  }

  async findPerson(name: string): Promise<Person | null> {
    const normal = normalizeName(name);
    return this.#guard(() => this.#personWhere('people.name = ?', normal));
  }

  async facesOf(personId: string): Promise<readonly EnrolledFace[]> {
    const rows = this.#guard(() =>
      this.#database
        .prepare(
          `SELECT faces.*, chips.jpeg FROM faces LEFT JOIN chips ON chips.face_number = faces.number
           WHERE person_id = ? ORDER BY number`,
        )
        .all(personId),
    );
    return rows.map(faceFrom);
  }

  async forget(personId: string): Promise<number> {
    const faces = this.#transaction(() => {
      const { n } =
        this.#database.prepare('SELECT count(*) AS n FROM faces WHERE person_id = ?').get(personId) ?? {};
      const { changes } = this.#database.prepare('DELETE FROM people WHERE id = ?').run(personId);
      if (Number(changes) === 0)
        throw new AcquaintError('person_not_found', 'Nobody with that id is enrolled');
      return Number(n);
    });
    await this.#emptyWal();
    return faces;
  }

  async embeddings(): Promise<Iterable<GalleryEmbedding>> {
    const rows = this.#guard(() =>
      this.#database.prepare('SELECT id, person_id, embedding FROM faces ORDER BY number').all(),
    );
    return rows.map((row) => ({
      faceId: String(row.id),
      personId: String(row.person_id),
      embedding: floatsFrom(row.embedding),
    }));
  }

  async revision(): Promise<string> {
    const row = this.#guard(() => this.#database.prepare('PRAGMA data_version').get());
    return `${Object.values(row ?? {})[0]}.${this.#writes}`;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#database.close();
  }

  #ensurePerson(name: string, now: string): string {
    const known = this.#database.prepare('SELECT id FROM people WHERE name = ?').get(name);
    if (known) {
      this.#database.prepare('UPDATE people SET updated_at = ? WHERE id = ?').run(now, known.id ?? null);
      return String(known.id);
    }
    const id = randomUUID();
    this.#database
      .prepare('INSERT INTO people (id, name, created_at, updated_at) VALUES (?, ?, ?, ?)')
      .run(id, name, now, now);
    return id;
  }

  #insertFace(face: EnrolledFace): void {
    const { box, quality } = face;
    const known = this.#database
      .prepare('SELECT 1 FROM faces WHERE person_id = ? AND content_hash = ?')
      .get(face.personId, face.contentHash);
    if (known) {
      throw new AcquaintError('already_enrolled', 'This picture is enrolled for this person already');
    }
    this.#database
      .prepare(
        `INSERT INTO faces (id, person_id, embedding, content_hash, file_name, box_left, box_top, box_right, box_bottom,
         size_px, sharpness, brightness, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        face.id,
        face.personId,
        bytesOf(face.embedding),
        face.contentHash,
        face.fileName,
        box.left,
        box.top,
        box.right,
        box.bottom,
        quality.sizePx,
        quality.sharpness,
        quality.brightness,
        face.createdAt,
      );
    if (face.chip === null) return;
    this.#database
      .prepare('INSERT INTO chips (face_number, jpeg) SELECT number, ? FROM faces WHERE id = ?')
      .run(Uint8Array.from(face.chip), face.id);
  }

  #personWhere(condition: string, value: string): Person | null {
    const row = this.#database.prepare(`SELECT ${PERSON_COLUMNS} FROM people WHERE ${condition}`).get(value);
    return row ? personFrom(row) : null;
  }

  /** Deleted pages are zeroed in the file; the log still holds them until it is written back and cut to nothing. */
  async #emptyWal(): Promise<void> {
    const deadline = Date.now() + this.#lockTimeoutMs;
    for (;;) {
      const row = this.#guard(() => this.#database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get());
      if (Number(row?.busy ?? 0) === 0 || Date.now() >= deadline) return;
      await wait(20);
    }
  }

  #transaction<T>(work: () => T): T {
    return this.#guard(() => {
      this.#database.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        this.#database.exec('COMMIT');
        this.#writes++;
        return result;
      } catch (error) {
        this.#rollBack();
        throw error;
      }
    });
  }

  /** After a full disk SQLite has rolled back already. */
  #rollBack(): void {
    try {
      this.#database.exec('ROLLBACK');
    } catch {
      // No transaction is open any more: there is nothing to undo.
    }
  }

  #guard<T>(work: () => T): T {
    if (this.#closed) throw new TypeError('Expected an open gallery but received a closed one');
    try {
      return work();
    } catch (error) {
      throw galleryError(error, this.#path, this.#lockTimeoutMs);
    }
  }
}

function personFrom(row: SqlRow): Person {
  return {
    id: String(row.id),
    name: String(row.name),
    faces: Number(row.faces),
    createdAt: String(row.created_at),
    updatedAt: String(row.updated_at),
  };
}

function faceFrom(row: SqlRow): EnrolledFace {
  return {
    id: String(row.id),
    personId: String(row.person_id),
    embedding: floatsFrom(row.embedding),
    contentHash: String(row.content_hash),
    fileName: row.file_name === null ? null : String(row.file_name),
    box: {
      left: Number(row.box_left),
      top: Number(row.box_top),
      right: Number(row.box_right),
      bottom: Number(row.box_bottom),
    },
    quality: {
      sizePx: Number(row.size_px),
      sharpness: Number(row.sharpness),
      brightness: Number(row.brightness),
    },
    chip: row.jpeg instanceof Uint8Array ? row.jpeg : null,
    createdAt: String(row.created_at),
  };
}

/** A copy of exactly these bytes: drivers have been seen to drop a typed array's offset. Little-endian. */
function bytesOf(floats: Float32Array): Uint8Array {
  return new Uint8Array(floats.slice().buffer);
}

function floatsFrom(value: unknown): Float32Array {
  if (!(value instanceof Uint8Array) || value.byteLength % 4 !== 0) {
    throw new AcquaintError('gallery_corrupt', 'An embedding in the gallery is damaged');
  }
  return new Float32Array(value.slice().buffer);
}
