import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { AcquaintError } from '../errors.ts';
import { galleryError } from './gallery-errors.ts';
import { APPLICATION_ID, SCHEMA, SCHEMA_VERSION } from './schema.ts';
import { type Database, openDatabase } from './sqlite-driver.ts';

export interface GalleryFileOptions {
  /** How embeddings in it are made; a file made by another recipe is refused. */
  readonly recipe: string;
  /** Numbers in an embedding. */
  readonly embeddingLength: number;
  /** Whether a file that does not exist is created. */
  readonly create: boolean;
  /** How long a write waits for other processes, milliseconds. */
  readonly lockTimeoutMs: number;
}

/** Only the owner may read biometric data. */
const OWNER_ONLY = 0o600;
/** The 16 bytes that every SQLite file starts with. */
const SQLITE_MAGIC = 'SQLite format 3\0';

/**
 * An open, checked database with our tables. A file that is not ours is never written to.
 * throws  AcquaintError('gallery_missing' | 'gallery_unusable' | 'gallery_corrupt' | 'gallery_locked' | 'recipe_mismatch')
 */
export async function openGalleryFile(path: string, options: GalleryFileOptions): Promise<Database> {
  const inMemory = path === ':memory:';
  if (!inMemory) prepareFile(path, options.create);
  try {
    const database = await openDatabase(path, { timeout: options.lockTimeoutMs });
    try {
      requireOurs(database, path);
      // A folder that may not be written fails here, before anything is promised.
      database.exec(
        'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON',
      );
      createOnce(database, options);
      requireRecipe(database, path, options);
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    throw galleryError(error, path, options.lockTimeoutMs);
  }
}

function prepareFile(path: string, create: boolean): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) {
    throw new AcquaintError(
      'gallery_unusable',
      `Expected a gallery file but ${path} is a folder; name a file in it`,
    );
  }
  if (found && found.size > 0) {
    requireSqlite(path);
    return;
  }
  if (found) return;
  if (!create) {
    throw new AcquaintError(
      'gallery_missing',
      `There is no gallery at ${path}; \`acquaint enroll\` creates one`,
    );
  }
  const folder = dirname(path);
  if (!existsSync(folder)) {
    throw new AcquaintError(
      'gallery_unusable',
      `The folder ${folder} for the gallery does not exist; create it first`,
    );
  }
  try {
    // SQLite gives -wal and -shm the mode of the main file.
    closeSync(openSync(path, 'a', OWNER_ONLY));
  } catch (cause) {
    throw new AcquaintError(
      'gallery_unusable',
      `${path} cannot be created: the folder ${folder} may not be written`,
      {
        cause,
      },
    );
  }
}

function requireSqlite(path: string): void {
  const head = Buffer.alloc(SQLITE_MAGIC.length);
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (cause) {
    throw new AcquaintError('gallery_unusable', `${path} may not be read`, { cause });
  }
  try {
    readSync(file, head, 0, head.length, 0);
  } finally {
    closeSync(file);
  }
  if (head.toString('latin1') !== SQLITE_MAGIC) throw notAGallery(path);
}

/** Looks only: a foreign file must stay as it is. */
function requireOurs(database: Database, path: string): void {
  const applicationId = pragma(database, 'application_id');
  const tables = Number(database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.n ?? 0);
  if (applicationId !== APPLICATION_ID && (applicationId !== 0 || tables > 0)) throw notAGallery(path);
  const version = pragma(database, 'user_version');
  if (applicationId === APPLICATION_ID && version > SCHEMA_VERSION) {
    throw new AcquaintError(
      'gallery_unusable',
      `${path} was made by a newer acquaint (gallery version ${version}, this one knows ${SCHEMA_VERSION}); update acquaint`,
    );
  }
}

function createOnce(database: Database, { recipe, embeddingLength }: GalleryFileOptions): void {
  if (pragma(database, 'application_id') === APPLICATION_ID) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    // Another process may have been first.
    if (pragma(database, 'application_id') !== APPLICATION_ID) {
      database.exec(SCHEMA);
      const insert = database.prepare('INSERT INTO meta (key, value) VALUES (?, ?)');
      insert.run('recipe', recipe);
      insert.run('embedding_length', String(embeddingLength));
      database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}`);
    }
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

function requireRecipe(database: Database, path: string, options: GalleryFileOptions): void {
  const read = database.prepare('SELECT value FROM meta WHERE key = ?');
  const recipe = read.get('recipe')?.value;
  const length = Number(read.get('embedding_length')?.value);
  if (recipe !== options.recipe || length !== options.embeddingLength) {
    throw new AcquaintError(
      'recipe_mismatch',
      `The embeddings in ${path} were made by ${String(recipe)}, not by ${options.recipe}, and cannot be compared; ` +
        'use the same options as when it was made, or another gallery',
    );
  }
}

function notAGallery(path: string): AcquaintError {
  return new AcquaintError(
    'gallery_corrupt',
    `${path} is no acquaint gallery or is damaged; it was left as it is. Name another file with --gallery`,
  );
}

function pragma(database: Database, name: string): number {
  return Number(Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0] ?? 0);
}
