import type { PortableRecord } from './portable-format.ts';
import { TextSet } from './text-set.ts';
import { ValueProblem } from './value-problem.ts';

/**
 * What the records of one file must be to each other: ids and names are there once, and a face comes after its person.
 */
export class CollectionRules {
  people = 0;
  faces = 0;
  readonly #personIds = new TextSet();
  readonly #names = new TextSet();
  readonly #faceIds = new TextSet();

  /** throws  ValueProblem */
  add(record: PortableRecord): void {
    if ('person' in record) {
      requireNew(this.#personIds, record.person.id, 'person.id');
      requireNew(this.#names, record.person.name, 'person.name');
      this.people++;
      return;
    }
    if (!this.#personIds.has(record.face.personId)) {
      throw new ValueProblem('a person of an earlier line for face.personId', 'another');
    }
    requireNew(this.#faceIds, record.face.id, 'face.id');
    this.faces++;
  }
}

function requireNew(seen: TextSet, text: string, what: string): void {
  if (!seen.add(text))
    throw new ValueProblem(`one that is not there yet for ${what}`, 'that of an earlier line');
}
