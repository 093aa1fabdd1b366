import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { AcquaintError } from '../errors.ts';
import type {
  EnrolledFace,
  FaceToEmbed,
  Gallery,
  GalleryEmbedding,
  NewFace,
  Person,
  StagedEmbedding,
} from '../ports/gallery.ts';
import { encodeEmbedding } from './embedding-bytes.ts';
import { corruptError, galleryError, isBusy, lockedError } from './gallery-errors.ts';
import {
  type GalleryFile,
  holdGalleryFile,
  prepareGalleryFile,
  releaseGalleryFile,
  requireSameFile,
} from './gallery-file.ts';
import { embeddingFrom, faceFrom, personFrom, requireFace, rowOf } from './gallery-rows.ts';
import { normalizeName } from './person-name.ts';
import { createSchema, type GalleryKind, rollback, upgradeSchema } from './schema.ts';
import { type Database, loadSqlite } from './sqlite-driver.ts';
import { insertStaged, replaceByStaged, selectToEmbed } from './staged-embeddings.ts';

export interface SqliteGalleryOptions {
  /** What a new gallery is made for. */
  readonly kind: GalleryKind;
  /** Whether a gallery of that recipe can be used; default: only `kind`'s own. */
  readonly accepts?: (recipe: string, embeddingLength: number) => boolean;
  /** Whether a file that does not exist is created. */
  readonly create: boolean;
  /** How long a write waits for other processes, milliseconds (default 5000). */
  readonly lockTimeoutMs?: number;
}

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
      if (file === null || file.isEmpty) createSchema(database, options.kind);
      upgradeSchema(database);
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
      const kind = requireKind(database, name, options);
      // For VACUUM: its copy of everything must not be written to a temporary file.
      database.exec('PRAGMA temp_store = MEMORY');
      const gallery = new SqliteGallery(database, file, kind, lockTimeoutMs);
      await gallery.resumeErasure();
      if (file) holdGalleryFile(file);
      return gallery;
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    throw isBusy(error) ? lockedError(name, lockTimeoutMs, error) : galleryError(error, name);
  }
}

function requireKind(database: Database, path: string, { kind, accepts }: SqliteGalleryOptions): GalleryKind {
  const row = rowOf(database.prepare('SELECT recipe, embedding_length FROM meta').get());
  if (!row) throw corruptError(path, 'a database without the expected tables');
  const found = { recipe: String(row.recipe), embeddingLength: Number(row.embedding_length) };
  const isKind = found.recipe === kind.recipe && found.embeddingLength === kind.embeddingLength;
  if (isKind || accepts?.(found.recipe, found.embeddingLength)) return found;
  throw new AcquaintError(
    'recipe_mismatch',
    `The embeddings in ${path} were made by ${found.recipe}, not by ${kind.recipe}, and cannot be compared; ` +
      'use the same options as when it was made, or another gallery',
  );
}

const PERSON_COLUMNS = `people.id, people.name, people.created_at, people.updated_at,
  (SELECT count(*) FROM faces WHERE faces.person_id = people.id) AS faces`;

/** A reader still needs the log. */
class LogInUse extends Error {}

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
    requireFace(face, this.#embeddingLength);
    return this.#transaction(() => {
      this.#requireSameRecipe();
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
      if (Number(changes) === 0) {
        throw new AcquaintError('person_not_found', 'Nobody with that id is enrolled');
      }
      this.#database.exec('UPDATE meta SET erasure_pending = 1');
      return Number(counted?.n);
    });
    try {
      await this.#finishErasure(this.#lockTimeoutMs);
    } catch (error) {
      if (!(error instanceof AcquaintError)) throw error;
      throw new AcquaintError(
        error.code,
        `The person is deleted, but old copies could not be wiped from ${this.#path} yet; the next opening does it (${error.message})`,
        { cause: error },
      );
    }
    return faces;
  }

  async embeddings(): Promise<Iterable<GalleryEmbedding>> {
    const rows = this.#guard(() => {
      this.#requireSameRecipe();
      return this.#database.prepare('SELECT id, person_id, embedding FROM faces ORDER BY seq').all();
    });
    return rows.map((value) => {
      const row = rowOf(value) ?? {};
      return {
        faceId: String(row.id),
        personId: String(row.person_id),
        embedding: embeddingFrom(row.embedding, this.#path),
      };
    });
  }

  async facesToEmbed(recipe: string, limit: number, after: number): Promise<readonly FaceToEmbed[]> {
    return this.#guard(() => selectToEmbed(this.#database, recipe, limit, after));
  }

  async crop(faceId: string): Promise<Uint8Array | null> {
    const row = this.#guard(() =>
      rowOf(this.#database.prepare('SELECT jpeg FROM chips WHERE face_id = ?').get(faceId)),
    );
    return row?.jpeg instanceof Uint8Array ? row.jpeg : null;
  }

  async stageEmbeddings(recipe: string, embeddings: readonly StagedEmbedding[]): Promise<void> {
    this.#transaction(() => insertStaged(this.#database, recipe, embeddings));
  }

  async switchRecipe(recipe: string, embeddingLength: number): Promise<boolean> {
    return this.#transaction(() => {
      this.#requireSameRecipe();
      return replaceByStaged(this.#database, { recipe, embeddingLength });
    });
  }

  async calibration(): Promise<string | null> {
    const row = this.#guard(() => rowOf(this.#database.prepare('SELECT json FROM calibration').get()));
    return row ? String(row.json) : null;
  }

  async setCalibration(json: string | null): Promise<void> {
    this.#transaction(() => {
      this.#database.exec('DELETE FROM calibration');
      if (json !== null)
        this.#database.prepare('INSERT INTO calibration (only, json) VALUES (1, ?)').run(json);
    });
  }

  async revision(): Promise<string> {
    const row = this.#guard(() => rowOf(this.#database.prepare('PRAGMA data_version').get()));
    return `${String(row?.data_version)}.${this.#writes}`;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      // Leaves everything in the one file: not every driver does so by itself while statements wait for the collector.
      this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      // What was acknowledged is safe in the log; the next opening reads it from there.
    }
    this.#database.close();
    if (this.#file) releaseGalleryFile(this.#file);
  }

  /** Another process may have migrated the gallery: what this one computes cannot be compared with it any more. */
  #requireSameRecipe(): void {
    const row = rowOf(this.#database.prepare('SELECT recipe FROM meta').get());
    if (row?.recipe === this.recipe) return;
    throw new AcquaintError(
      'recipe_mismatch',
      `The gallery ${this.#path} was changed from ${this.recipe} to ${String(row?.recipe)} meanwhile; open it again`,
    );
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
         quality, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
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
        JSON.stringify(quality),
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

  /** Ends an erasure that a crash, a full disk or a reader has interrupted; when it still cannot, a later opening does. */
  async resumeErasure(): Promise<void> {
    const row = rowOf(this.#database.prepare('SELECT erasure_pending FROM meta').get());
    if (Number(row?.erasure_pending ?? 0) === 0) return;
    try {
      await this.#finishErasure(0);
    } catch (error) {
      if (!(error instanceof AcquaintError && error.code === 'gallery_unusable')) throw error;
    }
  }

  /**
   * secure_delete zeroes what is deleted, but not the old copies that SQLite leaves in a page's free space when it
   * moves a row to another page (measured: 1 name and 1 embedding of 2500 forgotten people). VACUUM writes every
   * page anew; the checkpoint brings them into the file and cuts the log to nothing.
   */
  async #finishErasure(waitMs: number): Promise<void> {
    if (this.#file === null) return;
    const deadline = Date.now() + waitMs;
    let vacuumed = false;
    for (;;) {
      vacuumed = vacuumed || this.#withoutWaiting(() => this.#database.exec('VACUUM'));
      if (vacuumed && this.#withoutWaiting(() => this.#emptyWal())) return;
      if (Date.now() >= deadline) return;
      await wait(20);
    }
  }

  /** throws  LogInUse */
  #emptyWal(): void {
    const row = rowOf(this.#database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get());
    if (Number(row?.busy ?? 0) !== 0) throw new LogInUse();
    this.#database.exec('UPDATE meta SET erasure_pending = 0');
  }

  /** Whether `work` was done; false when another process is in the way. Does not block the thread. */
  #withoutWaiting(work: () => void): boolean {
    return this.#guard(() => {
      this.#database.exec('PRAGMA busy_timeout = 0');
      try {
        work();
        return true;
      } catch (error) {
        if (error instanceof LogInUse || isBusy(error)) return false;
        throw error;
      } finally {
        this.#database.exec(`PRAGMA busy_timeout = ${this.#lockTimeoutMs}`);
      }
    });
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
