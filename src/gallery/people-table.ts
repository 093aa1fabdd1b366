import { randomUUID } from 'node:crypto';
import { AcquaintError } from '../errors.ts';
import type { JsonObject, Person } from '../ports/gallery.ts';
import type { SqlRow } from '../sqlite/sql-row.ts';
import type { Connection } from './connection.ts';
import { contexts, externalKey, nameKey, openJson, sealJson } from './gallery-rows.ts';

/** A person's row: also of one who is removed. */
export interface PersonRow extends Person {
  readonly seq: number;
  readonly removedAt: string | null;
}

/** What tells of a person: sealed when the gallery has a key. */
interface PersonDetail {
  readonly name: string;
  readonly externalId: string | null;
  readonly metadata: JsonObject;
}

const COLUMNS = `people.seq, people.id, people.detail, people.best_face, people.created_at, people.updated_at,
  people.removed_at,
  (SELECT count(*) FROM faces WHERE faces.person = people.seq AND faces.removed_at IS NULL) AS faces`;

/** The people of one collection. */
export class PeopleTable {
  readonly #connection: Connection;
  readonly #collection: number;

  constructor(connection: Connection, collection: number) {
    this.#connection = connection;
    this.#collection = collection;
  }

  /** Everybody but those removed, by name. */
  list(): readonly PersonRow[] {
    const rows = this.#connection.all(
      `SELECT ${COLUMNS} FROM people WHERE collection = ? AND removed_at IS NULL`,
      this.#collection,
    );
    return rows
      .map((row) => this.#from(row))
      .sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
  }

  byName(name: string): PersonRow | null {
    return this.#where('name_key = ? AND removed_at IS NULL', nameKey(this.#connection.sealer, name));
  }

  /** Of that name, removed ones too. */
  everyByName(name: string): readonly PersonRow[] {
    return this.#connection
      .all(
        `SELECT ${COLUMNS} FROM people WHERE collection = ? AND name_key = ?`,
        this.#collection,
        nameKey(this.#connection.sealer, name),
      )
      .map((row) => this.#from(row));
  }

  byExternalId(externalId: string): PersonRow | null {
    const key = externalKey(this.#connection.sealer, externalId);
    return this.#where('external_key = ? AND removed_at IS NULL', String(key));
  }

  byId(id: string): PersonRow | null {
    return this.#where('id = ?', id);
  }

  bySeq(seq: number): PersonRow | null {
    return this.#where('seq = ?', seq);
  }

  /** throws  AcquaintError('person_not_found'), for a removed one too */
  require(id: string): PersonRow {
    const person = this.byId(id);
    if (person && person.removedAt === null) return person;
    throw new AcquaintError('person_not_found', 'Nobody with that id is enrolled');
  }

  /** throws  AcquaintError('name_taken') */
  add(
    detail: PersonDetail,
    { id = randomUUID(), createdAt }: { readonly id?: string; readonly createdAt: string },
  ): PersonRow {
    this.#requireFree(detail, null);
    this.#connection.run(
      `INSERT INTO people (id, collection, name_key, external_key, detail, created_at, updated_at)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      id,
      this.#collection,
      nameKey(this.#connection.sealer, detail.name),
      externalKey(this.#connection.sealer, detail.externalId),
      sealJson(this.#connection, detail, contexts.person(id)),
      createdAt,
      createdAt,
    );
    return this.require(id);
  }

  /** throws  AcquaintError('name_taken') */
  update(
    person: PersonRow,
    change: Partial<PersonDetail & Pick<Person, 'bestFaceId'>>,
    at: string,
  ): PersonRow {
    const { name, externalId, metadata, bestFaceId } = { ...person, ...change };
    const detail = { name, externalId, metadata };
    this.#requireFree(detail, person.seq);
    this.#connection.run(
      `UPDATE people SET name_key = ?, external_key = ?, detail = ?, best_face = ?, updated_at = ? WHERE seq = ?`,
      nameKey(this.#connection.sealer, name),
      externalKey(this.#connection.sealer, externalId),
      sealJson(this.#connection, detail, contexts.person(person.id)),
      bestFaceId,
      at,
      person.seq,
    );
    return this.require(person.id);
  }

  touch(seq: number, at: string): void {
    this.#connection.run('UPDATE people SET updated_at = ? WHERE seq = ?', at, seq);
  }

  setRemoved(seq: number, at: string | null): void {
    this.#connection.run('UPDATE people SET removed_at = ? WHERE seq = ?', at, seq);
  }

  /** throws  AcquaintError('name_taken'): whether a removed person can come back under its name */
  requireReturnable(person: PersonRow): void {
    this.#requireFree(person, person.seq);
  }

  #requireFree({ name, externalId }: Pick<PersonDetail, 'name' | 'externalId'>, except: number | null): void {
    const named = this.byName(name);
    if (named && named.seq !== except) {
      throw new AcquaintError(
        'name_taken',
        'Expected a name that nobody has but received one of another person; merge the two, or choose another name',
      );
    }
    if (externalId === null) return;
    const known = this.byExternalId(externalId);
    if (known && known.seq !== except) {
      throw new AcquaintError(
        'name_taken',
        'Expected an external id that nobody has but received one of another person',
      );
    }
  }

  #where(condition: string, value: string | number): PersonRow | null {
    const row = this.#connection.get(
      `SELECT ${COLUMNS} FROM people WHERE collection = ? AND ${condition}`,
      this.#collection,
      value,
    );
    return row ? this.#from(row) : null;
  }

  #from(row: SqlRow): PersonRow {
    const id = String(row.id);
    const { name, externalId, metadata } = openJson(
      this.#connection,
      row.detail,
      contexts.person(id),
    ) as unknown as PersonDetail;
    return {
      seq: Number(row.seq),
      id,
      name,
      faces: Number(row.faces),
      externalId,
      metadata,
      bestFaceId: row.best_face === null ? null : String(row.best_face),
      createdAt: String(row.created_at),
      updatedAt: String(row.updated_at),
      removedAt: row.removed_at === null ? null : String(row.removed_at),
    };
  }
}

/** Without what only the tables know. */
export function personOf({ seq: _seq, removedAt: _removedAt, ...person }: PersonRow): Person {
  return person;
}
