import type { Decision } from '../core/decide.ts';
import type { Point, Rect } from '../core/geometry.ts';
import type { RgbImage } from '../core/image.ts';
import type { PreprocessOptions } from '../core/preprocess.ts';
import type { FaceQuality } from '../core/quality.ts';
import type { ErrorCode } from '../errors.ts';
import type { PictureSource } from '../ports/decoder.ts';
import type { EnrolledFace, Person } from '../ports/gallery.ts';

/** What every step takes: a picture file (path, file: URL, bytes) or pixels. */
export type PictureInput = PictureSource | RgbImage;

export type DetectorName = 'hog' | 'mmod';

export interface RecognizerOptions {
  /** Path of the gallery file. Without it people are kept in memory and gone at `close`. */
  readonly gallery?: string | undefined;
  /** Whether a gallery that does not exist yet is created (default true); false throws 'gallery_missing'. */
  readonly createGallery?: boolean | undefined;
  /** Default 'mmod': docs/detectors.md has the figures behind the choice. */
  readonly detector?: DetectorName | undefined;
  /** The smallest face to look for, in pixels of the picture (default `defaultMinFacePx`: 40, more in large pictures). */
  readonly minFacePx?: number | undefined;
  /** Detections with a score below this are dropped (default 0, the trained threshold). */
  readonly scoreThreshold?: number | undefined;
  /** At most this many faces a picture, the surest first (default 1000). */
  readonly maxFaces?: number | undefined;
  /** Mean of the embeddings of the chip and of its mirror image: twice the work, a recipe of its own. */
  readonly mirror?: boolean | undefined;
  /** Greatest distance of a match. Default: `verify` DEFAULT_VERIFY_THRESHOLD, `identify` identifyThreshold(people). */
  readonly distanceThreshold?: number | undefined;
  /** A match must be nearer than the next person by this much, else it is ambiguous (default DEFAULT_MARGIN). */
  readonly margin?: number | undefined;
  readonly preprocess?: PreprocessOptions | undefined;
  /** Whether the aligned chip of an enrolled face is kept in the gallery (default true). */
  readonly keepCrops?: boolean | undefined;
  /** Pictures in work at once (default: the number of cores, 8 at most). */
  readonly concurrency?: number | undefined;
  /** Pictures of more pixels are refused unread (default 100 million). */
  readonly maxPixels?: number | undefined;
}

export interface DetectedFace {
  /** Whole pixels of the upright picture; may reach over its border. */
  readonly box: Rect;
  readonly score: number;
  /** 5 or 68 points in dlib's order, pixels of the upright picture. */
  readonly landmarks: readonly Point[];
}

export interface EmbeddedFace extends DetectedFace {
  readonly embedding: Float32Array;
  readonly recipe: string;
  readonly quality: FaceQuality;
}

export interface PersonRef {
  readonly id: string;
  readonly name: string;
}

export interface IdentifiedFace extends EmbeddedFace {
  readonly decision: Decision;
  /** The person, for a match only. */
  readonly person: PersonRef | null;
  /** Distance of the nearest person, whatever the decision; null when nobody is enrolled. */
  readonly distance: number | null;
  /** The threshold that was applied. */
  readonly threshold: number;
  /** match: the next nearest person; unknown, ambiguous: the nearest, whose distance `distance` is. */
  readonly runnerUp: (PersonRef & { readonly distance: number }) | null;
}

export interface PictureFaces<Face extends DetectedFace> {
  /** Size of the upright picture. */
  readonly width: number;
  readonly height: number;
  readonly faces: readonly Face[];
}

export interface Verification {
  readonly same: boolean;
  readonly distance: number;
  readonly threshold: number;
}

export type EnrollmentStatus = 'enrolled' | 'skipped' | 'failed';

/** What became of one picture. `reason` and `message` are absent when it was enrolled. */
export interface Enrollment {
  readonly source: PictureInput;
  readonly person: string;
  readonly status: EnrollmentStatus;
  readonly reason?: ErrorCode;
  readonly message?: string;
  readonly face?: { readonly id: string; readonly box: Rect };
}

export interface StepOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface DetectOptions extends StepOptions {
  /** 68 reads a further 99 MB file whose licence excludes commercial use. Default 5. */
  readonly landmarks?: 5 | 68 | undefined;
}

export interface EnrollOptions extends StepOptions {
  /** Of several faces take the largest, instead of refusing the picture as 'multiple_faces'. */
  readonly largest?: boolean | undefined;
  /** Called after each picture, in order. */
  readonly onProgress?: ((done: Enrollment, count: number, total: number) => void) | undefined;
}

/**
 * Finds faces and says who they are. Every method may throw AcquaintError('aborted') when its signal fires, and the
 * Decoder's, Detector's and Gallery's errors (src/ports). Close it when done.
 */
export interface Recognizer {
  /** How embeddings are made here: model, then `+mirror` where it applies. */
  readonly recipe: string;
  /** Faces with their landmarks. No embedding net is loaded. */
  detect(picture: PictureInput, options?: DetectOptions): Promise<PictureFaces<DetectedFace>>;
  /** Points of faces whose boxes are known. */
  landmarks(
    picture: PictureInput,
    boxes: readonly Rect[],
    points?: 5 | 68,
  ): Promise<readonly (readonly Point[])[]>;
  /** Upright 150x150 chips of faces whose five landmarks are known. */
  align(picture: PictureInput, landmarks: readonly (readonly Point[])[]): Promise<readonly RgbImage[]>;
  /** Embeddings of aligned chips, by this recognizer's recipe. */
  embedChips(chips: readonly RgbImage[]): Promise<readonly Float32Array[]>;
  /** Faces with their embeddings. */
  embed(picture: PictureInput, options?: StepOptions): Promise<PictureFaces<EmbeddedFace>>;
  /** Who is in the picture. "Nobody known" is a value, not an error. */
  identify(picture: PictureInput, options?: StepOptions): Promise<PictureFaces<IdentifiedFace>>;
  /**
   * Whether two pictures of one face each show the same person.
   * throws AcquaintError('no_face' | 'multiple_faces') naming the picture
   */
  verify(a: PictureInput, b: PictureInput, options?: StepOptions): Promise<Verification>;
  /**
   * Enrols a person's pictures, one face each; several at once, each on its own: one that fails does not stop the
   * others. ensures  one entry a picture, in order; what is reported as enrolled is on disk.
   * throws  RangeError for a bad name; AcquaintError of the gallery, which ends the whole call
   */
  enroll(
    name: string,
    pictures: readonly PictureInput[],
    options?: EnrollOptions,
  ): Promise<readonly Enrollment[]>;
  people(): Promise<readonly Person[]>;
  /** throws AcquaintError('person_not_found') */
  person(name: string): Promise<{ readonly person: Person; readonly faces: readonly EnrolledFace[] }>;
  /** Erases a person for good. throws AcquaintError('person_not_found') */
  forget(name: string): Promise<{ readonly person: string; readonly faces: number; readonly erased: true }>;
  /** Waits for pictures in work, then frees nets, threads and the gallery. Calling it twice is harmless. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
