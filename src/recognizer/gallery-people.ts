import {
  type Kinds,
  refused,
  requireArray,
  requireBytes,
  requireKind,
  requireOptions,
  requireString,
} from '../core/arguments.ts';
import { AcquaintError } from '../errors.ts';
import type {
  Collection,
  CollectionSettings,
  EnrolledFace,
  Erasure,
  ErasureReceipt,
  Expired,
  Gallery,
  GalleryKey,
  ImportCounts,
  JsonObject,
  LifeEvent,
  Person,
  PersonChange,
} from '../ports/gallery.ts';
import type { CheckOptions, GalleryCheck } from './check-gallery.ts';
import { type ExchangeOptions, exportGallery, type ImportSource, importInto } from './exchange.ts';
import { peopleWith } from './gallery-search.ts';
import { PROGRESS_OPTIONS } from './progress-options.ts';

/** A person by name, by id, or by the user's own key. */
export type Who = string | { readonly id: string } | { readonly externalId: string };

/**
 * The people of a gallery and what can happen to them. Every change is an event that `undo` takes back, but `forget`.
 * Every method may throw the Gallery's errors (src/ports/gallery.ts), and AcquaintError('person_not_found') where one is
 * named.
 */
export interface GalleryPeople {
  readonly collection: string;
  /** Whether names, embeddings, crops and metadata are sealed by a key. */
  readonly isSealed: boolean;
  /** Everybody by name; with `where` those whose metadata has these values. */
  list(options?: { readonly where?: JsonObject | undefined }): Promise<readonly Person[]>;
  find(who: Who): Promise<Person>;
  faces(who: Who): Promise<readonly EnrolledFace[]>;
  /** The aligned crop that was kept of a face, a JPEG file; null when there is none, or no such face. */
  crop(faceId: string): Promise<Uint8Array | null>;
  /** Another name, external id, metadata or best face; what is absent stays. */
  change(who: Who, change: PersonChange): Promise<Person>;
  /** All faces of one become faces of the other. */
  merge(who: Who, into: Who): Promise<Person>;
  /** Some of a person's faces become those of the person of that name, who is made if there is none. */
  split(who: Who, faceIds: readonly string[], name: string): Promise<Person>;
  removeFace(faceId: string): Promise<Person>;
  /** Takes a person out; for the collection's days of grace it can be undone, then it is erased. */
  remove(who: Who): Promise<Person>;
  /** Erases people for good, removed ones too: by name. Nothing can be undone. */
  forget(names: readonly string[]): Promise<Erasure>;
  /** What happened, newest first (default 50), to everybody or to the people of a name, removed ones too. */
  history(options?: { readonly person?: string; readonly limit?: number }): Promise<readonly LifeEvent[]>;
  /** Takes an event back, by default the last. */
  undo(eventId?: number): Promise<LifeEvent>;
  /** Of these ids of people those that are nobody's here, removed people's neither: erased, or never given. */
  erasedOf(personIds: readonly string[]): Promise<readonly string[]>;
  /** In the order of time; at most so many, the newest. */
  receipts(options?: { readonly limit?: number | undefined }): Promise<readonly ErasureReceipt[]>;
  /** Erases whoever's days of grace or retention are over, with a receipt, which every opening does too; the faces erased. */
  sweep(): Promise<number>;
  /** What `sweep` would erase now, by the settings or with a change of them: look before you change them. */
  expired(change?: Partial<CollectionSettings>): Promise<Expired>;
  settings(): Promise<CollectionSettings>;
  changeSettings(change: Partial<CollectionSettings>): Promise<CollectionSettings>;
  collections(): Promise<readonly Collection[]>;
  /** Erases another collection with everybody in it. */
  dropCollection(name: string): Promise<Erasure>;
  /**
   * Bytes that a program keeps beside the gallery and that must be as safe: sealed as the gallery is, or as they are.
   * `context` says what they are: they open as nothing else.
   */
  seal(bytes: Uint8Array, context: string): Uint8Array;
  /** The inverse. throws  RangeError for bytes that were changed, or sealed by another key or as something else */
  unseal(bytes: Uint8Array, context: string): Uint8Array;
  /** Seals everything by a key, or by another one; null opens it for good. */
  reseal(key: GalleryKey | null): Promise<void>;
  /** Writes everybody, or one person, into a portable file (docs/portable.md). throws 'output_failed', 'aborted' */
  export(
    path: string,
    options?: ExchangeOptions & { readonly who?: Who | undefined },
  ): Promise<{ readonly people: number; readonly faces: number }>;
  /**
   * Merges what `inspectImport` found into the gallery; pictures are for `enroll`.
   * throws  'recipe_mismatch', 'name_taken': nothing is changed then
   */
  import(
    source: Exclude<ImportSource, { readonly kind: 'pictures' }>,
    options?: ExchangeOptions,
  ): Promise<ImportCounts>;
  /** Looks for probable duplicates, mislabelled photos, poor faces and people without any. Changes nothing. */
  check(options?: CheckOptions): Promise<GalleryCheck>;
}

export function createGalleryPeople(
  gallery: Gallery,
  check: (options?: CheckOptions) => Promise<GalleryCheck>,
): GalleryPeople {
  const find = async (who: Who): Promise<Person> => {
    requireWho(who);
    const person = await findIn(gallery, who);
    if (person) return person;
    throw new AcquaintError(
      'person_not_found',
      `Nobody of that ${kindOf(who)} is enrolled; \`acquaint people\` lists everybody`,
    );
  };
  const idOf = async (who: Who): Promise<string> => (await find(who)).id;
  return {
    collection: gallery.collection,
    get isSealed() {
      return gallery.isSealed;
    },
    async list(options = {}) {
      requireOptions('list', options, { where: 'object' });
      const { where } = options;
      const people = await gallery.people();
      return where === undefined ? people : peopleWith(people, where);
    },
    find,
    faces: async (who) => gallery.facesOf(await idOf(who)),
    async crop(faceId) {
      requireString('faceId', faceId);
      return gallery.crop(faceId);
    },
    async change(who, change) {
      requireOptions('change', change, PERSON_CHANGE);
      return gallery.change(await idOf(who), change);
    },
    merge: async (who, into) => gallery.merge(await idOf(who), await idOf(into)),
    async split(who, faceIds, name) {
      requireArray('faceIds', faceIds, requireString);
      return gallery.split(await idOf(who), faceIds, name);
    },
    async removeFace(faceId) {
      requireString('faceId', faceId);
      return gallery.removeFace(faceId);
    },
    remove: async (who) => gallery.remove(await idOf(who)),
    async forget(names) {
      requireArray('names', names);
      return gallery.forget(names);
    },
    async history(options = {}) {
      requireOptions('history', options, { person: 'string', limit: 'number' });
      return gallery.history(options);
    },
    async undo(eventId) {
      if (eventId !== undefined) requireKind('eventId', 'number', eventId);
      return gallery.undo(eventId);
    },
    async erasedOf(personIds) {
      requireArray('personIds', personIds, requireString);
      return gallery.erasedOf(personIds);
    },
    async receipts(options = {}) {
      requireOptions('receipts', options, { limit: 'number' });
      const { limit } = options;
      if (limit !== undefined && !(Number.isInteger(limit) && limit > 0))
        throw new RangeError(`Expected a limit of at least 1 but received ${limit}`);
      return gallery.receipts({ limit });
    },
    sweep: () => gallery.sweep(),
    async expired(change = {}) {
      requireOptions('expired', change, SETTINGS);
      return gallery.expired(change);
    },
    settings: () => gallery.settings(),
    async changeSettings(change) {
      requireOptions('changeSettings', change, SETTINGS);
      return gallery.changeSettings(change);
    },
    collections: () => gallery.collections(),
    async dropCollection(name) {
      requireString('name', name);
      return gallery.dropCollection(name);
    },
    seal(bytes, context) {
      requireBytes('bytes', bytes);
      requireString('context', context);
      return gallery.seal(bytes, context);
    },
    unseal(bytes, context) {
      requireBytes('bytes', bytes);
      requireString('context', context);
      return gallery.unseal(bytes, context);
    },
    async reseal(key) {
      requireKind('key', 'object or null', key);
      return gallery.reseal(key);
    },
    async check(options = {}) {
      requireOptions('check', options, PROGRESS_OPTIONS);
      return check(options);
    },
    async export(path, options = {}) {
      requireOptions('export', options, { ...PROGRESS_OPTIONS, who: 'unknown' });
      const { who, ...exchange } = options;
      const person = who === undefined ? undefined : await find(who);
      return exportGallery(gallery, path, { ...exchange, person });
    },
    async import(source, options = {}) {
      requireOptions('import', options, PROGRESS_OPTIONS);
      return importInto(gallery, source, options);
    },
  };
}

const PERSON_CHANGE: Kinds<PersonChange> = {
  name: 'string',
  externalId: 'string or null',
  metadata: 'object',
  bestFaceId: 'string or null',
};

const SETTINGS: Kinds<Partial<CollectionSettings>> = {
  distanceThreshold: 'number or null',
  identifyRate: 'number or null',
  graceDays: 'number',
  retentionDays: 'number or null',
};

function findIn(gallery: Gallery, who: Who): Promise<Person | null> {
  if (typeof who === 'string') return gallery.findPerson(who);
  return isById(who) ? gallery.personById(who.id) : gallery.personByExternalId(who.externalId);
}

const isById = (who: Exclude<Who, string>): who is { readonly id: string } =>
  'id' in who && who.id !== undefined;

/** throws  TypeError unless it names a person */
function requireWho(who: Who): void {
  const { id, externalId } = Object(who) as { readonly id?: unknown; readonly externalId?: unknown };
  if (typeof (typeof who === 'string' ? who : (id ?? externalId)) === 'string') return;
  throw refused('a person', 'a name, { id } or { externalId }', who);
}

function kindOf(who: Who): string {
  if (typeof who === 'string') return 'name';
  return isById(who) ? 'id' : 'external id';
}
