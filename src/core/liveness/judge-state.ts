import type { Point, Rect } from '../geometry.ts';
import type { Challenge, ChallengeStep } from './challenge.ts';
import type { PlacedFace } from './face-shape.ts';
import type { LandmarkLayout } from './head-model.ts';
import type { SeenFace } from './head-reach.ts';
import type { ParallaxProof } from './parallax.ts';
import type { GreySquare } from './plane-fit.ts';
import type { Hold } from './pose-hold.ts';

/** What was seen in one frame of the stream. Frames are not mirrored. */
export interface Observation {
  /** When the server received the frame, milliseconds of the clock that the challenge was issued by. */
  readonly timeMs: number;
  readonly frame: { readonly width: number; readonly height: number };
  /** Every face found in the frame, the largest first. */
  readonly faces: readonly ObservedFace[];
}

export interface ObservedFace {
  /** Pixels of the frame, as many and in the order of the judge's layout. */
  readonly landmarks: readonly Point[];
  readonly box: Rect;
  /**
   * Distance of its embedding to that of the first face of this stream that was embedded; 0 for that face itself, null
   * in frames that were not embedded. Some look is needed whenever the face is in the neutral pose.
   */
  readonly distanceToFirst: number | null;
  /** The pixels of its box, by `greyFace`. Turns are not judged in frames without, unless asksPixels is false. */
  readonly grey?: GreySquare | null;
}

export interface JudgeOptions {
  readonly layout: LandmarkLayout;
  /** Embeddings further apart are two people's. Depends on the recipe of the embeddings. */
  readonly samePersonDistance: number;
  /** What flat pictures must be told at least (default any_plane). upright_plane has to be asked for: it is weak. */
  readonly leastProof?: ParallaxProof;
  /**
   * Whether a turn has to show depth in its pixels too (default true): on a picture that is turned far the nets put the
   * nose where a head would have it. Without, landmarks alone decide.
   */
  readonly asksPixels?: boolean;
  /** Frames further apart are a stream that was stopped (default 500). */
  readonly maxGapMs?: number;
  /** A face may be hidden, or have another beside it, for so long (default 500). */
  readonly maxLostMs?: number;
  /** Least distance of the eyes at the start, pixels: smaller faces have landmarks too coarse to judge by (default 40). */
  readonly minEyePx?: number;
}

export type FailureReason =
  /** The clock of the observations went back, or stands before the challenge. */
  | 'clock_went_back'
  /** Too long between two frames. */
  | 'stream_gap'
  /** The face was elsewhere, larger, or turned otherwise than a head can have moved since the last frame. */
  | 'jump'
  | 'face_lost'
  | 'several_faces'
  | 'another_face'
  /** No face looked into the camera, still and alone, within the time for it. */
  | 'no_neutral_start'
  /** Something else was done than what was asked, or the right thing to the wrong side: also in a mirrored picture. */
  | 'wrong_step'
  | 'too_late'
  /** Landmarks or pixels moved as those of a flat picture. */
  | 'flat_picture';

export type JudgeOutcome =
  | { readonly status: 'running' }
  | {
      readonly status: 'passed';
      readonly atMs: number;
      readonly proof: ParallaxProof;
      /** Of every turn, in order: about 1 for a head, 0 for a flat picture; empty for dlib5. */
      readonly depthShares: readonly number[];
    }
  | { readonly status: 'failed'; readonly atMs: number; readonly reason: FailureReason }
  /** The time for the whole challenge is over. */
  | { readonly status: 'expired'; readonly atMs: number };

/** Why a frame does not help, for the person before the camera. */
export type FrameProblem =
  | 'no_face'
  | 'several_faces'
  | 'too_small'
  | 'too_near'
  | 'cut_off'
  | 'not_straight'
  | 'too_far_turned'
  | 'other_pose';

/** What the person before the camera is to do now. */
export interface Guidance {
  readonly ask: 'look_straight' | ChallengeStep;
  /** Steps that are done. */
  readonly done: number;
  readonly of: number;
  /** How near the pose asked for is: 0 to 1. */
  readonly progress: number;
  readonly problem: FrameProblem | null;
}

/** start: finding the neutral pose; step: the step is asked for; back: it is done, the neutral pose is asked for. */
export type JudgePhase = 'start' | 'step' | 'back';

/** All that a judge knows. Plain data: it can be kept as JSON between two frames. */
export interface JudgeState {
  readonly challenge: Challenge;
  readonly options: Required<JudgeOptions>;
  readonly outcome: JudgeOutcome;
  readonly guidance: Guidance;
  readonly phase: JudgePhase;
  /** null before the first frame. */
  readonly phaseSinceMs: number | null;
  /** Steps that are done. */
  readonly done: number;
  readonly neutral: PlacedFace | null;
  /** The pixels of the last frame of the start: of a head that looks straight. */
  readonly neutralGrey: GreySquare | null;
  readonly hold: Hold | null;
  readonly lastFrameMs: number | null;
  /** The last frame that had one whole face in it. */
  readonly lastFace: SeenFace | null;
  /** Whether the last face was where no head can have gone: one such frame may be the detector's mistake. */
  readonly isSuspect: boolean;
  /** Whether the person of the start was recognised in this phase. */
  readonly isRecognised: boolean;
  /** Embeddings in a row that are another's. */
  readonly strangeLooks: number;
  readonly depthShares: readonly number[];
}

export function failed(state: JudgeState, reason: FailureReason, atMs: number): JudgeState {
  return { ...state, outcome: { status: 'failed', reason, atMs } };
}

export function isRunning(state: JudgeState): boolean {
  return state.outcome.status === 'running';
}
