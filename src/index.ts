export { cacheFolder } from './cache-folder.ts';
export type { Decision } from './core/decide.ts';
export { euclideanDistance } from './core/distance.ts';
export { intersectionOverUnion, type Point, type Rect } from './core/geometry.ts';
export { type GroupOptions, groupFaces } from './core/group-faces.ts';
export type { RgbImage } from './core/image.ts';
export { judgeFrame, judgeSilence, startJudging } from './core/liveness/active-judge.ts';
export {
  CHALLENGE_STEPS,
  type Challenge,
  type ChallengeOptions,
  type ChallengeStep,
} from './core/liveness/challenge.ts';
export { greyFace } from './core/liveness/grey-face.ts';
export type { LandmarkLayout } from './core/liveness/head-model.ts';
export type {
  FailureReason,
  FrameProblem,
  Guidance,
  JudgeOptions,
  JudgeOutcome,
  JudgeState,
  Observation,
  ObservedFace,
} from './core/liveness/judge-state.ts';
export {
  type MotionEvidence,
  motionEvidence,
  type TrackedLandmarks,
} from './core/liveness/motion-evidence.ts';
export type { ParallaxProof } from './core/liveness/parallax.ts';
export type { GreySquare } from './core/liveness/plane-fit.ts';
export {
  decideVideo,
  type SeenFrame,
  VIDEO_REASON_TEXTS,
  type VideoAnswer,
  type VideoEvidence,
  type VideoReason,
} from './core/liveness/video-decision.ts';
export {
  LIVENESS_REASON_TEXTS,
  type LivenessAnswer,
  type LivenessDecision,
  type LivenessReason,
  type LivenessThresholds,
} from './core/liveness-decision.ts';
export type { LabelledEmbedding } from './core/open-set.ts';
export type { AttackRates, PadRate, PadRates } from './core/pad-rates.ts';
export { isPictureName } from './core/picture-name.ts';
export {
  adjustGamma,
  autoGamma,
  downscale,
  equalizeLuma,
  type PreprocessOptions,
  preprocess,
} from './core/preprocess.ts';
export {
  type FaceQuality,
  QUALITY_REASON_TEXTS,
  type QualityLevel,
  type QualityReason,
  qualityReasons,
  qualityScore,
} from './core/quality.ts';
export { AcquaintError, type ErrorCode } from './errors.ts';
export {
  type EmbeddingCache,
  type MeasuredFace,
  type MeasuredPicture,
  openEmbeddingCache,
} from './evaluation/embedding-cache.ts';
export {
  evaluatePad,
  type PadEvaluation,
  type PadMistake,
  type PadOptions,
  type PadPicture,
} from './evaluation/evaluate-pad.ts';
export { evaluatePairs, type PairsEvaluation } from './evaluation/evaluate-pairs.ts';
export {
  evaluatePeople,
  type LabelledPicture,
  type PeopleEvaluation,
  type PeopleOptions,
} from './evaluation/evaluate-people.ts';
export {
  type FaceChoice,
  type MeasuredPictures,
  type MeasureOptions,
  measurePictures,
  type UnusablePicture,
} from './evaluation/measure-pictures.ts';
export { type PicturePair, readLfwPairs, readPairs } from './evaluation/read-pairs.ts';
export { type Evaluation, renderReport } from './evaluation/report/report.ts';
export { type AnnotatedPicture, annotate, type FaceMark, type MarkKind } from './imaging/annotate.ts';
export { cleanPath } from './imaging/clean-path.ts';
export { createDecoder, type DecoderOptions } from './imaging/decode.ts';
export { writePicture } from './imaging/encode.ts';
export { issueChallenge } from './liveness/issue-challenge.ts';
export {
  type IssueOptions,
  issuePass,
  type PassRefusal,
  type PassSubject,
  type PassVerdict,
  type VerifyOptions,
  verifyPass,
} from './liveness/pass-token.ts';
export { createUsedTokens, type UsedTokens } from './liveness/used-tokens.ts';
export { type WeightsEntry, type WeightsId, type WeightsSource, weightsManifest } from './models/manifest.ts';
export { verifyWeights, type WeightsReport } from './models/weights.ts';
export {
  findPack,
  type ModelPack,
  modelPacks,
  type NetInput,
  type PackId,
  type PackSource,
} from './packs/catalog.ts';
export { type PulledPack, type PullOptions, pullPack } from './packs/pull.ts';
export { modelsFolder, type PackReport, packPath, verifyPacks } from './packs/store.ts';
export type { Decoder, Picture, PictureSource } from './ports/decoder.ts';
export type {
  Collection,
  CollectionSettings,
  EnrolledFace,
  Erasure,
  ErasureReceipt,
  Expired,
  GalleryKey,
  ImportCounts,
  JsonObject,
  JsonValue,
  LifeEvent,
  LifeEventKind,
  Person,
  PersonChange,
  PersonRef,
  Whose,
} from './ports/gallery.ts';
export { defaultConcurrency } from './recognizer/analysis-pool.ts';
export type {
  CheckOptions,
  GalleryCheck,
  PoorFace,
  ProbableDuplicate,
  ProbableMislabel,
} from './recognizer/check-gallery.ts';
export type { FailedPicture } from './recognizer/embed-anew.ts';
export type {
  DistanceCounts,
  EnrolledEvaluation,
  EnrolledRates,
  EvaluateEnrolledOptions,
} from './recognizer/evaluate-enrolled.ts';
export { type ExchangeOptions, type ImportSource, inspectImport } from './recognizer/exchange.ts';
export {
  createFaceTracker,
  type FaceTracker,
  type TrackedFace,
  type TrackerOptions,
  type TrackerRecognizer,
} from './recognizer/face-tracker.ts';
export type { GalleryPeople, Who } from './recognizer/gallery-people.ts';
export { LIVENESS_MODELS, type LivenessModelName, livenessThresholds } from './recognizer/liveness-models.ts';
export { mapInOrder } from './recognizer/map-in-order.ts';
export { type MigrateOptions, type Migration, migrateGallery } from './recognizer/migrate.ts';
export { openRecognizer } from './recognizer/open-recognizer.ts';
export {
  DEFAULT_EFFORT,
  EFFORTS,
  type Effort,
  RECIPES,
  type Recipe,
  recipeNamed,
} from './recognizer/recipes.ts';
export type {
  DetectedFace,
  DetectOptions,
  DetectorName,
  EmbeddedFace,
  EmbedOptions,
  Enrollment,
  EnrollmentStatus,
  EnrollOptions,
  FaceEmbedding,
  FaceGroups,
  FaceLiveness,
  Forgotten,
  GroupFacesOptions,
  IdentifiedFace,
  IdentifyFacesOptions,
  IdentifyOptions,
  JudgedFace,
  PictureFaces,
  PictureInput,
  PictureOptions,
  QualityFilter,
  Recognizer,
  RecognizerOptions,
  SearchOptions,
  StepOptions,
  Verification,
} from './recognizer/recognizer-api.ts';
export { DEFAULT_MIN_FACE_PX, defaultMinFacePx } from './recognizer/recognizer-options.ts';
export type { CalibrationState, StoredCalibration } from './recognizer/stored-calibration.ts';
export {
  DEFAULT_IDENTIFY_RATE,
  DEFAULT_MARGIN,
  DEFAULT_VERIFY_RATE,
  identifyThreshold,
  requireEnoughPeople,
  verifyThreshold,
} from './recognizer/thresholds.ts';
export {
  createVideoLiveness,
  MOST_VIDEO_FRAMES,
  type VideoFrame,
  type VideoLiveness,
  type VideoLivenessAnswer,
  type VideoLivenessOptions,
} from './recognizer/video-liveness.ts';
export { forbidTelemetry } from './runtime/forbid-telemetry.ts';
export { usableCores } from './runtime/usable-cores.ts';
