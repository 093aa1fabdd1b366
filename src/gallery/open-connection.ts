import { AcquaintError } from '../errors.ts';
import type { GalleryKey } from '../ports/gallery.ts';
import { rowOf } from '../sqlite/sql-row.ts';
import { type Database, loadSqlite } from '../sqlite/sqlite-driver.ts';
import {
  type CollectionRow,
  collectionNotFound,
  DEFAULT_COLLECTION,
  ensureCollection,
  findCollection,
  requireCollectionName,
} from './collections-table.ts';
import { Connection } from './connection.ts';
import { corruptError, galleryError, isBusy, lockedError } from './gallery-errors.ts';
import { holdGalleryFile, prepareGalleryFile } from './gallery-file.ts';
import { createSchema, type GalleryKind } from './schema.ts';
import { createSeal, openSeal, PLAIN, type Seal } from './sealer.ts';
import { upgradeSchema } from './upgrades.ts';

export interface OpenOptions {
  /** What a new collection is made for. */
  readonly kind: GalleryKind;
  /** Whether a collection of that recipe can be used; default: only `kind`'s own. */
  readonly accepts?: (recipe: string, embeddingLength: number) => boolean;
  /** Whether a file or collection that does not exist is created. */
  readonly create: boolean;
  /** Default 'default'. */
  readonly collection?: string | undefined;
  /** Opens a sealed gallery; a new file is sealed by it. */
  readonly key?: GalleryKey | undefined;
  /** How long a write waits for other processes, milliseconds (default 5000). */
  readonly lockTimeoutMs?: number;
}

const DEFAULT_LOCK_TIMEOUT_MS = 5000;
const IN_MEMORY = ':memory:';

/** Opens the file, makes or upgrades its tables, opens its seal and finds its collection. */
export async function openConnection(
  givenPath: string,
  options: OpenOptions,
): Promise<{ readonly connection: Connection; readonly collection: CollectionRow }> {
  const collectionName = requireCollectionName(options.collection ?? DEFAULT_COLLECTION);
  const lockTimeoutMs = options.lockTimeoutMs ?? DEFAULT_LOCK_TIMEOUT_MS;
  const openDatabase = await loadSqlite();
  const file = givenPath === IN_MEMORY ? null : prepareGalleryFile(givenPath, options.create);
  const path = file?.path ?? IN_MEMORY;
  const isNew = file === null || file.isEmpty;
  try {
    const database = openDatabase(path);
    try {
      database.exec(`PRAGMA busy_timeout = ${lockTimeoutMs}`);
      database.exec('PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON');
      if (isNew) createSchema(database);
      upgradeSchema(database);
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
      // For VACUUM: its copy of everything must not be written to a temporary file.
      database.exec('PRAGMA temp_store = MEMORY');
      const seal = sealFor(database, path, options.key);
      const connection = new Connection(database, file, { path, lockTimeoutMs, seal });
      const collection = openCollection(connection, collectionName, options);
      if (file) holdGalleryFile(file);
      return { connection, collection };
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    throw isBusy(error) ? lockedError(path, lockTimeoutMs, error) : galleryError(error, path);
  }
}

/** A gallery that nobody was ever enrolled in is sealed by the key it is first opened with. */
function sealFor(database: Database, path: string, key: GalleryKey | undefined): Seal {
  const read = () =>
    rowOf(database.prepare('SELECT seal, EXISTS (SELECT 1 FROM collections) AS used FROM meta').get());
  const row = read();
  if (!row) throw corruptError(path, 'a database without the expected tables');
  if (typeof row.seal === 'string') {
    if (key === undefined) {
      throw new AcquaintError(
        'key_required',
        `Expected the key of the gallery ${path}, which is sealed, but received none; give its key file (--key-file) or passphrase ($ACQUAINT_PASSPHRASE; in a program: key)`,
      );
    }
    return openSeal(row.seal, key, path);
  }
  if (key === undefined) return PLAIN;
  if (Number(row.used) !== 0) {
    throw new AcquaintError(
      'wrong_key',
      `Expected no key for the gallery ${path}, which is not sealed, but received one; seal it with \`acquaint seal\``,
    );
  }
  const seal = createSeal(key);
  const { changes } = database.prepare('UPDATE meta SET seal = ? WHERE seal IS NULL').run(seal.header);
  // Another process may have been faster.
  return Number(changes) === 1 ? seal : openSeal(String(read()?.seal), key, path);
}

function openCollection(
  connection: Connection,
  name: string,
  { kind, accepts, create }: OpenOptions,
): CollectionRow {
  let found = findCollection(connection, name);
  // Whoever opens a gallery without making one still sees an empty default collection.
  if (found === null && (create || name === DEFAULT_COLLECTION)) {
    connection.transaction(() => ensureCollection(connection, name, kind));
    found = findCollection(connection, name);
  }
  if (found === null) throw collectionNotFound();
  const isKind = found.recipe === kind.recipe && found.embeddingLength === kind.embeddingLength;
  if (isKind || accepts?.(found.recipe, found.embeddingLength)) return found;
  throw new AcquaintError(
    'recipe_mismatch',
    `The embeddings in ${connection.path} were made by ${found.recipe}, not by ${kind.recipe}, and cannot be compared; ` +
      'use the same options as when it was made, or another gallery',
  );
}
