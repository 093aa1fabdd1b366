import { type Kinds, requireArray, requireFields, requireOptions } from '../arguments.ts';
import { type Rect, rectHeight, rectWidth } from '../geometry.ts';
import type { Challenge, ChallengeStep } from './challenge.ts';
import { type PlacedFace, placedFace } from './face-shape.ts';
import type { LandmarkLayout } from './head-model.ts';
import { type HeadPose, headPose, turnBetween, yawOf } from './head-pose.ts';
import {
  type FrameProblem,
  failed,
  type Guidance,
  isRunning,
  type JudgeOptions,
  type JudgeState,
  type Observation,
  type ObservedFace,
} from './judge-state.ts';
import { depthShare, proofOf, wayShare } from './parallax.ts';
import { type GreySquare, planeFit } from './plane-fit.ts';
import { type Hold, isKept, KEPT, kept, keptShare } from './pose-hold.ts';
import { isTooFar, type PoseZone, stepProgress, zoneOf } from './pose-zones.ts';
import { guardAbsence, guardIdentity, guardMotion, guardSilence, guardTime } from './stream-guard.ts';

/** Between 0, a flat picture, and about 1, a head (bench/liveness has both distributions). */
const LEAST_DEPTH_SHARE = { dlib5: 0.6, dlib68: 0.5, yunet5: 0.5 } as const;
/**
 * Least correlation of pixels that is a plane's. Of two men who turn by 20 degrees and more it is 0.61 to 0.95, of
 * pictures, also poor ones, at least 0.99 (bench/liveness/turns.js).
 */
const FLAT_FROM = 0.97;
/** Of a face at the start: degrees from the camera's axis, degrees from upright. */
const STRAIGHT = { yaw: 18, roll: 12 };
/** What a face may move while its neutral shape is taken: nose in distances of the eyes, degrees, ratio of sizes. */
const STILL = { nose: 0.08, roll: 5, size: 1.1 };
/** A face at the start must fit into the frame when it is larger by this. */
const ROOM = 1.4;
/** Share of the box that may lie outside the frame. */
const MOST_OUTSIDE = 0.1;

/**
 * A judge that has seen nothing yet.
 * throws  RangeError for a layout that cannot prove what is wanted, or for options outside their ranges
 */
export function startJudging(challenge: Challenge, options: JudgeOptions): JudgeState {
  requireFields('the challenge', challenge, { steps: 'array', issuedAtMs: 'number' });
  requireOptions('startJudging', options, JUDGE_OPTIONS);
  const settings = {
    leastProof: 'any_plane',
    asksPixels: true,
    maxGapMs: 500,
    maxLostMs: 500,
    minEyePx: 40,
    ...options,
  } as const;
  requireSettings(settings);
  return {
    challenge,
    options: settings,
    outcome: { status: 'running' },
    guidance: guidanceOf(challenge, 'start', 0, 0, null),
    phase: 'start',
    phaseSinceMs: null,
    done: 0,
    neutral: null,
    neutralGrey: null,
    hold: null,
    lastFrameMs: null,
    lastFace: null,
    isSuspect: false,
    isRecognised: false,
    strangeLooks: 0,
    depthShares: [],
  };
}

/**
 * The judge after one more frame; a judge whose outcome stands stays as it is.
 * requires  observations in the order of their frames
 * throws    TypeError for a time that is no number, RangeError for landmarks that are not the layout's
 */
export function judgeFrame(state: JudgeState, observation: Observation): JudgeState {
  requireFields('the state', state, { challenge: 'object', outcome: 'object' });
  requireFields('the observation', observation, { frame: 'object' });
  requireArray('the faces', observation.faces, (name, face) =>
    requireFields(name, face, { landmarks: 'array', box: 'object' }),
  );
  const { timeMs, faces } = observation;
  if (!Number.isFinite(timeMs)) {
    throw new TypeError(`Expected a number of milliseconds for timeMs but received ${timeMs}`);
  }
  if (!isRunning(state)) return state;
  const timed = guardTime(state, timeMs);
  if (!isRunning(timed)) return timed;
  const [face] = faces;
  if (!face) return problem(guardAbsence(timed, observation, 'face_lost'), 'no_face');
  if (faces.length > 1) return problem(guardAbsence(timed, observation, 'several_faces'), 'several_faces');
  const placed = placedFace(face.landmarks, timed.options.layout);
  if (!placed) return problem(guardAbsence(timed, observation, 'face_lost'), 'no_face');
  return judgeFace(timed, observation, face, placed);
}

/** The judge at a time without a frame: whoever sends nothing does not wait for ever. */
export function judgeSilence(state: JudgeState, nowMs: number): JudgeState {
  requireFields('the state', state, { challenge: 'object', outcome: 'object' });
  return guardSilence(state, nowMs);
}

function judgeFace(
  before: JudgeState,
  { timeMs, frame }: Observation,
  face: ObservedFace,
  placed: PlacedFace,
): JudgeState {
  const state = guardMotion(guardIdentity(before, face, timeMs), placed, timeMs);
  if (!isRunning(state)) return state;
  if (state.isSuspect) return { ...state, hold: null };
  if (isCutOff(face.box, frame)) return problem({ ...state, hold: null }, 'cut_off');
  const isNear = face.distanceToFirst !== null && face.distanceToFirst <= state.options.samePersonDistance;
  const { neutral } = state;
  const { box, grey = null } = face;
  return neutral === null
    ? findNeutral({ ...state, neutralGrey: grey }, placed, { frame, box }, isNear, timeMs)
    : followSteps(state, placed, neutral, { isNear, grey }, timeMs);
}

/** Waits for a face that looks into the camera and holds still. */
function findNeutral(
  state: JudgeState,
  placed: PlacedFace,
  { frame, box }: { readonly frame: Observation['frame']; readonly box: Rect },
  isNear: boolean,
  timeMs: number,
): JudgeState {
  const { layout } = state.options;
  const isStraight =
    Math.abs(yawOf(placed.shape, layout)) <= STRAIGHT.yaw && Math.abs(placed.place.roll) <= STRAIGHT.roll;
  if (placed.place.eyePx < state.options.minEyePx) return problem({ ...state, hold: null }, 'too_small');
  if (!hasRoom(box, frame)) return problem({ ...state, hold: null }, 'too_near');
  if (!isStraight) return problem({ ...state, hold: null, isRecognised: false }, 'not_straight');
  const isStill = state.hold !== null && isNearly(state.hold.mean, placed);
  const hold = kept(isStill ? state.hold : null, 'neutral', placed, timeMs);
  const isRecognised = (isStill && state.isRecognised) || isNear;
  const next = guided({ ...state, hold, isRecognised }, keptShare(hold, KEPT.start, timeMs), null);
  if (!isKept(hold, KEPT.start, timeMs) || !isRecognised) return next;
  return entered({ ...next, neutral: hold.mean }, 'step', timeMs);
}

function isNearly(mean: PlacedFace, { place, shape }: PlacedFace): boolean {
  const size = place.eyePx / mean.place.eyePx;
  return (
    Math.abs(shape.nose.x - mean.shape.nose.x) <= STILL.nose &&
    Math.abs(turnBetween(mean.place.roll, place.roll)) <= STILL.roll &&
    Math.max(size, 1 / size) <= STILL.size
  );
}

/** Judges the pose against the step that is asked for, or against the way back from the last. */
function followSteps(
  state: JudgeState,
  placed: PlacedFace,
  neutral: PlacedFace,
  { isNear, grey }: { readonly isNear: boolean; readonly grey: GreySquare | null },
  timeMs: number,
): JudgeState {
  const pose = headPose(placed.place, placed.shape, neutral, state.options.layout);
  const zone = zoneOf(pose);
  const hold = zone && kept(state.hold?.zone === zone ? state.hold : null, zone, placed, timeMs);
  const isRecognised = state.isRecognised || (isNear && zone === 'neutral');
  const next = guidedByPose({ ...state, hold, isRecognised }, pose, zone);
  if (!hold) return next;
  if (isWrong(next, hold.zone))
    return isKept(hold, KEPT.wrong, timeMs) ? failed(next, 'wrong_step', timeMs) : next;
  if (next.phase === 'back') return judgeReturn(next, hold, timeMs);
  return judgeStep(withPixels(next, hold, grey), neutral, timeMs);
}

/** The way back leads through the pose that was asked for, and to the neutral one. */
function isWrong({ challenge, done, phase }: JudgeState, zone: PoseZone): boolean {
  const asked = phase === 'step' ? challenge.steps[done] : challenge.steps[done - 1];
  return zone !== 'neutral' && zone !== asked;
}

/** Takes the pixels of a turn into account; the flattest of its frames counts: a hand before one makes no depth. */
function withPixels(state: JudgeState, hold: Hold, grey: GreySquare | null): JudgeState {
  const { neutralGrey, options } = state;
  if (!options.asksPixels || !isTurn(hold)) return state;
  if (!grey || !neutralGrey) return { ...state, hold: null };
  const flattest = Math.max(hold.flattest ?? -1, planeFit(grey, neutralGrey));
  return { ...state, hold: { ...hold, flattest } };
}

function judgeStep(state: JudgeState, neutral: PlacedFace, timeMs: number): JudgeState {
  const { hold, options } = state;
  if (!hold || hold.zone === 'neutral' || !isKept(hold, KEPT.step, timeMs)) return state;
  if (!isTurn(hold)) return stepDone(state, timeMs);
  const share = turnEvidence(neutral, hold.mean, options.layout);
  if (hasDepth(share, options) && (hold.flattest === null || hold.flattest < FLAT_FROM)) {
    const depthShares = share === null ? state.depthShares : [...state.depthShares, share];
    return stepDone({ ...state, depthShares }, timeMs);
  }
  return isKept(hold, KEPT.flat, timeMs) ? failed(state, 'flat_picture', timeMs) : state;
}

/** What dlib's five points show of depth also a head lacks that nods as it turns: where pixels are asked, they tell. */
function hasDepth(share: number | null, { layout, asksPixels }: Required<JudgeOptions>): boolean {
  if (layout === 'dlib5' && asksPixels) return true;
  return share !== null && share >= LEAST_DEPTH_SHARE[layout];
}

function isTurn({ zone }: Hold): boolean {
  return zone === 'turn_left' || zone === 'turn_right';
}

/** 0 for what is told from heads, about 1 for a head. */
function turnEvidence(neutral: PlacedFace, turned: PlacedFace, layout: LandmarkLayout): number | null {
  if (layout !== 'dlib5') return depthShare(neutral.shape, turned.shape, layout);
  const { yaw } = headPose(turned.place, turned.shape, neutral, layout);
  return wayShare(neutral.shape, turned.shape, yaw, layout);
}

function stepDone(state: JudgeState, timeMs: number): JudgeState {
  return entered({ ...state, done: state.done + 1 }, 'back', timeMs);
}

function judgeReturn(state: JudgeState, hold: Hold, timeMs: number): JudgeState {
  if (hold.zone !== 'neutral' || !state.isRecognised || !isKept(hold, KEPT.back, timeMs)) return state;
  if (state.done < state.challenge.steps.length) return entered(state, 'step', timeMs);
  const { depthShares, options } = state;
  return {
    ...state,
    outcome: { status: 'passed', atMs: timeMs, proof: proofOf(options.layout, options), depthShares },
  };
}

function entered(state: JudgeState, phase: 'step' | 'back', timeMs: number): JudgeState {
  return guided({ ...state, phase, phaseSinceMs: timeMs, hold: null, isRecognised: false }, 0, null);
}

function isCutOff(box: Rect, { width, height }: Observation['frame']): boolean {
  const outside = Math.max(-box.left, -box.top, box.right - width, box.bottom - height);
  return outside > MOST_OUTSIDE * rectWidth(box);
}

/** Whether the face fits into the frame when it has come closer. */
function hasRoom(box: Rect, { width, height }: Observation['frame']): boolean {
  return rectWidth(box) * ROOM <= width && rectHeight(box) * ROOM <= height;
}

function guidedByPose(state: JudgeState, pose: HeadPose, zone: PoseZone | null): JudgeState {
  const asked = state.phase === 'step' ? state.challenge.steps[state.done]! : null;
  const progress = asked ? stepProgress(asked, pose) : zone === 'neutral' ? 1 : 0;
  const isOther = zone !== null && isWrong(state, zone);
  return guided(state, progress, isTooFar(pose) ? 'too_far_turned' : isOther ? 'other_pose' : null);
}

function problem(state: JudgeState, what: FrameProblem): JudgeState {
  return guided(state, 0, what);
}

function guided(state: JudgeState, progress: number, what: FrameProblem | null): JudgeState {
  return { ...state, guidance: guidanceOf(state.challenge, state.phase, state.done, progress, what) };
}

function guidanceOf(
  { steps }: Challenge,
  phase: JudgeState['phase'],
  done: number,
  progress: number,
  what: FrameProblem | null,
): Guidance {
  const ask: 'look_straight' | ChallengeStep = phase === 'step' ? steps[done]! : 'look_straight';
  return { ask, done, of: steps.length, progress, problem: what };
}

const JUDGE_OPTIONS: Kinds<JudgeOptions> = {
  layout: 'string',
  samePersonDistance: 'number',
  leastProof: 'string',
  asksPixels: 'boolean',
  maxGapMs: 'number',
  maxLostMs: 'number',
  minEyePx: 'number',
};

function requireSettings({
  layout,
  leastProof,
  asksPixels,
  samePersonDistance,
  maxGapMs,
  maxLostMs,
  minEyePx,
}: Required<JudgeOptions>): void {
  if (leastProof === 'any_plane' && proofOf(layout, { asksPixels }) !== 'any_plane') {
    throw new RangeError(`Expected a layout that proves any_plane without pixels but received ${layout}`);
  }
  for (const [name, value] of Object.entries({ samePersonDistance, maxGapMs, maxLostMs, minEyePx })) {
    if (!(value > 0)) throw new RangeError(`Expected a number above 0 for ${name} but received ${value}`);
  }
}
