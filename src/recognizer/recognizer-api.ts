import type { Decision } from '../core/decide.ts';
import type { Point, Rect } from '../core/geometry.ts';
import type { RgbImage } from '../core/image.ts';
import type { LivenessAnswer, LivenessThresholds } from '../core/liveness-decision.ts';
import type { LabelledEmbedding } from '../core/open-set.ts';
import type { PreprocessOptions } from '../core/preprocess.ts';
import type { FaceQuality, QualityLevel, QualityReason } from '../core/quality.ts';
import type { ErrorCode } from '../errors.ts';
import type { PictureSource } from '../ports/decoder.ts';
import type {
  EnrolledFace,
  Erasure,
  GalleryKey,
  JsonObject,
  Person,
  PersonRef,
  Whose,
} from '../ports/gallery.ts';
import type { EnrolledEvaluation, EvaluateEnrolledOptions } from './evaluate-enrolled.ts';
import type { GalleryPeople } from './gallery-people.ts';
import type { LivenessModelName } from './liveness-models.ts';
import type { Effort } from './recipes.ts';
import type { CalibrationState, StoredCalibration } from './stored-calibration.ts';

/** What every step takes: a picture file (path, file: URL, bytes) or pixels. */
export type PictureInput = PictureSource | RgbImage;

export type QualityFilter = 'none' | QualityLevel;

/** hog and mmod come with the package, yunet is a pack. */
export type DetectorName = 'hog' | 'mmod' | 'yunet';

export interface RecognizerOptions {
  /** Path of the gallery file. Without it people are kept in memory and gone at `close`. */
  readonly gallery?: string | undefined;
  /** Whether a gallery that does not exist yet is created (default true); false throws 'gallery_missing'. */
  readonly createGallery?: boolean | undefined;
  /** Collection of people in the file (default 'default'): each has its recipe, threshold and retention. */
  readonly collection?: string | undefined;
  /** Opens a sealed gallery; a new one is sealed by it. throws 'key_required', 'wrong_key' */
  readonly key?: GalleryKey | undefined;
  /** Called while a large gallery is read before the first search. */
  readonly onGalleryProgress?: ((loaded: number, total: number) => void) | undefined;
  /** Default 'mmod': docs/detectors.md has the figures behind the choice. */
  readonly detector?: DetectorName | undefined;
  /** The smallest face to look for, in pixels of the picture (default `defaultMinFacePx`: 40, more in large pictures). */
  readonly minFacePx?: number | undefined;
  /** Detections with a score below this are dropped (default 0, the trained threshold). */
  readonly scoreThreshold?: number | undefined;
  /** At most this many faces a picture, the surest first (default 1000). */
  readonly maxFaces?: number | undefined;
  /**
   * How much work goes into one face (docs/accuracy.md). Default: as the gallery was made, 'balanced' for a new one.
   * 'fast' gives the very numbers of dlib and face_recognition; the other two can be compared with each other.
   */
  readonly effort?: Effort | undefined;
  /** The recipe by its name, for those that no effort stands for. */
  readonly recipe?: string | undefined;
  /** Short for the recipe 'dlib-resnet-v1+mirror': mean of the chip's and its mirror image's embedding. */
  readonly mirror?: boolean | undefined;
  /** Greatest distance of a match, for `verify` and `identify`. Default: what stands for the rates below. */
  readonly distanceThreshold?: number | undefined;
  /** A match must be nearer than the next person by this much, else it is ambiguous (default DEFAULT_MARGIN). */
  readonly margin?: number | undefined;
  /** `verify`: the share of pairs of different people that may be taken for one person (default 0.001). */
  readonly verifyRate?: number | undefined;
  /** `identify`: the share of strangers that may be given a name (default 0.01). docs/thresholds.md explains both. */
  readonly identifyRate?: number | undefined;
  /** Two faces of one picture are never the same person: names go where the total fits best (default true). */
  readonly uniqueNames?: boolean | undefined;
  /** Looks at the picture in all four quarter turns and takes the one whose faces stand upright: four times the work. */
  readonly tryRotations?: boolean | undefined;
  /** What `enroll` demands of a face: docs/quality.md (default 'low', which refuses what nobody could recognise). */
  readonly qualityFilter?: QualityFilter | undefined;
  readonly preprocess?: PreprocessOptions | undefined;
  /** Whether the aligned chip of an enrolled face is kept in the gallery (default true). */
  readonly keepCrops?: boolean | undefined;
  /** Pictures in work at once (default: the number of cores, 8 at most). */
  readonly concurrency?: number | undefined;
  /**
   * Threads that share one picture's work (default: the number of cores, 4 at most). 1 is a tenth faster where many
   * pictures are in work all the time.
   */
  readonly threadsPerPicture?: number | undefined;
  /** Pictures of more pixels are refused unread (default 100 million). */
  readonly maxPixels?: number | undefined;
  /** Folder of fetched models (default: $ACQUAINT_MODELS, else in the user's cache). */
  readonly modelsFolder?: string | undefined;
  /** Refuses models whose licence excludes commercial use, also the 68-point landmarks. */
  readonly commercial?: boolean | undefined;
  /** The net that tells a face from a picture of a face (default: the first of LIVENESS_MODELS that was fetched). */
  readonly livenessModel?: LivenessModelName | undefined;
  /** From which score on a face is live, and below which it is not (default: the net's own, docs/liveness.md). */
  readonly livenessThresholds?: LivenessThresholds | undefined;
}

export interface DetectedFace {
  /** Whole pixels of the upright picture; may reach over its border. */
  readonly box: Rect;
  readonly score: number;
  /** 5 or 68 points in dlib's order, pixels of the upright picture. */
  readonly landmarks: readonly Point[];
  /**
   * What the detector `yunet` says beside: eye on the left of the picture, eye on the right, tip of the nose, corner of
   * the mouth on the left, on the right. Of `detect` only; absent with the other detectors.
   */
  readonly yunet5?: readonly Point[];
}

export interface EmbeddedFace extends DetectedFace {
  readonly embedding: Float32Array;
  readonly recipe: string;
  readonly quality: FaceQuality;
  /** What makes the answer doubtful: what is beyond the bounds of the quality level 'medium' (docs/quality.md). */
  readonly reasons: readonly QualityReason[];
}

/** Whether a face stands before the camera or on a picture held before it. */
export interface FaceLiveness extends LivenessAnswer {
  /** Those that were applied. */
  readonly thresholds: LivenessThresholds;
  readonly model: LivenessModelName;
}

export interface JudgedFace extends DetectedFace {
  readonly liveness: FaceLiveness;
}

export interface IdentifiedFace extends EmbeddedFace {
  /**
   * not_live: where living faces are asked for, one whose `liveness` is anything but live. It was not looked for among the
   * people: it may be one of them or a stranger, and person, distance, confidence and runnerUp are null.
   */
  readonly decision: Decision | 'not_live';
  /** null where nobody asked. */
  readonly liveness: FaceLiveness | null;
  /** The person, for a match only. */
  readonly person: PersonRef | null;
  /** Distance of the nearest person, whatever the decision; null when nobody is enrolled, and for not_live. */
  readonly distance: number | null;
  /** The threshold that was applied. */
  readonly threshold: number;
  /**
   * The rate the threshold stands for: so large a share of strangers is named in a gallery of this size; null for a
   * recipe that was neither measured nor calibrated.
   */
  readonly strangersNamed: number | null;
  /** Whether the gallery's calibration has moved threshold, rate and confidence. */
  readonly calibrated: boolean;
  /**
   * Probability that the nearest person is the right one, if half of those who come are enrolled; null for nobody, and
   * as strangersNamed.
   */
  readonly confidence: number | null;
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
  /**
   * The rate the threshold stands for: so many pairs of different people are taken for one person; null for a recipe
   * that was neither measured nor calibrated.
   */
  readonly falseMatchRate: number | null;
  /** Whether the gallery's calibration has moved threshold, rate and confidence. */
  readonly calibrated: boolean;
  /** Probability that it is one person, if half of such pairs are; null as falseMatchRate. */
  readonly confidence: number | null;
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
  /** looks_like_another_person: whom, and how near. */
  readonly lookalike?: PersonRef & { readonly distance: number };
}

export interface StepOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface PictureOptions extends StepOptions {
  /** For this picture instead of the recognizer's. */
  readonly minFacePx?: number | undefined;
}

/** Among whom a face is looked for. */
export interface SearchOptions {
  /** Only people whose metadata has these values are looked at. */
  readonly where?: JsonObject | undefined;
}

export interface IdentifyOptions extends PictureOptions, SearchOptions {
  /** Faces that are not live are never named (default false): docs/liveness.md. */
  readonly requireLive?: boolean | undefined;
}

export interface IdentifyFacesOptions extends SearchOptions {
  /** What is known of each face, in order: whoever is not live is never named, and takes no other face's name. */
  readonly liveness?: readonly FaceLiveness[] | undefined;
}

export interface EmbedOptions extends PictureOptions {
  /** The faces, where they are known: nothing is looked for then. Boxes in pixels of the upright picture. */
  readonly faces?: readonly { readonly box: Rect; readonly score: number }[] | undefined;
}

export interface DetectOptions extends PictureOptions {
  /** 68 reads a further 99 MB file whose licence excludes commercial use. Default 5. */
  readonly landmarks?: 5 | 68 | undefined;
}

export interface EnrollOptions extends PictureOptions {
  /** Of several faces take the largest, instead of refusing the picture as 'multiple_faces'. */
  readonly largest?: boolean | undefined;
  /**
   * Of several faces take the one whose box holds this point, in pixels of the upright picture, instead of the largest.
   * For one picture a call; where there is no such face its failure is 'no_face'.
   */
  readonly at?: Point | undefined;
  /**
   * Enrol a face although it looks like another person of the gallery (default false). `galleryRate` of docs/gallery.md
   * says how near that is.
   */
  readonly allowLookalikes?: boolean | undefined;
  /** Called after each picture, in order. */
  readonly onProgress?: ((done: Enrollment, count: number, total: number) => void) | undefined;
}

/** An embedding and how it was made. */
export type FaceEmbedding = Pick<EmbeddedFace, 'embedding' | 'recipe'>;

export interface GroupFacesOptions {
  /** Greatest mean distance of two groups that become one (default: as `verify`). */
  readonly threshold?: number | undefined;
}

export interface FaceGroups {
  /** Positions of the faces, each once; the largest group first. */
  readonly groups: readonly (readonly number[])[];
  /** The threshold that was applied. */
  readonly threshold: number;
}

/** What `forget` has erased. */
export interface Forgotten extends Erasure {
  readonly person: string;
  readonly erased: true;
}

/**
 * Finds faces and says who they are. Every method may throw AcquaintError('aborted') when its signal fires, and the
 * Decoder's, Detector's and Gallery's errors (src/ports); TypeError or RangeError for arguments and options that are none.
 * Close it when done.
 */
export interface Recognizer {
  /** How the embeddings of pictures that are looked at are made. */
  readonly recipe: string;
  /** How the embeddings of enrolled faces are made: the gallery's recipe, whatever `recipe` is. */
  readonly galleryRecipe: string;
  /** Tells apart all settings that decide what `embed` gives: recipe, detector, sizes, preprocessing. */
  readonly analysisKey: string;
  /**
   * Loads the nets now instead of with the first picture, beside whatever else is done meanwhile; for `detect` alone
   * without those that embed.
   * throws  AcquaintError('model_missing' | 'model_corrupt')
   */
  warmUp(purpose?: 'embed' | 'detect'): Promise<void>;
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
  /**
   * Faces, each with whether it stands before the camera or on a picture held before it. No embedding net is loaded.
   * throws  AcquaintError('model_missing') that says which command brings a net
   */
  liveness(picture: PictureInput, options?: EmbedOptions): Promise<PictureFaces<JudgedFace>>;
  /** Faces with their embeddings. */
  embed(picture: PictureInput, options?: EmbedOptions): Promise<PictureFaces<EmbeddedFace>>;
  /** Who is in the picture. "Nobody known" is a value, not an error. */
  identify(picture: PictureInput, options?: IdentifyOptions): Promise<PictureFaces<IdentifiedFace>>;
  /** The same of the faces of one picture that are embedded already, by this recognizer's recipe. */
  identifyFaces(
    faces: readonly EmbeddedFace[],
    options?: IdentifyFacesOptions,
  ): Promise<readonly IdentifiedFace[]>;
  /**
   * Whether two pictures of one face each show the same person.
   * throws AcquaintError('no_face' | 'multiple_faces') naming the picture
   */
  verify(a: PictureInput, b: PictureInput, options?: PictureOptions): Promise<Verification>;
  /**
   * Faces that are probably of one person each, whether enrolled or not: `groupFaces` by the threshold of `verify`.
   * throws  AcquaintError('recipe_mismatch' | 'threshold_unknown'); RangeError as groupFaces, and for embeddings of
   *         another length than the recipe's
   */
  groupFaces(faces: readonly FaceEmbedding[], options?: GroupFacesOptions): Promise<FaceGroups>;
  /**
   * Enrols a person's pictures, one face each; several at once, each on its own: one that fails does not stop the
   * others. ensures  one entry a picture, in order; what is reported as enrolled is on disk.
   * throws  RangeError for a bad name; AcquaintError('person_not_found') for an id; TypeError or RangeError for `at` with
   *         several pictures, with `largest`, or of no numbers; AcquaintError of the gallery, which ends the whole call
   */
  enroll(
    whose: Whose,
    pictures: readonly PictureInput[],
    options?: EnrollOptions,
  ): Promise<readonly Enrollment[]>;
  /**
   * Measures on the enrolled people how near strangers come, and keeps the thresholds that follow in the gallery.
   * Interrupted, it leaves the gallery as it is.
   * throws  AcquaintError('too_few_people')
   */
  calibrate(options?: StepOptions): Promise<StoredCalibration>;
  /** The same from labelled faces embedded by the gallery's recipe. throws AcquaintError('too_few_people') */
  calibrateFrom(faces: readonly LabelledEmbedding[], options?: StepOptions): Promise<StoredCalibration>;
  /** The gallery's calibration; null without one. throws AcquaintError('gallery_corrupt') */
  calibration(): Promise<CalibrationState | null>;
  /**
   * Measures on the enrolled faces how well the gallery tells its people apart: each is searched for as if it were not
   * enrolled. Of more than 5000 faces so many are drawn. Nothing is kept of it.
   */
  evaluateEnrolled(options?: EvaluateEnrolledOptions): Promise<EnrolledEvaluation>;
  /** Goes back to the general thresholds. */
  removeCalibration(): Promise<void>;
  /** The people and what can happen to them: rename, merge, undo, forget. */
  readonly gallery: GalleryPeople;
  /** Short for `gallery.list()`. */
  people(): Promise<readonly Person[]>;
  /** throws AcquaintError('person_not_found') */
  person(name: string): Promise<{ readonly person: Person; readonly faces: readonly EnrolledFace[] }>;
  /** Short for `gallery.forget([name])`. throws AcquaintError('person_not_found') */
  forget(name: string): Promise<Forgotten>;
  /**
   * Another collection of the same gallery, with the same options but the recipe, which is the collection's; one that is
   * made has this recognizer's. It shares this one's nets and threads: close it first.
   * throws  AcquaintError('collection_not_found' where none may be made)
   */
  openCollection(name: string, options?: { readonly create?: boolean | undefined }): Promise<Recognizer>;
  /** Waits for pictures in work, then frees nets, threads and the gallery. Calling it twice is harmless. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
