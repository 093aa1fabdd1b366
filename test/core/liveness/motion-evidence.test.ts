import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createRandom,
  drawHabit,
  drawHead,
  drawScene,
  film,
  headView,
  POSE_POINTS,
  pictureView,
  shearedView,
} from '../../../bench/liveness/simulated-stream.js';
import { motionEvidence } from '../../../src/core/liveness/motion-evidence.ts';

/** Somebody's head, and how it is held when looking straight. */
interface Who {
  readonly points: ReturnType<typeof drawHead>;
  readonly habit: ReturnType<typeof drawHabit>;
}
type View = ReturnType<typeof headView>;
interface Swing {
  readonly yaw?: number;
  readonly pitch?: number;
  readonly roll?: number;
}

const LAYOUTS = ['dlib68', 'yunet5'] as const;
/** Always the same: how often the rare videos mislead is for bench/liveness to say. */
const RUNS = { numRuns: 100, seed: 2 };
const about = fc.record({
  seed: fc.integer({ min: 1, max: 1e9 }),
  layout: fc.constantFrom(...LAYOUTS),
  fps: fc.constantFrom(10, 24, 60, 240),
});

function filmed(
  { seed, layout, fps }: { seed: number; layout: (typeof LAYOUTS)[number]; fps: number },
  viewOf: (who: Who) => View,
  { yaw = 0, pitch = 0, roll = 0 }: Swing,
) {
  const random = createRandom(seed);
  const scene = drawScene(random);
  const view = viewOf({ points: drawHead(layout, random), habit: drawHabit(random) });
  const motion = (s: number) => {
    const share = Math.sin(Math.PI * s);
    return { yaw: yaw * share, pitch: pitch * share, roll: roll * share };
  };
  return film({ layout, view, scene, random, fps, motion });
}

describe('a face in a short video', () => {
  it('that turns to the side is a head, save a very odd one, and never flat', () => {
    let heads = 0;
    fc.assert(
      fc.property(about, (a) => {
        const { verdict } = motionEvidence(filmed(a, headView, { yaw: 20 }), a.layout);
        expect(verdict).not.toBe('flat');
        if (verdict === 'head') heads++;
      }),
      RUNS,
    );
    expect(heads).toBeGreaterThanOrEqual(95);
  });

  it('that holds still is neither', () => {
    fc.assert(
      fc.property(about, (a) => {
        expect(motionEvidence(filmed(a, headView, {}), a.layout)).toEqual({ verdict: 'unsure', depth: null });
      }),
      RUNS,
    );
  });

  it('is never a head when it is a flat picture, however that is turned, tilted and sheared', () => {
    const swing = fc.record({
      yaw: fc.integer({ min: -45, max: 45 }),
      pitch: fc.integer({ min: -30, max: 30 }),
      roll: fc.integer({ min: -40, max: 40 }),
      slant: fc.integer({ min: -80, max: 80 }),
    });
    fc.assert(
      fc.property(about, swing, (a, { slant, ...turn }) => {
        const flat = filmed(a, (who) => pictureView({ ...who, slant }), turn);
        expect(motionEvidence(flat, a.layout).verdict).not.toBe('head');
        const sheared = filmed(a, (who) => shearedView(who, POSE_POINTS[a.layout]), { yaw: turn.yaw });
        expect(motionEvidence(sheared, a.layout).verdict).not.toBe('head');
      }),
      RUNS,
    );
  });

  it('that is turned as a picture by 50 degrees is told to be one', () => {
    const a = { seed: 5, layout: 'yunet5', fps: 25 } as const;
    expect(motionEvidence(filmed(a, pictureView, { yaw: 50 }), 'yunet5').verdict).toBe('flat');
  });

  it('is neither without frames, from one frame, and from two shots of a head put together', () => {
    const a = { seed: 3, layout: 'yunet5', fps: 25 } as const;
    const frames = filmed(a, headView, { yaw: 50 });
    expect(motionEvidence([], 'yunet5').verdict).toBe('unsure');
    expect(motionEvidence(frames.slice(0, 1), 'yunet5').verdict).toBe('unsure');
    const straight = frames.slice(0, 3);
    const turnedAside = frames.slice(11, 14).map(({ landmarks }, i) => ({ landmarks, timeMs: 120 + 40 * i }));
    expect(motionEvidence([...straight, ...turnedAside], 'yunet5').verdict).toBe('unsure');
    expect(motionEvidence(frames.toReversed(), 'yunet5').verdict).toBe('unsure');
  });
});
