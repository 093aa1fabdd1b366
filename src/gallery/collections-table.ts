import { randomUUID } from 'node:crypto';
import { AcquaintError } from '../errors.ts';
import type { Collection, CollectionSettings } from '../ports/gallery.ts';
import type { SqlRow } from '../sqlite/sql-row.ts';
import type { Connection } from './connection.ts';
import type { GalleryKind } from './schema.ts';

export const DEFAULT_COLLECTION = 'default';

export interface CollectionRow extends GalleryKind {
  readonly seq: number;
  readonly name: string;
}

/** A hundred years. */
const MOST_DAYS = 36_500;

const DEFAULT_SETTINGS: CollectionSettings = {
  distanceThreshold: null,
  identifyRate: null,
  graceDays: 30,
  retentionDays: null,
};

/** Names of collections are no secret: they stand in addresses and file names. */
const NAME = /^[a-z0-9][a-z0-9_.-]{0,63}$/;

/** throws  RangeError */
export function requireCollectionName(name: string): string {
  if (typeof name === 'string' && NAME.test(name)) return name;
  throw new RangeError(
    `Expected a collection's name of at most 64 lower-case letters, digits, '-', '_' and '.' but received ${JSON.stringify(name)}`,
  );
}

export function findCollection(connection: Connection, name: string): CollectionRow | null {
  const row = connection.get('SELECT * FROM collections WHERE name = ?', name);
  return row
    ? {
        seq: Number(row.seq),
        name: String(row.name),
        recipe: String(row.recipe),
        embeddingLength: Number(row.embedding_length),
      }
    : null;
}

/** requires  a transaction. Another process may have made it meanwhile. */
export function ensureCollection(connection: Connection, name: string, kind: GalleryKind): void {
  connection.run(
    `INSERT OR IGNORE INTO collections (id, name, recipe, embedding_length, created_at) VALUES (?, ?, ?, ?, ?)`,
    randomUUID(),
    name,
    kind.recipe,
    kind.embeddingLength,
    new Date().toISOString(),
  );
}

export function listCollections(connection: Connection): readonly Collection[] {
  const rows = connection.all(
    `SELECT collections.*,
       (SELECT count(*) FROM people WHERE people.collection = collections.seq AND removed_at IS NULL) AS people
     FROM collections ORDER BY name`,
  );
  return rows.map((row) => ({
    id: String(row.id),
    name: String(row.name),
    recipe: String(row.recipe),
    embeddingLength: Number(row.embedding_length),
    people: Number(row.people),
    settings: settingsFrom(connection, row),
    createdAt: String(row.created_at),
  }));
}

/** throws  AcquaintError('collection_not_found') */
export function readSettings(connection: Connection, collection: number): CollectionSettings {
  const row = connection.get('SELECT settings FROM collections WHERE seq = ?', collection);
  if (!row) throw collectionNotFound();
  return settingsFrom(connection, row);
}

/** The settings as a change would leave them. throws  RangeError for what is no setting */
export function changedSettings(
  connection: Connection,
  collection: number,
  change: Partial<CollectionSettings>,
): CollectionSettings {
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  const settings = { ...readSettings(connection, collection), ...given };
  requireSettings(settings);
  return settings;
}

/** requires  a transaction. throws  RangeError for what is no setting */
export function writeSettings(
  connection: Connection,
  collection: number,
  change: Partial<CollectionSettings>,
): CollectionSettings {
  const settings = changedSettings(connection, collection, change);
  connection.run('UPDATE collections SET settings = ? WHERE seq = ?', JSON.stringify(settings), collection);
  return settings;
}

export function collectionNotFound(): AcquaintError {
  return new AcquaintError(
    'collection_not_found',
    'There is no collection of that name in the gallery; `acquaint collections` lists them',
  );
}

function settingsFrom(connection: Connection, row: SqlRow): CollectionSettings {
  try {
    const kept = JSON.parse(String(row.settings)) as Partial<CollectionSettings>;
    const settings = { ...DEFAULT_SETTINGS, ...kept };
    // There was no limit once: more days than a date can tell.
    const { graceDays, retentionDays } = settings;
    return {
      ...settings,
      graceDays: Math.min(graceDays, MOST_DAYS),
      retentionDays: retentionDays && Math.min(retentionDays, MOST_DAYS),
    };
  } catch {
    throw connection.corrupt('one with damaged settings');
  }
}

function requireSettings({
  distanceThreshold,
  identifyRate,
  graceDays,
  retentionDays,
}: CollectionSettings): void {
  if (distanceThreshold !== null && !(distanceThreshold > 0 && Number.isFinite(distanceThreshold))) {
    throw new RangeError(`Expected a distance above 0 but received ${distanceThreshold}`);
  }
  if (identifyRate !== null && !(identifyRate > 0 && identifyRate < 1)) {
    throw new RangeError(`Expected a rate above 0 and below 1 but received ${identifyRate}`);
  }
  if (!(graceDays >= 0 && graceDays <= MOST_DAYS)) {
    throw new RangeError(`Expected from 0 to ${MOST_DAYS} days of grace but received ${graceDays}`);
  }
  if (retentionDays !== null && !(retentionDays > 0 && retentionDays <= MOST_DAYS)) {
    throw new RangeError(
      `Expected more than 0 and at most ${MOST_DAYS} days of retention but received ${retentionDays}`,
    );
  }
}
