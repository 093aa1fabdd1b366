import type { LifeEvent, LifeEventKind, PersonChange } from '../ports/gallery.ts';
import type { SqlRow } from '../sqlite/sql-row.ts';
import type { Connection } from './connection.ts';
import { contexts, openJson, sealJson } from './gallery-rows.ts';
import type { PeopleTable, PersonRow } from './people-table.ts';

/** What an event keeps, so that it can be taken back. */
export interface EventDetail {
  /** Ids of the faces that were added, moved or removed. */
  readonly faces?: readonly string[];
  /** add_face, import, split: whether the person was created with them. */
  readonly created?: boolean;
  /** rename, edit: what was changed, and to what. */
  readonly before?: PersonChange;
  readonly after?: PersonChange;
}

export interface EventRow {
  readonly seq: number;
  readonly kind: LifeEventKind;
  readonly person: PersonRow;
  readonly other: PersonRow | null;
  readonly detail: EventDetail;
  readonly at: string;
  readonly undoneAt: string | null;
}

/** What happened in one collection. */
export class EventsTable {
  readonly #connection: Connection;
  readonly #collection: number;
  readonly #people: PeopleTable;

  constructor(connection: Connection, collection: number, people: PeopleTable) {
    this.#connection = connection;
    this.#collection = collection;
    this.#people = people;
  }

  add(
    kind: LifeEventKind,
    person: Pick<PersonRow, 'seq' | 'id'>,
    detail: EventDetail,
    at: string,
    other: Pick<PersonRow, 'seq'> | null = null,
  ): void {
    this.#connection.run(
      'INSERT INTO events (collection, kind, person, other, detail, at) VALUES (?, ?, ?, ?, ?, ?)',
      this.#collection,
      kind,
      person.seq,
      other?.seq ?? null,
      sealJson(this.#connection, detail, contexts.event(person.id)),
      at,
    );
  }

  /** Newest first; of one person, or of everybody. */
  list(limit: number, person: number | null): readonly EventRow[] {
    const rows = this.#connection.all(
      `SELECT * FROM events WHERE collection = ?1 AND (?2 IS NULL OR person = ?2 OR other = ?2)
       ORDER BY seq DESC LIMIT ?3`,
      this.#collection,
      person,
      limit,
    );
    return rows.map((row) => this.#from(row));
  }

  find(seq: number): EventRow | null {
    const row = this.#connection.get(
      'SELECT * FROM events WHERE collection = ? AND seq = ?',
      this.#collection,
      seq,
    );
    return row ? this.#from(row) : null;
  }

  /** The last that is not undone. */
  last(): EventRow | null {
    const row = this.#connection.get(
      'SELECT * FROM events WHERE collection = ? AND undone_at IS NULL ORDER BY seq DESC LIMIT 1',
      this.#collection,
    );
    return row ? this.#from(row) : null;
  }

  setUndone(seq: number, at: string): void {
    this.#connection.run('UPDATE events SET undone_at = ? WHERE seq = ?', at, seq);
  }

  #from(row: SqlRow): EventRow {
    const person = this.#people.bySeq(Number(row.person));
    if (person === null) throw this.#connection.corrupt('one with an event of nobody');
    return {
      seq: Number(row.seq),
      kind: String(row.kind) as LifeEventKind,
      person,
      other: row.other === null ? null : this.#people.bySeq(Number(row.other)),
      detail: openJson(this.#connection, row.detail, contexts.event(person.id)) as unknown as EventDetail,
      at: String(row.at),
      undoneAt: row.undone_at === null ? null : String(row.undone_at),
    };
  }
}

export function lifeEventOf({ seq, kind, person, other, detail, at, undoneAt }: EventRow): LifeEvent {
  const { before, after } = detail;
  const isRename = kind === 'rename' && before?.name !== undefined && after?.name !== undefined;
  return {
    id: seq,
    kind,
    person: person.name,
    other: other?.name ?? null,
    faces: detail.faces?.length ?? (kind === 'remove' ? person.faces : 0),
    names: isRename ? { from: before.name!, to: after.name! } : null,
    at,
    undoneAt,
  };
}
