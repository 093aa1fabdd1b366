import { requireArray, requireFields, requireKind } from '../arguments.ts';
import {
  LIVENESS_REASON_TEXTS,
  type LivenessDecision,
  type LivenessReason,
  type LivenessThresholds,
  requireThresholds,
} from '../liveness-decision.ts';
import type { MotionEvidence } from './motion-evidence.ts';

/** Why a video is live, a spoof, or does not tell. docs/liveness.md explains each. */
export type VideoReason =
  | 'moves_as_a_head'
  | 'looks_like_a_picture'
  | 'flat_motion'
  | 'another_face'
  | 'no_face'
  | 'several_faces'
  | 'too_few_frames'
  | 'face_lost'
  | 'holds_still'
  | 'unclear_motion'
  | 'uneven'
  | Extract<LivenessReason, 'between_thresholds' | 'small' | 'cut' | 'too_close'>;

/** The reason in words for people. */
export const VIDEO_REASON_TEXTS: Readonly<Record<VideoReason, string>> = {
  moves_as_a_head: 'it turns as a head does and looks like a face before the camera',
  looks_like_a_picture: LIVENESS_REASON_TEXTS.looks_like_a_picture,
  flat_motion: 'it moves as a flat picture does: nothing of it has depth',
  another_face: 'the face becomes that of another person',
  no_face: 'no face is seen',
  several_faces: 'several faces are seen: only one may be before the camera',
  too_few_frames: 'the face is seen too shortly: a second or two is needed',
  face_lost: 'the face was lost in between: it went away, jumped, or the video was cut',
  holds_still: 'the head does not turn far enough to show depth: turn it a little to the side and back',
  unclear_motion: 'it moves neither clearly as a head nor clearly as a picture',
  uneven: 'parts of the video do not look like a face before the camera',
  between_thresholds: LIVENESS_REASON_TEXTS.between_thresholds,
  small: LIVENESS_REASON_TEXTS.small,
  cut: LIVENESS_REASON_TEXTS.cut,
  too_close: LIVENESS_REASON_TEXTS.too_close,
};

/** One frame, as the follower saw it. */
export interface SeenFrame {
  /** Milliseconds of any clock that does not go back. */
  readonly timeMs: number;
  /** one: the face that is followed; elsewhere: a face that cannot be it. */
  readonly faces: 'none' | 'one' | 'several' | 'elsewhere';
  /** Of a frame with the one face: what the net says, 0 to 1, or why it could not be asked. */
  readonly looks: number | LivenessReason | null;
}

export interface VideoEvidence {
  /** In order. */
  readonly frames: readonly SeenFrame[];
  readonly motion: MotionEvidence;
  /** As `flatness` tells it from the pixels; null when it was not measured. */
  readonly flatness: number | null;
  /** How many of the looks at whose face it is fit the others, and how many do not. */
  readonly identity: { readonly same: number; readonly others: number };
}

/** What follows from a video. */
export interface VideoAnswer {
  readonly decision: LivenessDecision;
  readonly reason: VideoReason;
  /** The median of the frames' scores, 0 (a picture) to 1 (a face); null when the net was not asked often enough. */
  readonly score: number | null;
  /** A quarter of the frames score no more than this; null as score. */
  readonly lowScore: number | null;
  readonly motion: MotionEvidence;
  /** How well one flat thing explains the face's pixels, -1 to 1; null when it was not measured. */
  readonly flatness: number | null;
  /** Frames in which the face was followed. */
  readonly frames: number;
}

const FEWEST_FRAMES = 8;
const SHORTEST_MS = 800;
/** Two frames with the face that lie further apart may be of two shots. */
const LONGEST_GAP_MS = 500;
/** Of all frames, those that may show several faces or a jump: detectors err now and then. */
const MOST_ODD = 0.1;
/** Of the frames with the face, those that the net must have been asked about. */
const LEAST_SCORED = 0.5;
/**
 * Landmarks of a warped picture move as a head's now and then, its pixels do not: they stay those of one plane, while a
 * head that turns shows and hides parts of itself (docs/liveness.md has the figures).
 */
const PLANE = { headTo: 0.95, flatFrom: 0.985 };
/** One look may err, as at a blurred frame; two are another person. */
const STRANGE_LOOKS = 2;

/**
 * Never live without the motion of a head in both landmarks and pixels, whatever the net says; never live when part of
 * the video looks like a picture, or a single look shows somebody else.
 * requires  scores from 0 to 1
 * throws    RangeError unless 0 <= spoofBelow <= liveFrom <= 1
 */
export function decideVideo(evidence: VideoEvidence, thresholds: LivenessThresholds): VideoAnswer {
  requireThresholds(thresholds);
  requireFields('the evidence', evidence, { motion: 'object' });
  requireArray('frames', evidence.frames, (name, frame) => requireKind(name, 'object', frame));
  const { frames, motion } = evidence;
  const followed = frames.filter(({ faces }) => faces === 'one');
  const scores = scoresOf(followed);
  const [reason, decision] = judged(evidence, followed, scores, thresholds);
  return {
    decision,
    reason,
    score: scores && quantile(scores, 0.5),
    lowScore: scores && quantile(scores, 0.25),
    motion,
    flatness: evidence.flatness,
    frames: followed.length,
  };
}

type Judgement = readonly [reason: VideoReason, decision: LivenessDecision];

function judged(
  { frames, motion, flatness, identity }: VideoEvidence,
  followed: readonly SeenFrame[],
  scores: readonly number[] | null,
  thresholds: LivenessThresholds,
): Judgement {
  const spoiled = spoiledBy(frames, followed);
  if (spoiled) return [spoiled, 'unsure'];
  if (identity.others >= STRANGE_LOOKS) return ['another_face', 'spoof'];
  const moves = motionOf(motion, flatness);
  if (moves === 'flat_motion') return [moves, 'spoof'];
  if (scores && quantile(scores, 0.5) < thresholds.spoofBelow) return ['looks_like_a_picture', 'spoof'];
  if (identity.others > 0) return ['another_face', 'unsure'];
  if (moves !== 'moves_as_a_head') return [moves, 'unsure'];
  if (!scores) return [unscoredReason(followed), 'unsure'];
  if (quantile(scores, 0.5) < thresholds.liveFrom) return ['between_thresholds', 'unsure'];
  if (quantile(scores, 0.25) < thresholds.liveFrom) return ['uneven', 'unsure'];
  return ['moves_as_a_head', 'live'];
}

/** Landmarks say whether something turned, and both they and the pixels whether it has depth. */
function motionOf(
  { verdict, depth }: MotionEvidence,
  flatness: number | null,
): 'flat_motion' | 'holds_still' | 'unclear_motion' | 'moves_as_a_head' {
  if (verdict === 'flat') return 'flat_motion';
  if (verdict === 'unsure') return depth === null ? 'holds_still' : 'unclear_motion';
  if (flatness !== null && flatness >= PLANE.flatFrom) return 'flat_motion';
  return flatness !== null && flatness <= PLANE.headTo ? 'moves_as_a_head' : 'unclear_motion';
}

/** What makes the frames no single stretch of one face; null when nothing does. */
function spoiledBy(frames: readonly SeenFrame[], followed: readonly SeenFrame[]): VideoReason | null {
  const count = (what: SeenFrame['faces']): number => frames.filter(({ faces }) => faces === what).length;
  const tooMany = MOST_ODD * frames.length;
  if (count('several') > tooMany) return 'several_faces';
  const [first] = followed;
  if (!first) return 'no_face';
  if (count('elsewhere') > tooMany) return 'face_lost';
  const lasts = followed.at(-1)!.timeMs - first.timeMs;
  if (followed.length < FEWEST_FRAMES || lasts < SHORTEST_MS) return 'too_few_frames';
  return hasGap(followed) ? 'face_lost' : null;
}

function hasGap(followed: readonly SeenFrame[]): boolean {
  return followed.some(({ timeMs }, i) => i > 0 && timeMs - followed[i - 1]!.timeMs > LONGEST_GAP_MS);
}

/** Smallest first; null when the net could be asked too seldom. */
function scoresOf(followed: readonly SeenFrame[]): readonly number[] | null {
  const scores = followed.flatMap(({ looks }) => (typeof looks === 'number' ? looks : []));
  const isEnough = scores.length > 0 && scores.length >= LEAST_SCORED * followed.length;
  return isEnough ? scores.toSorted((a, b) => a - b) : null;
}

/** What most frames had against asking the net. */
function unscoredReason(followed: readonly SeenFrame[]): VideoReason {
  const count = (reason: LivenessReason): number => followed.filter(({ looks }) => looks === reason).length;
  const reasons = ['small', 'cut', 'too_close'] as const;
  return reasons.reduce((most, reason) => (count(reason) > count(most) ? reason : most));
}

/** By the rank below: no score between two that were measured is made up. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.floor(share * (sorted.length - 1))]!;
}
