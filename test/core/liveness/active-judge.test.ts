import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createRandom,
  drawHabit,
  drawHead,
  drawScene,
  headView,
  homographyView,
  mirrorObservation,
  obedient,
  POSE_POINTS,
  pictureView,
  play,
  replayed,
  shearedView,
} from '../../../bench/liveness/simulated-stream.js';
import type { Point } from '../../../src/core/geometry.ts';
import { judgeFrame, judgeSilence, startJudging } from '../../../src/core/liveness/active-judge.ts';
import {
  CHALLENGE_STEPS,
  type Challenge,
  challengeSequences,
  drawChallenge,
} from '../../../src/core/liveness/challenge.ts';
import type { LandmarkLayout } from '../../../src/core/liveness/head-model.ts';
import type { JudgeOptions, JudgeState, Observation } from '../../../src/core/liveness/judge-state.ts';
import { proofOf } from '../../../src/core/liveness/parallax.ts';
import type { GreySquare } from '../../../src/core/liveness/plane-fit.ts';

/** Somebody's head, and how it is held when looking straight. */
interface Who {
  readonly points: ReturnType<typeof drawHead>;
  readonly habit: ReturnType<typeof drawHabit>;
}
type View = ReturnType<typeof headView>;

interface About {
  readonly seed: number;
  readonly layout: LandmarkLayout;
  readonly fps: number;
  readonly stepCount: number;
}

interface Performance {
  readonly viewOf?: (who: Who, random: () => number) => View;
  /** What whoever acts takes the request for. */
  readonly understood?: (ask: string, done: number) => string;
  /** Changes an observation, or drops it. */
  readonly alter?: (observation: Observation, i: number) => Observation | null;
  readonly challenge?: (drawn: Challenge) => Challenge;
  readonly asksPixels?: boolean;
}

const about = (...layouts: LandmarkLayout[]) =>
  fc.record<About>({
    seed: fc.integer({ min: 1, max: 1e9 }),
    layout: fc.constantFrom(...layouts),
    fps: fc.constantFrom(10, 24, 60, 240),
    stepCount: fc.integer({ min: 2, max: 5 }),
  });
const strong = about('yunet5', 'dlib68');
/** Always the same: how often the rare streams pass is for bench/liveness to say. */
const RUNS = { numRuns: 30, seed: 2 };

function optionsFor(layout: LandmarkLayout): JudgeOptions {
  // The simulated heads have no pixels: test/server/liveness.test.ts has real ones.
  return {
    layout,
    samePersonDistance: 0.5,
    leastProof: proofOf(layout, { asksPixels: false }),
    asksPixels: false,
  };
}

function perform({ seed, layout, fps, stepCount }: About, performance: Performance = {}) {
  const random = createRandom(seed);
  const scene = drawScene(random);
  const who = { points: drawHead(layout, random), habit: drawHabit(random) };
  const bytes = (count: number) => Uint8Array.from({ length: count }, () => Math.floor(random() * 256));
  const drawn = drawChallenge(bytes, 5000, { stepCount });
  return play({
    challenge: performance.challenge?.(drawn) ?? drawn,
    options: { ...optionsFor(layout), asksPixels: performance.asksPixels ?? false },
    view: (performance.viewOf ?? headView)(who, random),
    actor: obedient(random, performance.understood),
    scene,
    random,
    fps,
    ...(performance.alter ? { alter: performance.alter } : {}),
  }) as { state: JudgeState; observations: Observation[] };
}

/** One head that passes, before a camera of 25 frames a second. */
const ONE: About = { seed: 11, layout: 'yunet5', fps: 25, stepCount: 3 };

function outcomeOf(performance: Performance, a = ONE) {
  return perform(a, performance).state.outcome;
}

function withFace(o: Observation, change: Partial<Observation['faces'][number]>): Observation {
  return { ...o, faces: o.faces.map((face) => ({ ...face, ...change })) };
}

/** Frames of the stream of ONE that lie after the neutral start. */
const LATER = 45;

describe('a head before the judge', () => {
  it('passes when it does what is asked, at 10 to 240 frames a second', () => {
    let passed = 0;
    fc.assert(
      fc.property(strong, (a) => {
        const { outcome } = perform(a).state;
        if (outcome.status === 'passed') {
          passed++;
          expect(outcome.proof).toBe('any_plane');
          for (const share of outcome.depthShares) expect(share).toBeGreaterThan(0.5);
        }
      }),
      { numRuns: 60, seed: 2 },
    );
    expect(passed).toBeGreaterThanOrEqual(57);
  });

  it("passes most times by dlib's five points, with the weaker proof", () => {
    let passed = 0;
    fc.assert(
      fc.property(about('dlib5'), (a) => {
        if (perform(a).state.outcome.status === 'passed') passed++;
      }),
      { numRuns: 60, seed: 2 },
    );
    expect(passed).toBeGreaterThanOrEqual(40);
  });

  it('does not pass when it does another thing than what is asked', () => {
    const next = (ask: string) => {
      const at = (CHALLENGE_STEPS as readonly string[]).indexOf(ask);
      return at < 0 ? ask : CHALLENGE_STEPS[(at + 1) % CHALLENGE_STEPS.length]!;
    };
    fc.assert(
      fc.property(strong, (a) => {
        expect(perform(a, { understood: next }).state.outcome).toMatchObject({ status: 'failed' });
      }),
      RUNS,
    );
    expect(outcomeOf({ understood: next })).toMatchObject({ reason: 'wrong_step' });
  });

  it('does not pass in a mirrored stream', () => {
    fc.assert(
      fc.property(strong, (a) => {
        const mirrored = perform(a, { alter: (o) => mirrorObservation(o, a.layout) });
        expect(mirrored.state.outcome).toMatchObject({ status: 'failed' });
      }),
      RUNS,
    );
    expect(outcomeOf({ alter: (o) => mirrorObservation(o, 'yunet5') })).toMatchObject({
      reason: 'wrong_step',
    });
  });

  it('does not pass with the first step only, nor when it does nothing', () => {
    const firstOnly = (ask: string, done: number) => (done === 0 ? ask : 'look_straight');
    fc.assert(
      fc.property(strong, (a) => {
        const { outcome } = perform(a, { understood: firstOnly }).state;
        expect(outcome).toMatchObject({ status: 'failed' });
      }),
      RUNS,
    );
    expect(outcomeOf({ understood: firstOnly })).toMatchObject({ reason: 'too_late' });
    expect(outcomeOf({ understood: () => 'look_straight' })).toMatchObject({ reason: 'too_late' });
  });

  it('does not pass when a step, or the whole, takes too long', () => {
    const hurried = (change: Partial<Challenge>) => ({
      challenge: (drawn: Challenge) => ({ ...drawn, ...change }),
    });
    expect(outcomeOf(hurried({ stepMs: 300 }))).toMatchObject({ status: 'failed', reason: 'too_late' });
    expect(outcomeOf(hurried({ totalMs: 3000 }))).toMatchObject({ status: 'expired' });
    expect(outcomeOf(hurried({ startMs: 200 }))).toMatchObject({ reason: 'no_neutral_start' });
  });

  it('does not pass without looking into the camera first', () => {
    expect(
      outcomeOf({ alter: (o, i) => (i % 4 ? o : withFace(o, { landmarks: turnedAway(o) })) }),
    ).toMatchObject({
      reason: 'no_neutral_start',
    });
  });
});

function turnedAway(o: Observation) {
  const [left, right, nose, ...mouth] = o.faces[0]!.landmarks as [
    { x: number; y: number },
    { x: number; y: number },
    { x: number; y: number },
  ];
  return [left, right, { x: nose.x + 0.4 * (right.x - left.x), y: nose.y }, ...mouth];
}

describe('a flat picture before the judge', () => {
  it('does not pass however it is turned, tilted, rolled and brought closer', () => {
    fc.assert(
      fc.property(strong, fc.integer({ min: -80, max: 80 }), (a, slant) => {
        const { outcome } = perform(a, { viewOf: (who) => pictureView({ ...who, slant }) }).state;
        expect(outcome.status).toBe('failed');
      }),
      RUNS,
    );
  });

  it('does not pass when it is gently bent', () => {
    fc.assert(
      fc.property(about('yunet5'), fc.integer({ min: 90, max: 200 }), (a, radiusMm) => {
        const { outcome } = perform(a, { viewOf: (who) => pictureView({ ...who, radiusMm }) }).state;
        expect(outcome.status).toBe('failed');
      }),
      RUNS,
    );
  });

  it('does not pass under any homography, and is called flat when it is sheared as a head turns', () => {
    let flat = 0;
    fc.assert(
      fc.property(strong, (a) => {
        expect(perform(a, { viewOf: homographyView }).state.outcome.status).toBe('failed');
        const sheared = perform(a, { viewOf: (who) => shearedView(who, POSE_POINTS[a.layout]) }).state
          .outcome;
        expect(sheared.status).toBe('failed');
        if (sheared.status === 'failed' && sheared.reason === 'flat_picture') flat++;
      }),
      RUNS,
    );
    expect(flat).toBeGreaterThanOrEqual(24);
  });

  it("does not pass by dlib's five points when it is turned about an upright axis", () => {
    const turnsOnly = (ask: string) => (ask.startsWith('turn') ? ask : 'look_straight');
    fc.assert(
      fc.property(about('dlib5'), (a) => {
        const { outcome } = perform(a, { viewOf: (who) => pictureView(who), understood: turnsOnly }).state;
        expect(outcome.status).toBe('failed');
      }),
      RUNS,
    );
  });
});

describe('the pixels of a turn', () => {
  const side = 48;
  const square = (shift: number): GreySquare => ({
    side,
    values: Array.from({ length: side * side }, (_, i) => {
      const [x, y] = [i % side, Math.floor(i / side)];
      // Stripes that differ in the square's halves, as what lies at two depths moves differently.
      return 128 + 100 * Math.sin((x + (y < side / 2 ? shift : -shift)) / 3) * Math.cos(y / 5);
    }),
  });
  /** What is seen of whoever acts: `turned` once the nose has left the middle. */
  const shows = (turned: GreySquare | null) => (o: Observation) => {
    const [eye, other, nose] = o.faces[0]!.landmarks as [Point, Point, Point];
    const isTurned = Math.abs(nose.x - (eye.x + other.x) / 2) > 0.12 * Math.abs(eye.x - other.x);
    return withFace(o, { grey: isTurned ? turned : square(0) });
  };

  it('must not be those of a plane, whatever the landmarks say', () => {
    const head = { asksPixels: true, alter: shows(square(0)) };
    expect(outcomeOf(head)).toMatchObject({ status: 'failed', reason: 'flat_picture' });
  });

  it('let pass what has depth', () => {
    expect(outcomeOf({ asksPixels: true, alter: shows(square(6)) })).toMatchObject({
      status: 'passed',
      proof: 'any_plane',
    });
  });

  it('are wanted: without them no turn is done', () => {
    expect(outcomeOf({ asksPixels: true, alter: shows(null) })).toMatchObject({ reason: 'too_late' });
  });
});

describe('a stream before the judge', () => {
  it('without frames expires, and says meanwhile that it waits', () => {
    const challenge = drawChallenge(randomBytes, 0);
    const start = startJudging(challenge, optionsFor('yunet5'));
    expect(judgeSilence(start, 10_000).outcome.status).toBe('running');
    expect(judgeSilence(start, challenge.totalMs + 1).outcome).toMatchObject({ status: 'expired' });
    expect(start.guidance).toEqual({ ask: 'look_straight', done: 0, of: 4, progress: 0, problem: null });
  });

  it('without a face never starts', () => {
    expect(outcomeOf({ alter: (o) => ({ ...o, faces: [] }) })).toMatchObject({ reason: 'no_neutral_start' });
  });

  it('that stops for a while does not pass, and may stop before the start', () => {
    const pause = (from: number, frames: number) => ({
      alter: (o: Observation, i: number) => (i >= from && i < from + frames ? null : o),
    });
    expect(outcomeOf(pause(LATER, 15))).toMatchObject({ reason: 'stream_gap' });
    expect(outcomeOf(pause(LATER, 5))).toMatchObject({ status: 'passed' });
    expect(outcomeOf(pause(2, 30))).toMatchObject({ status: 'passed' });
  });

  it('whose face is gone for more than a moment does not pass', () => {
    const gone = (frames: number) => ({
      alter: (o: Observation, i: number) => (i >= LATER && i < LATER + frames ? { ...o, faces: [] } : o),
    });
    expect(outcomeOf(gone(20))).toMatchObject({ reason: 'face_lost' });
    expect(outcomeOf(gone(5))).toMatchObject({ status: 'passed' });
  });

  it('with a second face in it does not pass', () => {
    const second = (frames: number) => ({
      alter: (o: Observation, i: number) =>
        i >= LATER && i < LATER + frames ? { ...o, faces: [...o.faces, ...o.faces] } : o,
    });
    expect(outcomeOf(second(20))).toMatchObject({ reason: 'several_faces' });
    expect(outcomeOf(second(3))).toMatchObject({ status: 'passed' });
  });

  it('whose clock goes back, or jumps ahead, does not pass', () => {
    const clock = (byMs: number) => ({
      alter: (o: Observation, i: number) => (i < LATER ? o : { ...o, timeMs: o.timeMs + byMs }),
    });
    expect(outcomeOf(clock(-1000))).toMatchObject({ reason: 'clock_went_back' });
    expect(outcomeOf(clock(1000))).toMatchObject({ reason: 'stream_gap' });
    expect(outcomeOf({ alter: (o) => ({ ...o, timeMs: o.timeMs - 4000 }) })).toMatchObject({
      reason: 'clock_went_back',
    });
  });

  it('that jumps to another place does not pass; one wrong frame is forgiven', () => {
    const shifted = (o: Observation) =>
      withFace(o, { landmarks: o.faces[0]!.landmarks.map(({ x, y }) => ({ x: x + 300, y })) });
    expect(outcomeOf({ alter: (o, i) => (i >= LATER ? shifted(o) : o) })).toMatchObject({ reason: 'jump' });
    expect(outcomeOf({ alter: (o, i) => (i === LATER ? shifted(o) : o) })).toMatchObject({
      status: 'passed',
    });
  });

  it('in which another face takes over does not pass, wherever that happens', () => {
    fc.assert(
      fc.property(strong, fc.integer({ min: 20, max: 120 }), (a, from) => {
        const alter = (o: Observation, i: number) =>
          i >= from && o.faces[0]!.distanceToFirst !== null ? withFace(o, { distanceToFirst: 0.8 }) : o;
        const { outcome, lastFrameMs } = perform(a, { alter }).state;
        // At many frames a second the change may come after the end, at few before the first look.
        if ((lastFrameMs! - 5300) * a.fps > (from + 15) * 1000) expect(outcome.status).toBe('failed');
      }),
      RUNS,
    );
    const strange = (o: Observation, i: number) => (i >= LATER ? withFace(o, { distanceToFirst: 0.8 }) : o);
    expect(outcomeOf({ alter: strange })).toMatchObject({ reason: 'another_face' });
  });

  it('in which nobody looked whose face it is does not pass', () => {
    expect(outcomeOf({ alter: (o) => withFace(o, { distanceToFirst: null }) })).toMatchObject({
      reason: 'no_neutral_start',
    });
    const onlyAtFirst = (o: Observation, i: number) => (i < 25 ? o : withFace(o, { distanceToFirst: null }));
    expect(outcomeOf({ alter: onlyAtFirst })).toMatchObject({ reason: 'too_late' });
  });

  it('recorded for another challenge does not pass', () => {
    const { observations, state } = perform(ONE);
    expect(state.outcome.status).toBe('passed');
    for (const steps of challengeSequences(3)) {
      if (steps.join() === state.challenge.steps.join()) continue;
      const challenge = { ...state.challenge, steps };
      const again = replayed({ challenge, options: optionsFor('yunet5'), fps: 25 }, { observations })();
      expect(again.outcome.status).toBe('failed');
    }
  });

  it('put together from two recordings of one head does not pass', () => {
    const other = perform({ ...ONE, seed: 12 }).observations;
    for (let cut = 40; cut < 100; cut += 7) {
      const alter = (o: Observation, i: number) =>
        i < cut ? o : { ...other[(i * 3) % other.length]!, timeMs: o.timeMs };
      expect(outcomeOf({ alter }).status).toBe('failed');
    }
  });
});

describe('the state of the judge', () => {
  it('goes through JSON between any two frames', () => {
    const { observations, state } = perform(ONE);
    let again = startJudging(state.challenge, optionsFor('yunet5'));
    for (const o of observations) again = JSON.parse(JSON.stringify(judgeFrame(again, o)));
    expect(again).toEqual(JSON.parse(JSON.stringify(state)));
  });

  it('stays as it is when the outcome stands', () => {
    const { observations, state } = perform(ONE);
    expect(judgeFrame(state, observations[0]!)).toBe(state);
    expect(judgeSilence(state, 1e9)).toBe(state);
  });

  it('guides through all steps in order', () => {
    const { observations, state } = perform(ONE);
    const asked: string[] = [];
    let again = startJudging(state.challenge, optionsFor('yunet5'));
    for (const o of observations) {
      again = judgeFrame(again, o);
      const { ask, progress } = again.guidance;
      expect(progress).toBeGreaterThanOrEqual(0);
      expect(progress).toBeLessThanOrEqual(1);
      if (asked.at(-1) !== ask) asked.push(ask);
    }
    expect(asked.filter((ask) => ask !== 'look_straight')).toEqual(state.challenge.steps);
    expect(asked.filter((_, i) => i % 2 === 0)).toEqual(new Array(4).fill('look_straight'));
  });

  it("is refused for dlib's five points unless pixels or the weak proof are asked for", () => {
    const challenge = drawChallenge(randomBytes, 0);
    const withoutPixels = { layout: 'dlib5', samePersonDistance: 0.5, asksPixels: false } as const;
    expect(() => startJudging(challenge, withoutPixels)).toThrow(
      'Expected a layout that proves any_plane without pixels but received dlib5',
    );
    expect(() => startJudging(challenge, { ...optionsFor('yunet5'), samePersonDistance: 0 })).toThrow(
      RangeError,
    );
  });

  it('does not move on by a time that is none, or by landmarks of another layout', () => {
    const start = startJudging(drawChallenge(randomBytes, 5000), optionsFor('yunet5'));
    const [o] = perform(ONE).observations as [Observation];
    expect(() => judgeFrame(start, { ...o, timeMs: Number.NaN })).toThrow(TypeError);
    expect(() => judgeFrame(start, withFace(o, { landmarks: [] }))).toThrow('Expected 5 landmarks');
  });
});
