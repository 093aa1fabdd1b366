import { requireKind, requireOptions } from '../core/arguments.ts';
import { followBoxes } from '../core/follow-boxes.ts';
import type { Rect } from '../core/geometry.ts';
import type { RgbImage } from '../core/image.ts';
import { flatness } from '../core/liveness/flatness.ts';
import { greyFace } from '../core/liveness/grey-face.ts';
import type { LandmarkLayout } from '../core/liveness/head-model.ts';
import { motionEvidence, type TrackedLandmarks } from '../core/liveness/motion-evidence.ts';
import type { GreySquare } from '../core/liveness/plane-fit.ts';
import { sameFaceLooks } from '../core/liveness/same-face-looks.ts';
import { decideVideo, type SeenFrame, type VideoAnswer } from '../core/liveness/video-decision.ts';
import type { LivenessThresholds } from '../core/liveness-decision.ts';
import { AcquaintError } from '../errors.ts';
import { createDecoder } from '../imaging/decode.ts';
import type { LivenessModelName } from './liveness-models.ts';
import { STEP_OPTIONS } from './option-kinds.ts';
import { loadPicture } from './picture-input.ts';
import { recipeOf } from './recipes.ts';
import type { DetectedFace, FaceLiveness, PictureInput, Recognizer, StepOptions } from './recognizer-api.ts';
import { requireRecognizer } from './require-arguments.ts';
import { isMeasured, thresholdsOf } from './thresholds.ts';

/** One frame of a video. */
export interface VideoFrame {
  readonly picture: PictureInput;
  /** When it was taken, milliseconds of any clock that does not go back. */
  readonly atMs: number;
}

export interface VideoLivenessOptions {
  readonly minFacePx?: number | undefined;
  /** Frames of more pixels are refused (default 4 million). */
  readonly maxPixels?: number | undefined;
  /**
   * Greatest distance of two looks at one face (default: what one of a thousand pairs of different people keeps to).
   * A recipe that was not measured needs it.
   */
  readonly samePersonDistance?: number | undefined;
}

/** Whether the face of a video was before the camera. */
export interface VideoLivenessAnswer extends VideoAnswer {
  /** Those that were applied, and the net; null when no face was shown to the net. */
  readonly thresholds: LivenessThresholds | null;
  readonly model: LivenessModelName | null;
}

/** Takes the frames of a second or two, one after the other, and says whether their face is live. */
export interface VideoLiveness {
  /**
   * Looks at the next frame; what it shows of the face that is followed.
   * throws  RangeError for a time that is not after the last frame's, or beyond MOST_VIDEO_FRAMES; the Recognizer's
   *         errors: the frame counts for nothing then
   */
  add(frame: VideoFrame, options?: StepOptions): Promise<SeenFrame['faces']>;
  /** What follows from the frames so far. */
  answer(): VideoLivenessAnswer;
}

/** Ten seconds of a quick camera: what is kept of the frames must not grow for ever. */
export const MOST_VIDEO_FRAMES = 600;
/** So long a look at whose face it is holds. */
const LOOK_AGAIN_MS = 400;
const DEFAULT_MAX_PIXELS = 4_000_000;
/** So many pairs of different people are taken for one when looks are compared. */
const SAME_FACE_RATE = 0.001;
/** Where nothing was shown to the net, nothing is compared with them. */
const NO_THRESHOLDS: LivenessThresholds = { spoofBelow: 0, liveFrom: 1 };

type MotionLayout = Exclude<LandmarkLayout, 'dlib5'>;

interface FollowedFace extends TrackedLandmarks {
  readonly layout: MotionLayout;
  readonly box: Rect;
  readonly grey: GreySquare;
  readonly liveness: FaceLiveness;
  /** null in most frames. */
  readonly embedding: Float32Array | null;
}

/**
 * Follows the one face of a video. Depth is read from YuNet's points where the recognizer's detector is `yunet`, else
 * from dlib's 68, whose licence excludes commercial use.
 * throws  AcquaintError('threshold_unknown') for a recipe that was not measured, without samePersonDistance; RangeError
 *         for options outside their ranges
 */
export function createVideoLiveness(
  recognizer: Recognizer,
  options: VideoLivenessOptions = {},
): VideoLiveness {
  requireRecognizer(recognizer);
  requireOptions('createVideoLiveness', options, {
    minFacePx: 'number',
    maxPixels: 'number',
    samePersonDistance: 'number',
  });
  const { minFacePx, maxPixels = DEFAULT_MAX_PIXELS } = options;
  const decoder = createDecoder({ maxPixels });
  const samePersonDistance = sameDistance(recognizer, options.samePersonDistance);
  const frames: SeenFrame[] = [];
  const followed: FollowedFace[] = [];

  async function look(image: RgbImage, atMs: number, { signal }: StepOptions): Promise<SeenFrame> {
    const { faces } = await recognizer.detect(image, { minFacePx, signal });
    const [face] = faces;
    const last = followed.at(-1);
    if (!face) return { timeMs: atMs, faces: 'none', looks: null };
    if (faces.length > 1) return { timeMs: atMs, faces: 'several', looks: null };
    if (last && followBoxes([last.box], [face.box])[0] === null) {
      return { timeMs: atMs, faces: 'elsewhere', looks: null };
    }
    const found = await examine(recognizer, image, face, atMs, isLookDue(followed, atMs), signal);
    followed.push(found);
    const { score, reason } = found.liveness;
    return { timeMs: atMs, faces: 'one', looks: score ?? reason };
  }

  return {
    async add(frame, step = {}) {
      requireKind('the frame', 'object', frame);
      const { picture, atMs } = frame;
      requireOptions('add', step, STEP_OPTIONS);
      requireTime(atMs, frames.at(-1)?.timeMs);
      if (frames.length >= MOST_VIDEO_FRAMES) {
        throw new RangeError(`Expected at most ${MOST_VIDEO_FRAMES} frames but received more`);
      }
      const { image } = await loadPicture(decoder, picture);
      const seen = await look(image, atMs, step);
      frames.push(seen);
      return seen.faces;
    },
    answer() {
      const looks = followed.flatMap(({ embedding }) => embedding ?? []);
      const evidence = {
        frames,
        motion: motionEvidence(followed, followed[0]?.layout ?? 'yunet5'),
        flatness: flatness(followed.map(({ grey }) => grey)),
        identity: sameFaceLooks(looks, samePersonDistance),
      };
      const { thresholds = null, model = null } = followed[0]?.liveness ?? {};
      return { ...decideVideo(evidence, thresholds ?? NO_THRESHOLDS), thresholds, model };
    },
  };
}

/** Everything that is asked of a face in one frame. */
async function examine(
  recognizer: Recognizer,
  image: RgbImage,
  face: DetectedFace,
  timeMs: number,
  isDue: boolean,
  signal: AbortSignal | undefined,
): Promise<FollowedFace> {
  const known = { faces: [face], signal };
  const { faces: judged } = await recognizer.liveness(image, known);
  const embedded = isDue ? (await recognizer.embed(image, known)).faces[0]! : null;
  return {
    ...(await depthPoints(recognizer, image, face)),
    timeMs,
    box: face.box,
    grey: greyFace(image, face.box),
    liveness: judged[0]!.liveness,
    embedding: embedded?.embedding ?? null,
  };
}

/** throws  AcquaintError('not_for_commercial_use') that says which detector brings points of its own */
async function depthPoints(
  recognizer: Recognizer,
  image: RgbImage,
  { box, yunet5 }: DetectedFace,
): Promise<Pick<FollowedFace, 'layout' | 'landmarks'>> {
  if (yunet5) return { layout: 'yunet5', landmarks: yunet5 };
  try {
    const [landmarks] = await recognizer.landmarks(image, [box], 68);
    return { layout: 'dlib68', landmarks: landmarks! };
  } catch (error) {
    if (!(error instanceof AcquaintError) || error.code !== 'not_for_commercial_use') throw error;
    const message = `${error.message} The detector yunet brings points of its own, free for any use.`;
    throw new AcquaintError(error.code, message, { cause: error });
  }
}

/** At first, then so often that somebody who is there for a moment is seen. */
function isLookDue(followed: readonly FollowedFace[], atMs: number): boolean {
  const last = followed.findLast(({ embedding }) => embedding !== null);
  return !last || atMs - last.timeMs >= LOOK_AGAIN_MS;
}

function sameDistance({ recipe: name }: Recognizer, wanted: number | undefined): number {
  if (wanted !== undefined) {
    if (wanted > 0) return wanted;
    throw new RangeError(`Expected a number above 0 for samePersonDistance but received ${wanted}`);
  }
  const recipe = recipeOf(name);
  if (isMeasured(recipe)) return thresholdsOf(recipe, null).verify(SAME_FACE_RATE);
  throw new AcquaintError(
    'threshold_unknown',
    `Expected samePersonDistance because the recipe ${name} was not measured but received none`,
  );
}

function requireTime(atMs: number, lastMs: number | undefined): void {
  if (Number.isFinite(atMs) && (lastMs === undefined || atMs > lastMs)) return;
  throw new RangeError(`Expected milliseconds after ${lastMs ?? 'none'} for atMs but received ${atMs}`);
}
