import { isDeepStrictEqual } from 'node:util';
import { normalizeName, normalizeNewName } from '../core/person-name.ts';
import { AcquaintError } from '../errors.ts';
import type {
  EnrolledFace,
  ImportCounts,
  ImportedPerson,
  NewFace,
  PersonChange,
  Whose,
} from '../ports/gallery.ts';
import type { EventRow, EventsTable } from './events-table.ts';
import type { FaceRow, FacesTable } from './faces-table.ts';
import type { PeopleTable, PersonRow } from './people-table.ts';
import { normalizeChange } from './person-change.ts';

/**
 * What can happen to people, each as one event that `undo` takes back. Nothing is deleted here: what is removed stays,
 * hidden, for its days of grace (erasure.ts). Every method requires a transaction.
 */
export class Life {
  readonly #people: PeopleTable;
  readonly #faces: FacesTable;
  readonly #events: EventsTable;

  constructor(people: PeopleTable, faces: FacesTable, events: EventsTable) {
    this.#people = people;
    this.#faces = faces;
    this.#events = events;
  }

  addFace(whose: Whose, face: NewFace): { readonly person: PersonRow; readonly face: EnrolledFace } {
    const at = now();
    const name = typeof whose === 'string' ? normalizeName(whose) : this.#people.require(whose.id).name;
    const known = this.#people.byName(name);
    const person = known ?? this.#addPerson(name, at);
    const enrolled = this.#faces.add(person, face, { createdAt: at });
    this.#people.touch(person.seq, at);
    this.#events.add('add_face', person, { faces: [enrolled.id], created: known === null }, at);
    return { person: this.#people.require(person.id), face: enrolled };
  }

  #addPerson(name: string, createdAt: string): PersonRow {
    const detail = { name: normalizeNewName(name), externalId: null, metadata: {} };
    return this.#people.add(detail, { createdAt });
  }

  change(personId: string, change: PersonChange): PersonRow {
    const person = this.#people.require(personId);
    const after = this.#completeChange(person, change);
    const fields = Object.keys(after) as (keyof PersonChange)[];
    const before: PersonChange = Object.fromEntries(fields.map((field) => [field, person[field]]));
    if (isDeepStrictEqual(before, after)) return person;
    const at = now();
    const changed = this.#people.update(person, after, at);
    const isRename = fields.length === 1 && fields[0] === 'name';
    this.#events.add(isRename ? 'rename' : 'edit', person, { before, after }, at);
    return changed;
  }

  #completeChange(person: PersonRow, change: PersonChange): PersonChange {
    const { bestFaceId, ...rest } = normalizeChange(change);
    if (rest.name !== undefined) normalizeNewName(rest.name);
    if (bestFaceId === undefined) return rest;
    return { ...rest, bestFaceId: bestFaceId === null ? null : this.#requireFaceOf(person, bestFaceId).id };
  }

  merge(personId: string, intoPersonId: string): PersonRow {
    const from = this.#people.require(personId);
    const into = this.#people.require(intoPersonId);
    if (from.seq === into.seq) throw new RangeError('Expected two people to merge but received one twice');
    const at = now();
    const known = this.#picturesOf(into);
    // A picture that both have stays, hidden, with the person that is merged.
    const moved = this.#faces.placesOf(from.seq).filter(({ contentKey }) => !known.has(contentKey));
    for (const face of moved) this.#faces.move(face.seq, into.seq);
    this.#people.setRemoved(from.seq, at);
    this.#people.touch(into.seq, at);
    this.#events.add('merge', into, { faces: moved.map(({ id }) => id) }, at, from);
    return this.#people.require(into.id);
  }

  split(personId: string, faceIds: readonly string[], name: string): PersonRow {
    const from = this.#people.require(personId);
    const wanted = [...new Set(faceIds)].map((id) => this.#requireFaceOf(from, id));
    if (wanted.length === 0 || wanted.length >= from.faces) {
      throw new RangeError(
        `Expected some of the person's ${from.faces} faces to split off but received ${wanted.length}; to give all of them another name, rename the person`,
      );
    }
    const at = now();
    const normal = normalizeName(name);
    const known = this.#people.byName(normal);
    if (known) this.#requireNew(wanted, known, from);
    const other = known ?? this.#addPerson(normal, at);
    for (const face of wanted) this.#faces.move(face.seq, other.seq);
    for (const { seq } of [from, other]) this.#people.touch(seq, at);
    const detail = { faces: wanted.map(({ id }) => id), created: known === null };
    this.#events.add('split', from, detail, at, other);
    return this.#people.require(other.id);
  }

  /** throws  RangeError for one and the same person; AcquaintError('already_enrolled') for a picture that `other` has too */
  #requireNew(faces: readonly FaceRow[], other: PersonRow, from: PersonRow): void {
    if (other.seq === from.seq)
      throw new RangeError('Expected the name of another person but received their own');
    const pictures = this.#picturesOf(other);
    if (faces.some(({ contentKey }) => pictures.has(contentKey))) {
      throw new AcquaintError(
        'already_enrolled',
        'Expected faces of pictures that the other person has not but received one that is enrolled for both; remove it here instead. Nothing was changed',
      );
    }
  }

  removeFace(faceId: string): PersonRow {
    const face = this.#requireFace(faceId);
    const person = this.#people.bySeq(face.person)!;
    const at = now();
    this.#faces.setRemoved(face.seq, at);
    this.#people.touch(person.seq, at);
    this.#events.add('remove_face', person, { faces: [face.id] }, at);
    return this.#people.require(person.id);
  }

  remove(personId: string): PersonRow {
    const person = this.#people.require(personId);
    const at = now();
    this.#people.setRemoved(person.seq, at);
    this.#events.add('remove', person, { faces: this.#faces.placesOf(person.seq).map(({ id }) => id) }, at);
    return person;
  }

  importPerson({ faces, ...imported }: ImportedPerson): ImportCounts {
    const at = now();
    const detail = normalizeChange(imported) as Pick<PersonRow, 'name' | 'externalId' | 'metadata'>;
    const found = this.#people.byId(imported.id);
    if (found && found.removedAt !== null) {
      throw cannot(
        'somebody with the id of an imported person is removed; undo that first, or forget the person',
      );
    }
    const person = found ?? this.#people.add(detail, { id: imported.id, createdAt: imported.createdAt });
    const ids = faces.flatMap((face) => {
      const isKnown = this.#faces.find(face.id) !== null || this.#faces.has(person.seq, face.contentHash);
      return isKnown ? [] : [this.#faces.add(person, face, face).id];
    });
    if (found === null || ids.length > 0) {
      this.#people.touch(person.seq, at);
      this.#events.add('import', person, { faces: ids, created: found === null }, at);
    }
    return { people: found ? 0 : 1, faces: ids.length, known: faces.length - ids.length };
  }

  /** throws  AcquaintError('nothing_to_undo', 'cannot_undo') */
  undo(seq: number | undefined): EventRow {
    const event = seq === undefined ? this.#events.last() : this.#events.find(seq);
    if (event === null) {
      const message =
        seq === undefined
          ? 'Nothing has happened yet that could be undone'
          : `Expected the number of an event (acquaint history) but received ${seq}, which is none, or was erased`;
      throw new AcquaintError('nothing_to_undo', message);
    }
    if (event.undoneAt !== null) throw cannot('the event was undone before');
    const at = now();
    this.#takeBack(event, at);
    this.#events.setUndone(event.seq, at);
    return { ...event, undoneAt: at };
  }

  #takeBack(event: EventRow, at: string): void {
    switch (event.kind) {
      case 'add_face':
      case 'import':
        this.#takeFacesOut(event, at);
        break;
      case 'remove_face':
        this.#bringFacesBack(event, at);
        break;
      case 'rename':
      case 'edit':
        this.#changeBack(event, at);
        break;
      case 'merge':
        this.#part(event, at);
        break;
      case 'split':
        this.#joinAgain(event, at);
        break;
      case 'remove':
        this.#bringBack(event.person, at);
    }
  }

  #takeFacesOut({ person, detail }: EventRow, at: string): void {
    requireEnrolled(person);
    for (const face of this.#facesIn(detail.faces, person)) this.#faces.setRemoved(face.seq, at);
    this.#people.touch(person.seq, at);
    if (detail.created && this.#faces.placesOf(person.seq).length === 0)
      this.#people.setRemoved(person.seq, at);
  }

  #bringFacesBack({ person, detail }: EventRow, at: string): void {
    requireEnrolled(person);
    const pictures = this.#picturesOf(person);
    for (const id of detail.faces ?? []) {
      const face = this.#faces.find(id);
      if (face === null) throw cannot('the days of grace are over and the face is erased');
      if (face.person !== person.seq || face.removedAt === null) throw cannot('the face is in use again');
      if (pictures.has(face.contentKey)) throw cannot('the picture was enrolled again');
      this.#faces.setRemoved(face.seq, null);
    }
    this.#people.touch(person.seq, at);
  }

  #changeBack({ person, detail }: EventRow, at: string): void {
    requireEnrolled(person);
    const { before = {}, after = {} } = detail;
    const fields = Object.keys(after) as (keyof PersonChange)[];
    if (!fields.every((field) => isDeepStrictEqual(person[field], after[field]))) {
      throw cannot('the person was changed again since; undo the later change first');
    }
    this.#withoutNameClash(() => this.#people.update(person, before, at));
  }

  #part({ person, other, detail }: EventRow, at: string): void {
    requireEnrolled(person);
    if (other === null) throw cannot('the merged person is erased');
    const moved = this.#facesIn(detail.faces, person);
    this.#bringBack(other, at);
    for (const face of moved) this.#faces.move(face.seq, other.seq);
    this.#people.touch(person.seq, at);
  }

  #joinAgain({ person, other, detail }: EventRow, at: string): void {
    requireEnrolled(person);
    if (other === null || other.removedAt !== null)
      throw cannot('the person whose the faces are now is gone');
    const back = this.#facesIn(detail.faces, other);
    // Galleries of before moved faces to new people only.
    const wasMade = detail.created ?? true;
    if (wasMade && this.#faces.placesOf(other.seq).length > back.length) {
      throw cannot('other faces were given to the new person since; merge the two instead');
    }
    const pictures = this.#picturesOf(person);
    if (back.some(({ contentKey }) => pictures.has(contentKey))) throw cannot('a picture was enrolled again');
    for (const face of back) this.#faces.move(face.seq, person.seq);
    if (wasMade) this.#people.setRemoved(other.seq, at);
    for (const { seq } of [person, other]) this.#people.touch(seq, at);
  }

  #bringBack(person: PersonRow, at: string): void {
    if (person.removedAt === null) throw cannot('the person is enrolled again');
    this.#withoutNameClash(() => this.#people.requireReturnable(person));
    this.#people.setRemoved(person.seq, null);
    this.#people.touch(person.seq, at);
  }

  /** By what they are told apart. */
  #picturesOf({ seq }: PersonRow): ReadonlySet<string> {
    return new Set(this.#faces.placesOf(seq).map(({ contentKey }) => contentKey));
  }

  /** The faces of those ids, all of them still with the person. */
  #facesIn(ids: readonly string[] = [], person: PersonRow): readonly FaceRow[] {
    const own = new Map(this.#faces.placesOf(person.seq).map((face) => [face.id, face]));
    return ids.map((id) => {
      const face = own.get(id);
      if (!face) throw cannot('a face of it was removed or given to somebody else since; undo that first');
      return face;
    });
  }

  #withoutNameClash(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof AcquaintError && error.code === 'name_taken')) throw error;
      throw cannot('the name or external id is another person’s now; change that one first');
    }
  }

  #requireFaceOf(person: PersonRow, id: string): FaceRow {
    const face = this.#requireFace(id);
    if (face.person === person.seq) return face;
    throw new AcquaintError('face_not_found', 'Expected a face of the person but received one of another');
  }

  /** throws  AcquaintError('face_not_found'), also for a removed one */
  #requireFace(id: string): FaceRow {
    const face = this.#faces.findByPrefix(id);
    if (face && face.removedAt === null && this.#people.bySeq(face.person)?.removedAt === null) return face;
    throw new AcquaintError(
      'face_not_found',
      'No face with that id is enrolled (its first 8 characters are enough); `acquaint people NAME` lists ids',
    );
  }
}

function requireEnrolled(person: PersonRow): void {
  if (person.removedAt !== null) throw cannot('the person is removed; undo that first');
}

function cannot(reason: string): AcquaintError {
  return new AcquaintError('cannot_undo', `That cannot be done any more: ${reason}. Nothing was changed`);
}

function now(): string {
  return new Date().toISOString();
}
