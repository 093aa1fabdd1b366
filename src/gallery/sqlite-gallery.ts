import { normalizeName } from '../core/person-name.ts';
import { AcquaintError } from '../errors.ts';
import type {
  Collection,
  CollectionSettings,
  Erasure,
  Expired,
  Gallery,
  GalleryEmbedding,
  GalleryKey,
  ImportCounts,
  ImportedPerson,
  NewFace,
  Person,
  PersonChange,
  StagedEmbedding,
  Whose,
} from '../ports/gallery.ts';
import { changeCursor, changedPeople, trimChanges } from './change-feed.ts';
import {
  type CollectionRow,
  changedSettings,
  collectionNotFound,
  findCollection,
  listCollections,
  readSettings,
  writeSettings,
} from './collections-table.ts';
import type { Connection } from './connection.ts';
import {
  countExpired,
  type Deleted,
  deleteExpired,
  deletePeople,
  readReceipts,
  writeReceipt,
} from './erasure.ts';
import { EventsTable, lifeEventOf } from './events-table.ts';
import { FacesTable } from './faces-table.ts';
import { Life } from './life.ts';
import { type OpenOptions, openConnection } from './open-connection.ts';
import { PeopleTable, type PersonRow, personOf } from './people-table.ts';
import { resealTables } from './reseal.ts';
import { createSeal, PLAIN } from './sealer.ts';
import { insertStaged, replaceByStaged, selectToEmbed } from './staged-embeddings.ts';

const SLICE = 10_000;
const DEFAULT_HISTORY = 50;

/**
 * One collection of the gallery in one SQLite file (WAL, synchronous=FULL, secure_delete=ON): what a method has written
 * when it returns survives a crash. `path` ':memory:' keeps it in memory only.
 * throws  AcquaintError('gallery_missing' | 'gallery_unusable' | 'gallery_corrupt' | 'gallery_locked' | 'recipe_mismatch'
 *         | 'collection_not_found' | 'key_required' | 'wrong_key')
 */
export async function openSqliteGallery(path: string, options: OpenOptions): Promise<Gallery> {
  const { connection, collection } = await openConnection(path, options);
  const gallery = new SqliteGallery(connection, collection);
  try {
    await gallery.sweep();
    connection.guard(() => trimChanges(connection));
    if (connection.isWipingPending) await connection.wipe(0);
  } catch (error) {
    // Sweeping and wiping wait for the next opening; what is asked for now does not depend on them.
    if (!(error instanceof AcquaintError && ['gallery_unusable', 'gallery_locked'].includes(error.code))) {
      connection.close();
      throw error;
    }
  }
  return gallery;
}

class SqliteGallery implements Gallery {
  readonly recipe: string;
  readonly embeddingLength: number;
  readonly collection: string;
  readonly #connection: Connection;
  readonly #seq: number;
  readonly #people: PeopleTable;
  readonly #faces: FacesTable;
  readonly #events: EventsTable;
  readonly #life: Life;

  constructor(connection: Connection, { seq, name, recipe, embeddingLength }: CollectionRow) {
    this.#connection = connection;
    this.#seq = seq;
    this.collection = name;
    this.recipe = recipe;
    this.embeddingLength = embeddingLength;
    this.#people = new PeopleTable(connection, seq);
    this.#faces = new FacesTable(connection, seq, embeddingLength);
    this.#events = new EventsTable(connection, seq, this.#people);
    this.#life = new Life(this.#people, this.#faces, this.#events);
  }

  get isSealed(): boolean {
    return this.#connection.seal.header !== null;
  }

  seal(bytes: Uint8Array, context: string): Uint8Array {
    return this.#connection.seal.sealer.seal(bytes, `outside ${context}`);
  }

  unseal(bytes: Uint8Array, context: string): Uint8Array {
    return this.#connection.seal.sealer.open(bytes, `outside ${context}`);
  }

  async addFace(whose: Whose, face: NewFace) {
    const { person, face: enrolled } = this.#change(() => this.#life.addFace(whose, face));
    return { person: personOf(person), face: enrolled };
  }

  async hasPicture(whose: Whose, contentHash: string): Promise<boolean> {
    const normal = typeof whose === 'string' ? normalizeName(whose) : whose;
    return this.#connection.guard(() => {
      const person =
        typeof normal === 'string' ? this.#people.byName(normal) : this.#people.require(normal.id);
      return person !== null && this.#faces.has(person.seq, contentHash);
    });
  }

  async people() {
    return this.#connection.guard(() => this.#people.list()).map(personOf);
  }

  async peopleByKey() {
    return new Map(this.#connection.guard(() => this.#people.list()).map((row) => [row.seq, personOf(row)]));
  }

  async findPerson(name: string): Promise<Person | null> {
    const normal = normalizeName(name);
    const person = this.#connection.guard(() => this.#people.byName(normal));
    return person && personOf(person);
  }

  async personById(id: string): Promise<Person | null> {
    const person = this.#connection.guard(() => this.#people.byId(id));
    return person && person.removedAt === null ? personOf(person) : null;
  }

  async personByExternalId(externalId: string): Promise<Person | null> {
    const normal = normalizeName(externalId);
    const person = this.#connection.guard(() => this.#people.byExternalId(normal));
    return person && personOf(person);
  }

  async facesOf(personId: string) {
    return this.#connection.guard(() => {
      const person = this.#people.byId(personId);
      return person && person.removedAt === null ? this.#faces.of(person) : [];
    });
  }

  async change(personId: string, change: PersonChange) {
    return personOf(this.#change(() => this.#life.change(personId, change)));
  }

  async merge(personId: string, intoPersonId: string) {
    return personOf(this.#change(() => this.#life.merge(personId, intoPersonId)));
  }

  async split(personId: string, faceIds: readonly string[], name: string) {
    return personOf(this.#change(() => this.#life.split(personId, faceIds, name)));
  }

  async removeFace(faceId: string) {
    return personOf(this.#change(() => this.#life.removeFace(faceId)));
  }

  async remove(personId: string) {
    return personOf(this.#change(() => this.#life.remove(personId)));
  }

  async history({
    person,
    limit = DEFAULT_HISTORY,
  }: {
    readonly person?: string;
    readonly limit?: number;
  } = {}) {
    if (!Number.isInteger(limit) || limit < 1) {
      throw new RangeError(`Expected a limit of at least 1 but received ${limit}`);
    }
    return this.#connection.reading(() => {
      const named = person === undefined ? null : this.#everyNamed(person);
      const events =
        named === null
          ? this.#events.list(limit, null)
          : named.flatMap(({ seq }) => this.#events.list(limit, seq));
      return [...new Map(events.map((event) => [event.seq, event])).values()]
        .sort((a, b) => b.seq - a.seq)
        .slice(0, limit)
        .map(lifeEventOf);
    });
  }

  async undo(eventId?: number) {
    return lifeEventOf(this.#change(() => this.#life.undo(eventId)));
  }

  async forget(names: readonly string[]): Promise<Erasure> {
    return this.#erase(() => {
      const people = names.flatMap((name) => this.#everyNamed(name));
      return deletePeople(
        this.#connection,
        people.map(({ seq }) => seq),
      );
    });
  }

  async expired(change: Partial<CollectionSettings> = {}): Promise<Expired> {
    return this.#connection.guard(() =>
      countExpired(this.#connection, this.#seq, changedSettings(this.#connection, this.#seq, change)),
    );
  }

  async sweep(): Promise<number> {
    const { people, removedPeople, removedFaces } = await this.expired();
    if (people + removedPeople + removedFaces === 0) return 0;
    const faces = this.#connection.transaction(() => {
      const settings = readSettings(this.#connection, this.#seq);
      const deleted = deleteExpired(this.#connection, this.#seq, settings);
      // Another process may have been faster.
      if (deleted.people + deleted.faces > 0) writeReceipt(this.#connection, this.#seq, deleted);
      return deleted.faces;
    });
    if (this.#connection.isWipingPending) await this.#connection.wipe();
    return faces;
  }

  async erasedOf(personIds: readonly string[]) {
    return this.#connection.reading(() => personIds.filter((id) => this.#people.byId(id) === null));
  }

  async receipts({ limit }: { readonly limit?: number | undefined } = {}) {
    return this.#connection.guard(() => readReceipts(this.#connection, this.#seq, limit));
  }

  async embeddingCount() {
    return this.#connection.guard(() => this.#faces.count());
  }

  async *embeddingSlices(): AsyncIterable<readonly GalleryEmbedding[]> {
    for (let after = 0; ; ) {
      const { last, embeddings } = this.#connection.guard(() => {
        this.#requireUnchanged();
        return this.#faces.slice(after, SLICE);
      });
      if (embeddings.length === 0) return;
      yield embeddings;
      after = last;
    }
  }

  async embeddings(): Promise<readonly GalleryEmbedding[]> {
    const slices: (readonly GalleryEmbedding[])[] = [];
    for await (const slice of this.embeddingSlices()) slices.push(slice);
    return slices.flat();
  }

  async revision(): Promise<string> {
    const row = this.#connection.guard(() => this.#connection.get('PRAGMA data_version'));
    return `${String(row?.data_version)}.${this.#connection.writes}`;
  }

  async changeCursor() {
    return this.#connection.guard(() => changeCursor(this.#connection));
  }

  async changesSince(cursor: number) {
    return this.#connection.reading(() => {
      this.#requireUnchanged();
      return changedPeople(this.#connection, this.#seq, cursor, this.#people, this.#faces);
    });
  }

  async facesToEmbed(recipe: string, limit: number, after: number) {
    return this.#connection.guard(() => selectToEmbed(this.#connection, this.#seq, recipe, limit, after));
  }

  async crop(faceId: string) {
    return this.#connection.guard(() => this.#faces.chipOf(faceId));
  }

  async stageEmbeddings(recipe: string, embeddings: readonly StagedEmbedding[]): Promise<void> {
    this.#connection.transaction(() => insertStaged(this.#connection, this.#seq, recipe, embeddings));
  }

  async switchRecipe(recipe: string, embeddingLength: number): Promise<boolean> {
    return this.#change(() => replaceByStaged(this.#connection, this.#seq, { recipe, embeddingLength }));
  }

  async calibration(): Promise<string | null> {
    const row = this.#connection.guard(() =>
      this.#connection.get('SELECT calibration FROM collections WHERE seq = ?', this.#seq),
    );
    return typeof row?.calibration === 'string' ? row.calibration : null;
  }

  async setCalibration(json: string | null): Promise<void> {
    this.#change(() =>
      this.#connection.run('UPDATE collections SET calibration = ? WHERE seq = ?', json, this.#seq),
    );
  }

  async settings() {
    return this.#connection.guard(() => readSettings(this.#connection, this.#seq));
  }

  async changeSettings(change: Partial<CollectionSettings>) {
    return this.#connection.transaction(() => writeSettings(this.#connection, this.#seq, change));
  }

  async collections(): Promise<readonly Collection[]> {
    return this.#connection.guard(() => listCollections(this.#connection));
  }

  async dropCollection(name: string): Promise<Erasure> {
    if (name === this.collection) {
      throw new RangeError('Expected another collection to drop than the one that is open');
    }
    return this.#erase(() => {
      const collection = findCollection(this.#connection, name);
      if (collection === null) throw collectionNotFound();
      const people = this.#connection.all('SELECT seq FROM people WHERE collection = ?', collection.seq);
      const deleted = deletePeople(
        this.#connection,
        people.map(({ seq }) => Number(seq)),
      );
      this.#connection.run('DELETE FROM collections WHERE seq = ?', collection.seq);
      return deleted;
    });
  }

  async importPeople(people: readonly ImportedPerson[]) {
    return this.#change(() => {
      const counts = people.map((person) => this.#life.importPerson(person));
      const sum = (key: keyof ImportCounts): number => counts.reduce((total, each) => total + each[key], 0);
      return { people: sum('people'), faces: sum('faces'), known: sum('known') };
    });
  }

  async reseal(key: GalleryKey | null): Promise<void> {
    const seal = key === null ? PLAIN : createSeal(key);
    this.#connection.transaction(() => {
      this.#connection.requireSameSeal();
      resealTables(this.#connection, seal.sealer);
      this.#connection.run('UPDATE meta SET seal = ?', seal.header);
      this.#connection.expectWiping();
    });
    this.#connection.seal = seal;
    await this.#connection.wipe();
  }

  async close(): Promise<void> {
    this.#connection.close();
  }

  /** A transaction on a collection that is still what it was when it was opened. */
  #change<T>(work: () => T): T {
    return this.#connection.transaction(() => {
      this.#requireUnchanged();
      return work();
    });
  }

  /** Another process may have migrated, sealed or dropped it: what this one computes or seals does not belong there any more. */
  #requireUnchanged(): void {
    const row = this.#connection.get('SELECT recipe FROM collections WHERE seq = ?', this.#seq);
    if (!row) throw collectionNotFound();
    this.#connection.requireSameSeal();
    if (row.recipe !== this.recipe) {
      throw new AcquaintError(
        'recipe_mismatch',
        `The gallery ${this.#connection.path} was changed from ${this.recipe} to ${String(row.recipe)} meanwhile; open it again`,
      );
    }
  }

  /** Everybody of that name, removed ones too. throws  AcquaintError('person_not_found') */
  #everyNamed(name: string): readonly PersonRow[] {
    const people = this.#people.everyByName(normalizeName(name));
    if (people.length > 0) return people;
    throw new AcquaintError(
      'person_not_found',
      'Nobody of that name is enrolled; `acquaint people` lists everybody',
    );
  }

  /** Deletes with a receipt, then wipes. */
  async #erase(work: () => Deleted): Promise<Erasure> {
    const { faces, receipt } = this.#change(() => {
      const deleted = work();
      return { faces: deleted.faces, receipt: writeReceipt(this.#connection, this.#seq, deleted) };
    });
    try {
      return { faces, receipt, wiped: await this.#connection.wipe() };
    } catch (error) {
      if (!(error instanceof AcquaintError)) throw error;
      throw new AcquaintError(
        error.code,
        `What was to be erased is deleted, but old copies could not be wiped from ${this.#connection.path} yet; the next opening does it (${error.message})`,
        { cause: error },
      );
    }
  }
}
