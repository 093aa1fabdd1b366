import { existsSync } from 'node:fs';
import { requireArray, requireOneOf, requireOptions, requireString } from '../core/arguments.ts';
import { euclideanDistance } from '../core/distance.ts';
import { requirePoint, requireRect } from '../core/geometry.ts';
import { groupFaces } from '../core/group-faces.ts';
import type { RgbImage } from '../core/image.ts';
import { requireImage } from '../core/image.ts';
import type { LabelledEmbedding } from '../core/open-set.ts';
import { normalizeName } from '../core/person-name.ts';
import { qualityReasons } from '../core/quality.ts';
import { AcquaintError, requireNotAborted } from '../errors.ts';
import { openSqliteGallery } from '../gallery/sqlite-gallery.ts';
import { createDecoder } from '../imaging/decode.ts';
import { requireAllowedUse } from '../packs/license.ts';
import type { Decoder } from '../ports/decoder.ts';
import type { Gallery, Whose } from '../ports/gallery.ts';
import { requireAllowed, requireAllowedLandmarks, requireFetched } from './allowed-models.ts';
import type { AnalysedFace, AnalysisRequest, EmbeddingRequest, LivenessRequest } from './analysis.ts';
import { type AnalysisPool, createAnalysisPool } from './analysis-pool.ts';
import { checkGallery } from './check-gallery.ts';
import { enrollPicture, type Lookalike, onlyFace, requireFaceChoice } from './enroll.ts';
import { type EvaluateEnrolledOptions, evaluateEnrolled } from './evaluate-enrolled.ts';
import { createGalleryPeople, type GalleryPeople } from './gallery-people.ts';
import { createGallerySearch, type GallerySnapshot, peopleWith } from './gallery-search.ts';
import { type IdentifyRules, identifyFaces } from './identify.ts';
import { runWithBreaks } from './interruption.ts';
import { fetchedLivenessModel, livenessPack, livenessThresholds } from './liveness-models.ts';
import { mapInOrder } from './map-in-order.ts';
import {
  DETECT_OPTIONS,
  EMBED_OPTIONS,
  ENROLL_OPTIONS,
  GROUP_FACES_OPTIONS,
  IDENTIFY_FACES_OPTIONS,
  IDENTIFY_OPTIONS,
  PICTURE_OPTIONS,
  RECOGNIZER_OPTIONS,
  STEP_OPTIONS,
} from './option-kinds.ts';
import { loadPicture, pictureName } from './picture-input.ts';
import { PROGRESS_OPTIONS } from './progress-options.ts';
import { DEFAULT_EFFORT, findRecipe, type Recipe, recipeOf, recipeOfEffort } from './recipes.ts';
import type {
  DetectOptions,
  EmbeddedFace,
  EmbedOptions,
  Enrollment,
  EnrollOptions,
  FaceEmbedding,
  FaceLiveness,
  GroupFacesOptions,
  IdentifiedFace,
  IdentifyFacesOptions,
  IdentifyOptions,
  JudgedFace,
  PictureFaces,
  PictureInput,
  PictureOptions,
  Recognizer,
  RecognizerOptions,
  SearchOptions,
  StepOptions,
  Verification,
} from './recognizer-api.ts';
import { defaultMinFacePx, requireMinFacePx, type Settings, settingsFrom } from './recognizer-options.ts';
import {
  requireFaceEmbedding,
  requireFoundFace,
  requireLabelled,
  requirePicture,
  requireWhose,
} from './require-arguments.ts';
import { calibrationJson, isOutgrown, type StoredCalibration } from './stored-calibration.ts';
import {
  calibrateThresholds,
  DEFAULT_IDENTIFY_RATE,
  isMeasured,
  type Thresholds,
  thresholdsOf,
} from './thresholds.ts';

/**
 * Opens a recognizer. Nets are loaded when they are first needed.
 * throws  TypeError or RangeError for a wrong option; AcquaintError of the gallery ('gallery_missing',
 *         'gallery_unusable', 'gallery_corrupt', 'gallery_locked', 'recipe_mismatch'), 'not_for_commercial_use', and
 *         'model_missing' where a gallery would be made for a model that was not fetched
 */
export async function openRecognizer(options: RecognizerOptions = {}): Promise<Recognizer> {
  requireOptions('openRecognizer', options, RECOGNIZER_OPTIONS);
  const settings = settingsFrom(options);
  return openWith(settings, createAnalysisPool(settings));
}

/** made: the recipe of a collection that is made, where the settings name none */
async function openWith(
  settings: Settings,
  pool: AnalysisPool,
  made: Recipe = recipeOfEffort(DEFAULT_EFFORT),
): Promise<Recognizer> {
  const wanted = settings.recipe ?? made;
  // Before a gallery is made that nothing could be enrolled in, and that another recipe could not use.
  requireAllowed(settings, wanted);
  if (makesFile(settings)) await requireFetched(settings, wanted);
  const gallery = await openSqliteGallery(settings.gallery, {
    kind: { recipe: wanted.id, embeddingLength: wanted.length },
    accepts: (id) => isComparable(id, settings.recipe),
    create: settings.createGallery,
    collection: settings.collection,
    key: settings.key,
  });
  const recipe = settings.recipe ?? recipeOf(gallery.recipe);
  try {
    requireAllowed(settings, recipe);
  } catch (error) {
    await gallery.close();
    throw error;
  }
  return new GalleryRecognizer(settings, recipe, gallery, pool);
}

function makesFile({ gallery, createGallery }: Settings): boolean {
  return createGallery && gallery !== ':memory:' && !existsSync(gallery);
}

/** Whether pictures can be compared with a gallery of that recipe; when no recipe was asked for, its own is taken. */
function isComparable(galleryRecipe: string, wanted: Recipe | undefined): boolean {
  const found = findRecipe(galleryRecipe);
  return found !== null && (wanted === undefined || found.space === wanted.space);
}

/** So few of the people who are enrolled for the first time are refused because they look like somebody. */
const LOOKALIKE_RATE = 0.001;

/** Raised when the same settings begin to give other embeddings or measures of quality. */
const ANALYSIS_VERSION = 3;

/** One picture is decoded while the others are analysed. */
const DECODING_AHEAD = 1;

/** What is done with one picture. */
interface Analysis extends PictureOptions {
  /** null: no embeddings. */
  readonly embedding: EmbeddingRequest | null;
  readonly landmarks?: 5 | 68;
  /** null, as by default: nobody asks. */
  readonly liveness?: LivenessRequest | null;
  /** Faces that need not be looked for. */
  readonly known?: AnalysisRequest['known'] | undefined;
}

class GalleryRecognizer implements Recognizer {
  readonly recipe: string;
  readonly galleryRecipe: string;
  readonly analysisKey: string;
  readonly #recipe: Recipe;
  readonly #settings: Settings;
  readonly gallery: GalleryPeople;
  readonly #gallery: Gallery;
  readonly #pool: AnalysisPool;
  readonly #decoder: Decoder;
  readonly #snapshot: () => Promise<GallerySnapshot>;
  #closing: Promise<void> | null = null;

  constructor(settings: Settings, recipe: Recipe, gallery: Gallery, pool: AnalysisPool) {
    this.#settings = settings;
    this.#recipe = recipe;
    this.recipe = recipe.id;
    this.galleryRecipe = gallery.recipe;
    this.analysisKey = analysisKeyOf(settings, recipe);
    this.#gallery = gallery;
    this.gallery = createGalleryPeople(gallery, async (check) => {
      const snapshot = await this.#snapshot();
      return checkGallery(gallery, snapshot, this.#lookalikeLimit(snapshot), check);
    });
    this.#pool = pool;
    this.#decoder = createDecoder({ maxPixels: settings.maxPixels });
    this.#snapshot = createGallerySearch(gallery, recipe, {
      onProgress: settings.onGalleryProgress,
    });
  }

  async warmUp(purpose: 'embed' | 'detect' = 'embed') {
    requireOneOf('purpose', ['embed', 'detect'], purpose);
    return this.#pool.load(this.#settings.detector, purpose === 'embed' ? this.recipe : null);
  }

  async detect(input: PictureInput, options: DetectOptions = {}) {
    requireOptions('detect', options, DETECT_OPTIONS);
    const { landmarks = 5 } = options;
    requireLandmarkCount(landmarks);
    requireAllowedLandmarks(this.#settings, landmarks);
    const image = await this.#load(input);
    const faces = await this.#analyze(image, { ...options, embedding: null, landmarks });
    return pictureFaces(
      image,
      faces.map(({ box, score, landmarks: points, yunet5 }) => ({
        box,
        score,
        landmarks: points,
        ...(yunet5 && { yunet5 }),
      })),
    );
  }

  async landmarks(input: PictureInput, boxes: Parameters<Recognizer['landmarks']>[1], points: 5 | 68 = 5) {
    requireArray('boxes', boxes, requireRect);
    requireLandmarkCount(points);
    requireAllowedLandmarks(this.#settings, points);
    return this.#pool.landmarks(await this.#load(input), boxes, points);
  }

  async align(input: PictureInput, landmarks: Parameters<Recognizer['align']>[1]) {
    requireArray('landmarks', landmarks, (name, points) => requireArray(name, points, requirePoint));
    for (const points of landmarks) {
      if (points.length !== 5) {
        throw new RangeError(`Expected 5 landmarks for a chip but received ${points.length}`);
      }
    }
    return this.#pool.align(await this.#load(input), landmarks);
  }

  async embedChips(chips: readonly RgbImage[]) {
    requireArray('chips', chips, (_name, chip) => requireImage(chip));
    return this.#pool.embed(chips, this.recipe);
  }

  async embed(input: PictureInput, options: EmbedOptions = {}): Promise<PictureFaces<EmbeddedFace>> {
    requireOptions('embed', options, EMBED_OPTIONS);
    const image = await this.#load(input);
    const embedding = this.#embedding();
    const faces = await this.#analyze(image, { ...options, embedding, known: options.faces });
    return pictureFaces(
      image,
      faces.map((face) => this.#embedded(face)),
    );
  }

  async liveness(input: PictureInput, options: EmbedOptions = {}): Promise<PictureFaces<JudgedFace>> {
    requireOptions('liveness', options, EMBED_OPTIONS);
    const liveness = await this.#livenessRequest();
    const image = await this.#load(input);
    const faces = await this.#analyze(image, { ...options, embedding: null, liveness, known: options.faces });
    return pictureFaces(image, faces.map(judgedFace));
  }

  async identify(input: PictureInput, options: IdentifyOptions = {}) {
    requireOptions('identify', options, IDENTIFY_OPTIONS);
    const { where, requireLive = false } = options;
    const liveness = requireLive ? await this.#livenessRequest() : null;
    const image = await this.#load(input);
    const analysed = await this.#analyze(image, { ...options, embedding: this.#embedding(), liveness });
    const faces = analysed.map((face) => this.#embedded(face));
    const identified = await this.#identifyAmong(
      faces,
      where,
      analysed.map((face) => face.liveness),
    );
    return pictureFaces(image, identified);
  }

  async identifyFaces(faces: readonly EmbeddedFace[], options: IdentifyFacesOptions = {}) {
    requireArray('faces', faces, requireFaceEmbedding);
    requireOptions('identifyFaces', options, IDENTIFY_FACES_OPTIONS);
    requireComparable(faces, this.#recipe);
    const { where, liveness } = options;
    requireOneEach(faces, liveness);
    return this.#identifyAmong(faces, where, liveness);
  }

  async #identifyAmong(
    faces: readonly EmbeddedFace[],
    where: SearchOptions['where'],
    liveness: readonly (FaceLiveness | null)[] = [],
  ): Promise<readonly IdentifiedFace[]> {
    const { margin, uniqueNames } = this.#settings;
    const snapshot = await this.#snapshot();
    const among = where && new Set(peopleWith(snapshot.people.values(), where).map(({ id }) => id));
    const rules = { ...this.#matchRules(snapshot), margin, uniqueNames, among };
    return identifyFaces(faces, snapshot, rules, liveness);
  }

  async verify(a: PictureInput, b: PictureInput, options: PictureOptions = {}): Promise<Verification> {
    requireOptions('verify', options, PICTURE_OPTIONS);
    const [first, second] = await Promise.all([
      this.#onlyEmbedding(a, 'first', options),
      this.#onlyEmbedding(b, 'second', options),
    ]);
    const distance = euclideanDistance(first, second);
    const thresholds = this.#thresholds(await this.#snapshot());
    const threshold = this.#verifyThreshold(thresholds);
    return {
      same: distance <= threshold,
      distance,
      threshold,
      falseMatchRate: thresholds.verifyRate(threshold),
      calibrated: thresholds.calibrated,
      confidence: thresholds.verifyConfidence(distance),
    };
  }

  async groupFaces(faces: readonly FaceEmbedding[], options: GroupFacesOptions = {}) {
    requireOptions('groupFaces', options, GROUP_FACES_OPTIONS);
    requireArray('faces', faces, requireFaceEmbedding);
    requireComparable(faces, this.#recipe);
    const limit = options.threshold ?? this.#verifyThreshold(this.#thresholds(await this.#snapshot()));
    const embeddings = faces.map(({ embedding }) => embedding);
    return { groups: groupFaces(embeddings, { threshold: limit }), threshold: limit };
  }

  async enroll(whose: Whose, pictures: readonly PictureInput[], options: EnrollOptions = {}) {
    requireOptions('enroll', options, ENROLL_OPTIONS);
    const { largest = false, at, allowLookalikes = false, signal, minFacePx, onProgress } = options;
    requireWhose(whose);
    requireArray('pictures', pictures, requirePicture);
    requireFaceChoice(options, pictures.length);
    const name = typeof whose === 'string' ? whose : (await this.gallery.find(whose)).name;
    const context = {
      whose,
      decoder: this.#decoder,
      gallery: this.#gallery,
      keepCrops: this.#settings.keepCrops,
      qualityFilter: this.#settings.qualityFilter,
      largest,
      at,
      lookalike: (embedding: Float32Array) => (allowLookalikes ? null : this.#lookalike(whose, embedding)),
      analyze: (image: RgbImage) =>
        this.#analyze(image, {
          embedding: { recipe: this.galleryRecipe, returnChips: true },
          minFacePx,
          signal,
        }),
    };
    const results: Enrollment[] = [];
    const limit = this.#settings.concurrency + DECODING_AHEAD;
    const enrolments = mapInOrder(pictures, limit, (picture) => {
      requireNotAborted(signal);
      return enrollPicture(context, name, picture);
    });
    for await (const enrolment of enrolments) {
      results.push(enrolment);
      onProgress?.(enrolment, results.length, pictures.length);
    }
    return results;
  }

  async calibrate(options: StepOptions = {}): Promise<StoredCalibration> {
    requireOptions('calibrate', options, STEP_OPTIONS);
    const faces = await this.#gallery.embeddings();
    return this.#keepCalibration(
      'gallery',
      faces.map(({ personId, embedding }) => ({ person: personId, embedding })),
      options.signal,
    );
  }

  async calibrateFrom(faces: readonly LabelledEmbedding[], options: StepOptions = {}) {
    requireArray('faces', faces, requireLabelled);
    requireOptions('calibrateFrom', options, STEP_OPTIONS);
    return this.#keepCalibration('pictures', faces, options.signal);
  }

  async calibration() {
    const snapshot = await this.#snapshot();
    const { calibration, searcher } = snapshot;
    const applies = this.#calibrationFor(snapshot) !== null;
    return (
      calibration && { ...calibration, applies, outgrown: isOutgrown(calibration, searcher.peopleCount) }
    );
  }

  async evaluateEnrolled(options: EvaluateEnrolledOptions = {}) {
    requireOptions('evaluateEnrolled', options, PROGRESS_OPTIONS);
    const snapshot = await this.#snapshot();
    const { thresholds, distanceThreshold, rate } = this.#matchRules(snapshot);
    const size = { people: snapshot.searcher.peopleCount, faces: snapshot.faceCount };
    const isKnown = thresholds.calibrated || isMeasured(this.#recipe);
    const threshold = distanceThreshold ?? (isKnown ? thresholds.identify(size, rate) : null);
    return evaluateEnrolled(this.#gallery, snapshot, { thresholds, threshold }, options);
  }

  async removeCalibration(): Promise<void> {
    await this.#gallery.setCalibration(null);
  }

  people() {
    return this.#gallery.people();
  }

  async person(name: string) {
    const person = await this.gallery.find(name);
    return { person, faces: await this.#gallery.facesOf(person.id) };
  }

  async forget(name: string) {
    const erasure = await this.#gallery.forget([name]);
    return { person: name, ...erasure, erased: true as const };
  }

  async openCollection(name: string, options: { readonly create?: boolean | undefined } = {}) {
    requireString('name', name);
    requireOptions('openCollection', options, { create: 'boolean' });
    if (this.#settings.gallery === ':memory:') {
      throw new TypeError('Expected a gallery file for several collections but people are kept in memory');
    }
    const settings = {
      ...this.#settings,
      collection: name,
      createGallery: options.create ?? false,
      recipe: undefined,
    };
    return openWith(settings, { ...this.#pool, close: async () => {} }, this.#recipe);
  }

  close(): Promise<void> {
    this.#closing ??= (async () => {
      await this.#pool.close();
      await this.#gallery.close();
    })();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #load(input: PictureInput): Promise<RgbImage> {
    return (await loadPicture(this.#decoder, input)).image;
  }

  async #analyze(
    image: RgbImage,
    { embedding, minFacePx, landmarks = 5, liveness = null, known = null, signal }: Analysis,
  ): Promise<readonly AnalysedFace[]> {
    requireNotAborted(signal);
    if (known) requireArray('faces', known, requireFoundFace);
    const { preprocess, detector, scoreThreshold, maxFaces, tryRotations } = this.#settings;
    const detection = {
      minFacePx:
        minFacePx === undefined
          ? (this.#settings.minFacePx ?? defaultMinFacePx(image.width, image.height))
          : requireMinFacePx(minFacePx),
      scoreThreshold,
      maxFaces,
    };
    return this.#pool.analyze(
      { image, preprocess, tryRotations, detector, detection, known, landmarks, embedding, liveness },
      signal,
    );
  }

  async #keepCalibration(
    source: StoredCalibration['source'],
    faces: readonly LabelledEmbedding[],
    signal: AbortSignal | undefined,
  ): Promise<StoredCalibration> {
    const recipe = recipeOf(this.galleryRecipe);
    const measured = await runWithBreaks(calibrateThresholds(recipe, faces), signal);
    const calibratedAt = new Date().toISOString();
    const calibration = { ...measured, recipe: recipe.id, calibratedAt, source };
    await this.#gallery.setCalibration(calibrationJson(calibration));
    return calibration;
  }

  /** What decides whether the nearest person is a match. */
  #matchRules(snapshot: GallerySnapshot): Pick<IdentifyRules, 'thresholds' | 'distanceThreshold' | 'rate'> {
    const { distanceThreshold, identifyRate } = this.#settings;
    return {
      thresholds: this.#thresholds(snapshot),
      distanceThreshold: distanceThreshold ?? snapshot.settings.distanceThreshold ?? undefined,
      rate: identifyRate ?? snapshot.settings.identifyRate ?? DEFAULT_IDENTIFY_RATE,
    };
  }

  #verifyThreshold(thresholds: Thresholds): number {
    return this.#settings.distanceThreshold ?? thresholds.verify(this.#settings.verifyRate);
  }

  #thresholds(snapshot: GallerySnapshot): Thresholds {
    return thresholdsOf(this.#recipe, this.#calibrationFor(snapshot));
  }

  /** Distances of another space are moved by no more than those that were measured. */
  #calibrationFor({ calibration }: GallerySnapshot): StoredCalibration | null {
    return calibration && findRecipe(calibration.recipe)?.space === this.#recipe.space ? calibration : null;
  }

  /** throws  AcquaintError('model_missing' | 'not_for_commercial_use') */
  async #livenessRequest(): Promise<LivenessRequest> {
    const { livenessModel, livenessThresholds: wanted, modelsFolder, commercial } = this.#settings;
    const model = await fetchedLivenessModel(livenessModel, modelsFolder);
    requireAllowedUse(livenessPack(model), commercial);
    return { model, thresholds: wanted ?? livenessThresholds(model) };
  }

  #embedding(): EmbeddingRequest {
    return { recipe: this.recipe, returnChips: false };
  }

  #embedded({ box, score, landmarks, embedded }: AnalysedFace): EmbeddedFace {
    if (embedded === null) throw new TypeError('Expected a face with its embedding but received none');
    return {
      box,
      score,
      landmarks,
      embedding: embedded.embedding,
      recipe: this.recipe,
      quality: embedded.quality,
      reasons: qualityReasons(embedded.quality, 'medium'),
    };
  }

  async #onlyEmbedding(input: PictureInput, which: string, options: PictureOptions): Promise<Float32Array> {
    const image = await this.#load(input);
    const faces = await this.#analyze(image, { ...options, embedding: this.#embedding() });
    try {
      return onlyFace(faces, false).embedded.embedding;
    } catch (error) {
      if (!(error instanceof AcquaintError)) throw error;
      const picture = pictureName(input) ?? `the ${which} picture`;
      throw new AcquaintError(error.code, `${picture}: ${error.message}`);
    }
  }

  #lookalikeLimit(snapshot: GallerySnapshot): number | null {
    const calibration = this.#calibrationFor(snapshot);
    const recipe = recipeOf(this.galleryRecipe);
    if (calibration === null && !isMeasured(recipe)) return null;
    const size = { people: snapshot.searcher.peopleCount, faces: snapshot.faceCount };
    return thresholdsOf(recipe, calibration).identify(size, LOOKALIKE_RATE);
  }

  /**
   * The person whom an enrolled face would be taken for: somebody else, within what few strangers come to, and nearer
   * than whom it is enrolled as. null for nobody, and where no threshold is known.
   */
  async #lookalike(whose: Whose, embedding: Float32Array): Promise<Lookalike | null> {
    const snapshot = await this.#snapshot();
    const limit = this.#lookalikeLimit(snapshot);
    const [nearest] = limit === null ? [] : snapshot.searcher.search(embedding, 1);
    if (!nearest || nearest.distance > limit!) return null;
    const { id, name: other } = snapshot.people.get(nearest.personId)!;
    const isSame = typeof whose === 'string' ? other === normalizeName(whose) : id === whose.id;
    return isSame ? null : { id, name: other, distance: nearest.distance };
  }
}

/** throws  RangeError */
function requireLandmarkCount(landmarks: unknown): void {
  if (landmarks === 5 || landmarks === 68) return;
  throw new RangeError(`Expected 5 or 68 for landmarks but received ${String(landmarks)}`);
}

/** Everything that decides what becomes of a picture; the version stands for the code itself. */
function analysisKeyOf(settings: Settings, { id }: Recipe): string {
  const { detector, minFacePx, scoreThreshold, maxFaces, preprocess, tryRotations } = settings;
  return JSON.stringify([
    ANALYSIS_VERSION,
    id,
    detector,
    minFacePx ?? null,
    scoreThreshold,
    maxFaces,
    preprocess,
    tryRotations,
  ]);
}

/** throws  AcquaintError('recipe_mismatch') for embeddings of another space; RangeError for another length */
function requireComparable(faces: readonly FaceEmbedding[], { id, space, length }: Recipe): void {
  for (const { recipe, embedding } of faces) {
    if (findRecipe(recipe)?.space !== space) {
      throw new AcquaintError(
        'recipe_mismatch',
        `Expected embeddings by ${id}, but they were made by another recipe`,
      );
    }
    if (embedding.length !== length) {
      throw new RangeError(
        `Expected embeddings of ${length} numbers but received one of ${embedding.length}`,
      );
    }
  }
}

function pictureFaces<Face>({ width, height }: RgbImage, faces: readonly Face[]) {
  return { width, height, faces };
}

/** throws  RangeError unless there is one liveness a face, or none at all */
function requireOneEach(faces: readonly EmbeddedFace[], liveness: readonly FaceLiveness[] | undefined): void {
  if (liveness === undefined || liveness.length === faces.length) return;
  throw new RangeError(
    `Expected the liveness of ${faces.length} faces for liveness but received that of ${liveness.length}`,
  );
}

function judgedFace({ box, score, landmarks, liveness }: AnalysedFace): JudgedFace {
  if (liveness === null) throw new TypeError('Expected a face that was judged but received another');
  return { box, score, landmarks, liveness };
}
