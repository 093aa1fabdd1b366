import type { Rect } from '../core/geometry.ts';
import type { FaceQuality } from '../core/quality.ts';

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** Of a person's metadata as JSON, in a gallery and in a portable file. */
export const MAX_METADATA_BYTES = 65_536;
export const MAX_METADATA_DEPTH = 8;

export interface Person {
  readonly id: string;
  readonly name: string;
  /** How many faces are enrolled. */
  readonly faces: number;
  /** The user's own key of the person, unique in the collection; null without one. */
  readonly externalId: string | null;
  /** The user's own facts, as JSON. */
  readonly metadata: JsonObject;
  /** The face that stands for the person where one picture is shown; null: the best by its quality. */
  readonly bestFaceId: string | null;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Who somebody is. */
export interface PersonRef {
  readonly id: string;
  readonly name: string;
}

/** What is kept of one enrolled face. */
export interface NewFace {
  readonly embedding: Float32Array;
  /** SHA-256 of the picture file, lower-case hex; of faces without a picture of whatever tells them apart. */
  readonly contentHash: string;
  /** Name of the picture's file without its folder, or null for bytes. */
  readonly fileName: string | null;
  /** null where the face came without a picture. */
  readonly box: Rect | null;
  readonly quality: StoredQuality | null;
  /** The aligned chip as a small JPEG, or null when crops are not kept. */
  readonly chip: Uint8Array | null;
}

/** Galleries of version 0.1 kept three of the measurements only. */
export type StoredQuality = Pick<FaceQuality, 'sizePx' | 'sharpness' | 'brightness'> & Partial<FaceQuality>;

export interface EnrolledFace extends NewFace {
  readonly id: string;
  readonly personId: string;
  readonly createdAt: string;
}

/** The part of an enrolled face that a search needs. */
export interface GalleryEmbedding {
  readonly faceId: string;
  readonly personId: string;
  readonly embedding: Float32Array;
}

/** A person as it is now: null and no faces for one who is gone or removed. */
export interface PersonState {
  /** Names the person for good, also when it is gone; never given to another. */
  readonly key: number;
  readonly person: Person | null;
  readonly embeddings: readonly Float32Array[];
}

/** What an embedding was made from: the picture itself, or the crop that was kept of it, which is less exact. */
export type EmbeddingSource = 'picture' | 'crop';

/** What is needed to embed an enrolled face anew. */
export interface FaceToEmbed {
  /** Grows in the order of enrolment. */
  readonly position: number;
  readonly faceId: string;
  readonly contentHash: string;
  readonly box: Rect | null;
  readonly hasCrop: boolean;
  /** What the embedding that is staged for it was made from; null when none is. */
  readonly stagedFrom: EmbeddingSource | null;
}

export interface StagedEmbedding {
  readonly faceId: string;
  readonly embedding: Float32Array;
  readonly source: EmbeddingSource;
}

/** A collection's own rules; what is null is left to the recognizer. */
export interface CollectionSettings {
  /** Greatest distance of a match. */
  readonly distanceThreshold: number | null;
  /** The share of strangers that may be given a name. */
  readonly identifyRate: number | null;
  /** Days a removed person or face can still be brought back; then it is erased. At most a hundred years (36,500). */
  readonly graceDays: number;
  /** People of whom nothing has changed for so many days, at most as many, are erased; null keeps them. */
  readonly retentionDays: number | null;
}

/** Whom and what `sweep` erases for good. */
export interface Expired {
  /** Enrolled, but nothing has changed about them for the days of retention. */
  readonly people: number;
  /** Removed, or merged into others, for longer than the days of grace: `undo` cannot bring them back then. */
  readonly removedPeople: number;
  readonly removedFaces: number;
}

export interface Collection {
  readonly id: string;
  readonly name: string;
  readonly recipe: string;
  readonly embeddingLength: number;
  readonly people: number;
  readonly settings: CollectionSettings;
  readonly createdAt: string;
}

export type LifeEventKind =
  | 'add_face'
  | 'remove_face'
  | 'rename'
  | 'edit'
  | 'merge'
  | 'split'
  | 'remove'
  | 'import';

/** Something that happened to a person. */
export interface LifeEvent {
  /** Counts up; `undo` takes it. */
  readonly id: number;
  readonly kind: LifeEventKind;
  /** Name the person has now, or had when it was removed. */
  readonly person: string;
  /** merge: who was merged into the person; split: whose the faces are now. */
  readonly other: string | null;
  readonly faces: number;
  /** rename: the names before and after. */
  readonly names: { readonly from: string; readonly to: string } | null;
  readonly at: string;
  readonly undoneAt: string | null;
}

/** Proof of an erasure that tells nothing of whom it was. */
export interface ErasureReceipt {
  readonly id: string;
  readonly at: string;
  readonly people: number;
  readonly faces: number;
  readonly events: number;
  /** SHA-256 over the ids of all faces that stayed, in their order: hex. */
  readonly stateHash: string;
}

export interface Erasure {
  readonly faces: number;
  readonly receipt: ErasureReceipt;
  /** false: another process still reads the old state; what it holds back is wiped at the next chance. */
  readonly wiped: boolean;
}

/** What may be changed of a person; what is absent stays. */
export interface PersonChange {
  readonly name?: string;
  readonly externalId?: string | null;
  readonly metadata?: JsonObject;
  readonly bestFaceId?: string | null;
}

/** A person with faces from elsewhere, ids and times kept. */
export interface ImportedPerson {
  readonly id: string;
  readonly name: string;
  readonly externalId: string | null;
  readonly metadata: JsonObject;
  readonly createdAt: string;
  readonly faces: readonly Omit<EnrolledFace, 'personId'>[];
}

export interface ImportCounts {
  readonly people: number;
  readonly faces: number;
  /** Faces that were there already. */
  readonly known: number;
}

/** Somebody by name, or somebody enrolled, whatever the name is by now. */
export type Whose = string | { readonly id: string };

/**
 * One collection of people and their faces, kept for good. When a method that writes returns, what it wrote survives a
 * crash of the process and of the machine. Every method may throw AcquaintError('gallery_locked') after a stated wait,
 * and 'gallery_corrupt' or 'gallery_unusable' when the record cannot be read or written. Names are compared exactly,
 * after Unicode NFC. Whoever is removed is not found by any method but `undo`, `history` and `forget`.
 */
export interface Gallery {
  /** How the embeddings in it were made: all of them by this recipe. */
  readonly recipe: string;
  readonly embeddingLength: number;
  /** The name of the collection. */
  readonly collection: string;

  /**
   * Adds a face to somebody; who is meant by name is created when there is none. One transaction, one event.
   * ensures  the person, counted with the new face
   * throws   AcquaintError('already_enrolled') when the person has a face from a picture of that content hash;
   *          'person_not_found' for an id
   */
  addFace(whose: Whose, face: NewFace): Promise<{ readonly person: Person; readonly face: EnrolledFace }>;
  /** Whether the person has a face from the picture with that content hash. */
  hasPicture(whose: Whose, contentHash: string): Promise<boolean>;
  /** Everybody, by name (code point order). */
  people(): Promise<readonly Person[]>;
  /** Everybody by the key that `changesSince` names them by. */
  peopleByKey(): Promise<ReadonlyMap<number, Person>>;
  /** The person of that name, or null. */
  findPerson(name: string): Promise<Person | null>;
  personById(id: string): Promise<Person | null>;
  personByExternalId(externalId: string): Promise<Person | null>;
  /** The person's faces, oldest first. */
  facesOf(personId: string): Promise<readonly EnrolledFace[]>;

  /**
   * throws  AcquaintError('person_not_found', 'name_taken', 'face_not_found' for a bestFaceId of nobody's or another's);
   *         RangeError for a bad name, external id or metadata
   */
  change(personId: string, change: PersonChange): Promise<Person>;
  /**
   * All faces of one become faces of the other; pictures both have are kept once.
   * throws  AcquaintError('person_not_found'); RangeError for one and the same person
   */
  merge(personId: string, intoPersonId: string): Promise<Person>;
  /**
   * Some of a person's faces become those of the person of that name, who is created when there is none.
   * throws  AcquaintError('person_not_found', 'face_not_found', 'already_enrolled' for a picture that the other has too);
   *         RangeError for none or all of the faces, and for the person's own name
   */
  split(personId: string, faceIds: readonly string[], name: string): Promise<Person>;
  /** throws  AcquaintError('face_not_found') */
  removeFace(faceId: string): Promise<Person>;
  /** Takes the person out; within the collection's days of grace it can be undone. throws 'person_not_found' */
  remove(personId: string): Promise<Person>;
  /** What happened, newest first. */
  history(options?: { readonly person?: string; readonly limit?: number }): Promise<readonly LifeEvent[]>;
  /**
   * Takes an event back, by default the last that is not undone yet.
   * throws  AcquaintError('nothing_to_undo', 'cannot_undo' when later changes stand in the way: nothing is changed then)
   */
  undo(eventId?: number): Promise<LifeEvent>;

  /**
   * Erases people, removed ones too, for good: every face, embedding, crop and event; no readable byte stays in the
   * files. One receipt for all of them. throws  AcquaintError('person_not_found'): nobody is erased then
   */
  forget(names: readonly string[]): Promise<Erasure>;
  /** Erases whoever's days of grace or retention are over, with a receipt; the faces erased. */
  sweep(): Promise<number>;
  /** What `sweep` would erase now, by the settings or with a change of them. throws  RangeError as `changeSettings` does */
  expired(change?: Partial<CollectionSettings>): Promise<Expired>;
  /** Of these ids those that are nobody's here, removed people's neither: erased, or never given. */
  erasedOf(personIds: readonly string[]): Promise<readonly string[]>;
  /** In the order of time; at most so many, the newest. */
  receipts(options?: { readonly limit?: number | undefined }): Promise<readonly ErasureReceipt[]>;

  /** How many embeddings there are. */
  embeddingCount(): Promise<number>;
  /** Embeddings in the order of enrolment, in slices. */
  embeddingSlices(): AsyncIterable<readonly GalleryEmbedding[]>;
  /** Every embedding, in the order of enrolment. */
  embeddings(): Promise<readonly GalleryEmbedding[]>;
  /** Changes whenever this or another process has changed the gallery; cheap enough for every search. */
  revision(): Promise<string>;
  /** Where the list of changes stands. */
  changeCursor(): Promise<number>;
  /** People that changed after that cursor, as they are now; null when it lies too far back: read all anew. */
  changesSince(
    cursor: number,
  ): Promise<{ readonly cursor: number; readonly people: readonly PersonState[] } | null>;

  /**
   * At most so many faces in the order of enrolment, behind the position `after` (0: from the first), and what is staged
   * for them by that recipe. Removed faces are among them if they have a crop: they may come back.
   */
  facesToEmbed(recipe: string, limit: number, after: number): Promise<readonly FaceToEmbed[]>;
  /** The crop that was kept of a face, a picture file; null when there is none, or the face is gone. */
  crop(faceId: string): Promise<Uint8Array | null>;
  /**
   * Keeps embeddings by another recipe aside, in the place of what was staged for the same faces; those of a third recipe
   * are thrown away. Faces gone meanwhile are passed over.
   */
  stageEmbeddings(recipe: string, embeddings: readonly StagedEmbedding[]): Promise<void>;
  /**
   * Puts the staged embeddings in the place of the others, all at once, and takes the calibration away, which belonged
   * to them. ensures  false, and nothing changed, when a face has none yet
   * Whoever has the gallery open by its former recipe gets 'recipe_mismatch' from then on.
   */
  switchRecipe(recipe: string, embeddingLength: number): Promise<boolean>;

  /** What `setCalibration` kept, or null. */
  calibration(): Promise<string | null>;
  /** Keeps thresholds measured on this gallery's own people, as JSON; null takes them away. */
  setCalibration(json: string | null): Promise<void>;

  settings(): Promise<CollectionSettings>;
  /** What is absent stays. throws  RangeError for a threshold, rate or number of days that is none */
  changeSettings(change: Partial<CollectionSettings>): Promise<CollectionSettings>;
  collections(): Promise<readonly Collection[]>;
  /** Erases a collection with everybody in it. throws  AcquaintError('collection_not_found'); RangeError for this one */
  dropCollection(name: string): Promise<Erasure>;

  /**
   * Merges people by id, all or none: a person is created when there is none of that id; faces whose id or picture it has
   * already are passed over. ensures  what was new
   * throws  AcquaintError('name_taken') when a name is another's
   */
  importPeople(people: readonly ImportedPerson[]): Promise<ImportCounts>;

  /** Whether names, embeddings, crops and metadata are sealed by a key. */
  readonly isSealed: boolean;
  /** Bytes that belong to the gallery but lie elsewhere, sealed as its own are; as they are when it is not sealed. */
  seal(bytes: Uint8Array, context: string): Uint8Array;
  /** The inverse. throws  RangeError for bytes that were changed, belong elsewhere or were sealed by another key */
  unseal(bytes: Uint8Array, context: string): Uint8Array;
  /**
   * Seals everything by another key, or opens it for good (null): all or nothing; old copies are wiped.
   * Other processes that have the gallery open must open it again.
   */
  reseal(key: GalleryKey | null): Promise<void>;
  close(): Promise<void>;
}

/** What opens a sealed gallery: words that are remembered, or the bytes of a file. */
export type GalleryKey = { readonly passphrase: string } | { readonly keyFile: Uint8Array };
