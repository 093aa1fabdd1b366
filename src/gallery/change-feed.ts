import type { PersonState } from '../ports/gallery.ts';
import type { Connection } from './connection.ts';
import type { FacesTable } from './faces-table.ts';
import { type PeopleTable, personOf } from './people-table.ts';

/** Longer lists are cut at the next opening: whoever lies further back reads everything anew, which is as fast. */
const MOST_CHANGES = 100_000;

export function changeCursor(connection: Connection): number {
  return Number(connection.get('SELECT coalesce(max(seq), 0) AS last FROM changes')?.last);
}

/** The people that changed after that cursor, as they are now; null when the list does not reach so far back. */
export function changedPeople(
  connection: Connection,
  collection: number,
  cursor: number,
  people: PeopleTable,
  faces: FacesTable,
): { readonly cursor: number; readonly people: readonly PersonState[] } | null {
  const range = connection.get('SELECT min(seq) AS first, max(seq) AS last FROM changes');
  // An empty list says nothing: it may have been longer.
  if (range?.first === null || Number(range?.first) > cursor + 1) return null;
  const last = Number(range?.last);
  if (last < cursor) return null;
  const changed = connection.all(
    'SELECT DISTINCT person FROM changes WHERE seq > ? AND collection = ?',
    cursor,
    collection,
  );
  return {
    cursor: last,
    people: changed.map((row) => {
      const key = Number(row.person);
      const person = people.bySeq(key);
      const isThere = person !== null && person.removedAt === null;
      return {
        key,
        person: isThere ? personOf(person) : null,
        embeddings: isThere ? faces.embeddingsOf(key) : [],
      };
    }),
  };
}

export function trimChanges(connection: Connection): void {
  const range = connection.get('SELECT min(seq) AS first, max(seq) AS last FROM changes');
  const last = Number(range?.last ?? 0);
  // Seldom: every opening that writes would wait for others who write.
  if (last - Number(range?.first ?? 0) < 2 * MOST_CHANGES) return;
  connection.transaction(() => connection.run('DELETE FROM changes WHERE seq <= ?', last - MOST_CHANGES));
}
