import type { PlacedFace } from './face-shape.ts';
import { canFollow } from './head-reach.ts';
import {
  type FailureReason,
  failed,
  isRunning,
  type JudgeState,
  type Observation,
  type ObservedFace,
} from './judge-state.ts';

/** One look may err, as at a blurred frame; two in a row are another person. */
const STRANGE_LOOKS = 2;

/** Fails a stream whose clock or frames are not those of one stretch of time. Sets the time of the last frame. */
export function guardTime(state: JudgeState, timeMs: number): JudgeState {
  const { challenge, lastFrameMs, options } = state;
  const since = lastFrameMs ?? challenge.issuedAtMs;
  if (timeMs < since) return failed(state, 'clock_went_back', timeMs);
  const late = lateness(state, timeMs);
  if (late) return late;
  const isGap = lastFrameMs !== null && timeMs - lastFrameMs > options.maxGapMs;
  // Before the neutral pose is found nothing has been seen that a cut could join.
  if (isGap && state.phase !== 'start') return failed(state, 'stream_gap', timeMs);
  const fresh = isGap ? { hold: null, lastFace: null, isSuspect: false } : {};
  return { ...state, ...fresh, lastFrameMs: timeMs, phaseSinceMs: state.phaseSinceMs ?? timeMs };
}

/** The end of a challenge whose time, or whose step's time, is over; null while there is time. */
export function lateness(state: JudgeState, timeMs: number): JudgeState | null {
  const { challenge, phase } = state;
  if (timeMs - challenge.issuedAtMs > challenge.totalMs) {
    return { ...state, outcome: { status: 'expired', atMs: timeMs } };
  }
  const since = state.phaseSinceMs ?? timeMs;
  const limit = phase === 'start' ? challenge.startMs : challenge.stepMs;
  if (timeMs - since <= limit) return null;
  return failed(state, phase === 'start' ? 'no_neutral_start' : 'too_late', timeMs);
}

/** Fails a stream that is without its one face for too long; otherwise the frame is passed over. */
export function guardAbsence(state: JudgeState, { timeMs }: Observation, reason: FailureReason): JudgeState {
  const { lastFace, options, phase } = state;
  if (phase === 'start') return { ...state, hold: null };
  const isLost = timeMs - (lastFace?.timeMs ?? timeMs) > options.maxLostMs;
  return isLost ? failed(state, reason, timeMs) : { ...state, hold: null };
}

/** Counts whose face it is. Fails when it is another's. */
export function guardIdentity(state: JudgeState, face: ObservedFace, timeMs: number): JudgeState {
  const { distanceToFirst } = face;
  if (distanceToFirst === null) return state;
  const strangeLooks = distanceToFirst <= state.options.samePersonDistance ? 0 : state.strangeLooks + 1;
  if (strangeLooks >= STRANGE_LOOKS) return failed({ ...state, strangeLooks }, 'another_face', timeMs);
  return { ...state, strangeLooks };
}

/**
 * Fails a face that is where no head can have gone, and stays there. A single such frame is passed over: isSuspect is
 * true then, and the face before it is kept.
 */
export function guardMotion(state: JudgeState, face: PlacedFace, timeMs: number): JudgeState {
  const { lastFace, phase, isSuspect } = state;
  if (!lastFace || canFollow(lastFace, { ...face, timeMs }, state.options.layout)) {
    return { ...state, isSuspect: false, lastFace: { ...face, timeMs } };
  }
  if (phase === 'start') return { ...state, hold: null, lastFace: { ...face, timeMs } };
  return isSuspect ? failed(state, 'jump', timeMs) : { ...state, isSuspect: true };
}

/** The end of a stream from which nothing has come for too long. */
export function guardSilence(state: JudgeState, nowMs: number): JudgeState {
  if (!isRunning(state)) return state;
  const late = lateness(state, nowMs);
  if (late) return late;
  const { lastFrameMs, options, phase } = state;
  const isSilent = lastFrameMs !== null && nowMs - lastFrameMs > options.maxGapMs;
  return isSilent && phase !== 'start' ? failed(state, 'stream_gap', nowMs) : state;
}
