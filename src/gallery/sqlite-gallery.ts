import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { AcquaintError } from '../errors.ts';
import type { EnrolledFace, Gallery, GalleryEmbedding, NewFace, Person } from '../ports/gallery.ts';
import { decodeEmbedding, encodeEmbedding } from './embedding-bytes.ts';
import { corruptError, galleryError, isBusy, lockedError } from './gallery-errors.ts';
import { type GalleryFile, prepareGalleryFile, requireSameFile } from './gallery-file.ts';
import { normalizeName } from './person-name.ts';
import { createSchema, type GalleryKind, rollback } from './schema.ts';
import { type Database, loadSqlite } from './sqlite-driver.ts';

export interface SqliteGalleryOptions extends GalleryKind {
  /** Whether a file that does not exist is created. */
  readonly create: boolean;
  /** How long a write waits for other processes, milliseconds (default 5000). */
  readonly lockTimeoutMs?: number;
}

type SqlRow = Readonly<Record<string, unknown>>;

const DEFAULT_LOCK_TIMEOUT_MS = 5000;
const IN_MEMORY = ':memory:';

/**
 * The gallery in one SQLite file (WAL, synchronous=FULL, secure_delete=ON): what a method has written when it returns
 * survives a crash. `path` ':memory:' keeps it in memory only.
 * throws  AcquaintError('gallery_missing' | 'gallery_unusable' | 'gallery_corrupt' | 'gallery_locked' | 'recipe_mismatch')
 */
export async function openSqliteGallery(path: string, options: SqliteGalleryOptions): Promise<Gallery> {
  const lockTimeoutMs = options.lockTimeoutMs ?? DEFAULT_LOCK_TIMEOUT_MS;
  const openDatabase = await loadSqlite();
  const file = path === IN_MEMORY ? null : prepareGalleryFile(path, options.create);
  const name = file?.path ?? IN_MEMORY;
  try {
    const database = openDatabase(name);
    try {
      database.exec(`PRAGMA busy_timeout = ${lockTimeoutMs}`);
      database.exec('PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON');
      if (file === null || file.isEmpty) createSchema(database, options);
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
      requireRecipe(database, name, options);
      return new SqliteGallery(database, file, options, lockTimeoutMs);
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    throw isBusy(error) ? lockedError(name, lockTimeoutMs, error) : galleryError(error, name);
  }
}

function requireRecipe(database: Database, path: string, wanted: GalleryKind): void {
  const row = rowOf(database.prepare('SELECT recipe, embedding_length FROM meta').get());
  if (!row) throw corruptError(path, 'a database without the expected tables');
  if (row.recipe === wanted.recipe && row.embedding_length === wanted.embeddingLength) return;
  throw new AcquaintError(
    'recipe_mismatch',
    `The embeddings in ${path} were made by ${String(row.recipe)}, not by ${wanted.recipe}, and cannot be compared; ` +
      'use the same options as when it was made, or another gallery',
  );
}

const PERSON_COLUMNS = `people.id, people.name, people.created_at, people.updated_at,
  (SELECT count(*) FROM faces WHERE faces.person_id = people.id) AS faces`;

class SqliteGallery implements Gallery {
  readonly recipe: string;
  readonly #database: Database;
  /** null: in memory. */
  readonly #file: GalleryFile | null;
  readonly #path: string;
  readonly #embeddingLength: number;
  readonly #lockTimeoutMs: number;
  #writes = 0;
  #closed = false;

  constructor(database: Database, file: GalleryFile | null, kind: GalleryKind, lockTimeoutMs: number) {
    this.#database = database;
    this.#file = file;
    this.#path = file?.path ?? IN_MEMORY;
    this.recipe = kind.recipe;
    this.#embeddingLength = kind.embeddingLength;
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
      if (person === null) throw corruptError(this.#path, 'one that lost a person while writing');
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
    return rows.map((row) => personFrom(rowOf(row) ?? {}));
  }

  async findPerson(name: string): Promise<Person | null> {
    const normal = normalizeName(name);
    return this.#guard(() => this.#personWhere('people.name = ?', normal));
  }

  async facesOf(personId: string): Promise<readonly EnrolledFace[]> {
    const rows = this.#guard(() =>
      this.#database
        .prepare(
          `SELECT faces.*, chips.jpeg FROM faces LEFT JOIN chips ON chips.face_id = faces.id
           WHERE person_id = ? ORDER BY faces.seq`,
        )
        .all(personId),
    );
    return rows.map((row) => faceFrom(rowOf(row) ?? {}, this.#path));
  }

  async forget(personId: string): Promise<number> {
    const faces = this.#transaction(() => {
      const counted = rowOf(
        this.#database.prepare('SELECT count(*) AS n FROM faces WHERE person_id = ?').get(personId),
      );
      const { changes } = this.#database.prepare('DELETE FROM people WHERE id = ?').run(personId);
      if (Number(changes) === 0)
        throw new AcquaintError('person_not_found', 'Nobody with that id is enrolled');
      return Number(counted?.n);
    });
    await this.#emptyWal();
    return faces;
  }

  async embeddings(): Promise<Iterable<GalleryEmbedding>> {
    const rows = this.#guard(() =>
      this.#database.prepare('SELECT id, person_id, embedding FROM faces ORDER BY seq').all(),
    );
    return rows.map((value) => {
      const row = rowOf(value) ?? {};
      return {
        faceId: String(row.id),
        personId: String(row.person_id),
        embedding: embeddingFrom(row.embedding, this.#path),
      };
    });
  }

  async revision(): Promise<string> {
    const row = this.#guard(() => rowOf(this.#database.prepare('PRAGMA data_version').get()));
    return `${String(row?.data_version)}.${this.#writes}`;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#database.close();
  }

  #ensurePerson(name: string, now: string): string {
    const known = rowOf(this.#database.prepare('SELECT id FROM people WHERE name = ?').get(name));
    if (known) {
      this.#database.prepare('UPDATE people SET updated_at = ? WHERE id = ?').run(now, String(known.id));
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
        encodeEmbedding(face.embedding),
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
      .prepare('INSERT INTO chips (face_id, jpeg) VALUES (?, ?)')
      .run(face.id, Uint8Array.from(face.chip));
  }

  #personWhere(condition: string, value: string): Person | null {
    const row = rowOf(
      this.#database.prepare(`SELECT ${PERSON_COLUMNS} FROM people WHERE ${condition}`).get(value),
    );
    return row ? personFrom(row) : null;
  }

  /** Deleted pages are zeroed in the file; the log still holds them until it is written back and cut to nothing. */
  async #emptyWal(): Promise<void> {
    const deadline = Date.now() + this.#lockTimeoutMs;
    for (;;) {
      const row = this.#guard(() => rowOf(this.#database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()));
      if (Number(row?.busy ?? 0) === 0 || Date.now() >= deadline) return;
      await wait(20);
    }
  }

  #transaction<T>(work: () => T): T {
    return this.#guard(() => {
      if (this.#file) requireSameFile(this.#file);
      this.#database.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        this.#database.exec('COMMIT');
        this.#writes++;
        return result;
      } catch (error) {
        rollback(this.#database);
        throw error;
      }
    });
  }

  #guard<T>(work: () => T): T {
    if (this.#closed) throw new TypeError('Expected an open gallery but received a closed one');
    try {
      return work();
    } catch (error) {
      throw isBusy(error)
        ? lockedError(this.#path, this.#lockTimeoutMs, error)
        : galleryError(error, this.#path);
    }
  }
}

function rowOf(value: unknown): SqlRow | undefined {
  return typeof value === 'object' && value !== null ? (value as SqlRow) : undefined;
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

function faceFrom(row: SqlRow, path: string): EnrolledFace {
  return {
    id: String(row.id),
    personId: String(row.person_id),
    embedding: embeddingFrom(row.embedding, path),
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

function embeddingFrom(value: unknown, path: string): Float32Array {
  if (!(value instanceof Uint8Array) || value.byteLength % 4 !== 0) {
    throw corruptError(path, 'one with a damaged embedding');
  }
  return decodeEmbedding(value);
}
