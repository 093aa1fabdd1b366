import type { Rect } from '../core/geometry.ts';
import type { FaceQuality } from '../core/quality.ts';

export interface Person {
  readonly id: string;
  readonly name: string;
  /** How many faces are enrolled. */
  readonly faces: number;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What is kept of one enrolled face. */
export interface NewFace {
  readonly embedding: Float32Array;
  /** SHA-256 of the picture file, lower-case hex. */
  readonly contentHash: string;
  /** Name of the picture's file without its folder, or null for bytes. */
  readonly fileName: string | null;
  readonly box: Rect;
  readonly quality: FaceQuality;
  /** The aligned chip as a small JPEG, or null when crops are not kept. */
  readonly chip: Uint8Array | null;
}

/** Galleries of version 0.1 kept three of the measurements only. */
export type StoredQuality = Pick<FaceQuality, 'sizePx' | 'sharpness' | 'brightness'> & Partial<FaceQuality>;

export interface EnrolledFace extends Omit<NewFace, 'quality'> {
  readonly quality: StoredQuality;
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

/** What an embedding was made from: the picture itself, or the crop that was kept of it, which is less exact. */
export type EmbeddingSource = 'picture' | 'crop';

/** What is needed to embed an enrolled face anew. */
export interface FaceToEmbed {
  /** Grows in the order of enrolment. */
  readonly position: number;
  readonly faceId: string;
  readonly contentHash: string;
  readonly box: Rect;
  readonly hasCrop: boolean;
  /** What the embedding that is staged for it was made from; null when none is. */
  readonly stagedFrom: EmbeddingSource | null;
}

export interface StagedEmbedding {
  readonly faceId: string;
  readonly embedding: Float32Array;
  readonly source: EmbeddingSource;
}

/**
 * People and their faces, kept for good. When a method that writes returns, what it wrote survives a crash of the
 * process and of the machine. Every method may throw AcquaintError('gallery_locked') after a stated wait, and
 * 'gallery_corrupt' or 'gallery_unusable' when the record cannot be read or written.
 */
export interface Gallery {
  /** How the embeddings in it were made: all of them by this recipe. */
  readonly recipe: string;
  /**
   * Adds a face to the person of that name; the person is created when there is none. One transaction.
   * Names are compared exactly, after Unicode NFC. ensures  the person, counted with the new face.
   * throws AcquaintError('already_enrolled') when the person has a face from a picture of that content hash.
   */
  addFace(name: string, face: NewFace): Promise<{ readonly person: Person; readonly face: EnrolledFace }>;
  /** Whether the person of that name has a face from the picture with that content hash. */
  hasPicture(name: string, contentHash: string): Promise<boolean>;
  /** Everybody, by name (code point order). */
  people(): Promise<readonly Person[]>;
  /** The person of that name, or null. */
  findPerson(name: string): Promise<Person | null>;
  /** The person's faces, oldest first. */
  facesOf(personId: string): Promise<readonly EnrolledFace[]>;
  /**
   * Erases the person: every face, embedding and crop, for good; no readable byte stays in the files.
   * ensures  the number of faces erased. throws AcquaintError('person_not_found').
   */
  forget(personId: string): Promise<number>;
  /** Every embedding, in the order of enrolment. */
  embeddings(): Promise<Iterable<GalleryEmbedding>>;
  /**
   * At most so many faces in the order of enrolment, behind the position `after` (0: from the first), and what is staged
   * for them by that recipe.
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
  /** Changes whenever this or another process has changed the gallery; cheap enough for every search. */
  revision(): Promise<string>;
  close(): Promise<void>;
}
