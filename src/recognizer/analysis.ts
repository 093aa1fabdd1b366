import type { Point, Rect } from '../core/geometry.ts';
import type { RgbImage } from '../core/image.ts';
import type { LivenessThresholds } from '../core/liveness-decision.ts';
import type { PreprocessOptions } from '../core/preprocess.ts';
import type { FaceQuality } from '../core/quality.ts';
import type { Detection, DetectionOptions } from '../ports/detector.ts';
import type { LivenessModelName } from './liveness-models.ts';
import type { DetectorName, FaceLiveness } from './recognizer-api.ts';

/** What is asked of a worker about one picture. Plain data: it crosses a thread boundary. */
export interface AnalysisRequest {
  readonly image: RgbImage;
  readonly preprocess: PreprocessOptions;
  /** Whether all four quarter turns are tried. */
  readonly tryRotations: boolean;
  readonly detector: DetectorName;
  readonly detection: DetectionOptions;
  /** Faces that are known already, in pixels of the picture as it was given; null: they are looked for. */
  readonly known: readonly Detection[] | null;
  /** Points to report; chips are always aligned by 5. */
  readonly landmarks: 5 | 68;
  /** null: no embeddings are made and no embedding net is loaded. */
  readonly embedding: EmbeddingRequest | null;
  /** null: nobody asks whether the faces are live, and no net is loaded for it. */
  readonly liveness: LivenessRequest | null;
}

export interface LivenessRequest {
  readonly model: LivenessModelName;
  readonly thresholds: LivenessThresholds;
}

export interface EmbeddingRequest {
  /** Name of the recipe. */
  readonly recipe: string;
  /** Whether the aligned chips come back too. */
  readonly returnChips: boolean;
}

/** One face, in pixels of the picture as it was given. */
export interface AnalysedFace {
  readonly box: Rect;
  readonly score: number;
  readonly landmarks: readonly Point[];
  /** As the Detection has them. */
  readonly yunet5?: readonly Point[];
  /** Present when embeddings were asked for. */
  readonly embedded: {
    readonly embedding: Float32Array;
    readonly quality: FaceQuality;
    readonly chip: RgbImage | null;
  } | null;
  /** Present when it was asked for. */
  readonly liveness: FaceLiveness | null;
}
