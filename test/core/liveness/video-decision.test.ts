import { describe, expect, it } from 'vitest';
import { sameFaceLooks } from '../../../src/core/liveness/same-face-looks.ts';
import {
  decideVideo,
  type SeenFrame,
  type VideoEvidence,
} from '../../../src/core/liveness/video-decision.ts';

const thresholds = { spoofBelow: 0.1, liveFrom: 0.9 };

/** Two seconds of one face that scores 0.97, with changes. */
function frames(change: (frame: SeenFrame, i: number) => Partial<SeenFrame> = () => ({})): SeenFrame[] {
  return Array.from({ length: 20 }, (_, i) => {
    const frame: SeenFrame = { timeMs: 100 * i, faces: 'one', looks: 0.97 };
    return { ...frame, ...change(frame, i) };
  });
}

function decided(changes: Partial<VideoEvidence> = {}) {
  const motion = { verdict: 'head', depth: 0.9 } as const;
  const identity = { same: 5, others: 0 };
  return decideVideo({ frames: frames(), motion, flatness: 0.85, identity, ...changes }, thresholds);
}

const none = { faces: 'none', looks: null } as const;
const several = { faces: 'several', looks: null } as const;
const elsewhere = { faces: 'elsewhere', looks: null } as const;

describe('a video', () => {
  it('is live when one face moves as a head, is no plane, and looks live nearly all the time', () => {
    expect(decided()).toMatchObject({ decision: 'live', reason: 'moves_as_a_head', score: 0.97, frames: 20 });
    const fewPoor = frames((_, i) => (i % 6 === 5 ? { looks: 0.2 } : {}));
    expect(decided({ frames: fewPoor })).toMatchObject({ decision: 'live', lowScore: 0.97 });
    const fewOdd = frames((_, i) => (i === 7 ? several : i === 12 ? none : {}));
    expect(decided({ frames: fewOdd })).toMatchObject({ decision: 'live', frames: 18 });
  });

  it.each<[string, string, Partial<VideoEvidence>]>([
    ['unsure', 'no_face', { frames: [] }],
    ['unsure', 'no_face', { frames: frames(() => none) }],
    ['unsure', 'several_faces', { frames: frames(() => several) }],
    ['unsure', 'several_faces', { frames: frames((_, i) => (i % 4 === 1 ? several : {})) }],
    ['unsure', 'too_few_frames', { frames: frames().slice(0, 7) }],
    ['unsure', 'too_few_frames', { frames: frames((_, i) => ({ timeMs: 10 * i })) }],
    ['unsure', 'face_lost', { frames: frames((_, i) => (i > 8 && i < 15 ? none : {})) }],
    ['unsure', 'face_lost', { frames: frames((_, i) => (i > 12 ? elsewhere : {})) }],
    ['spoof', 'another_face', { identity: { same: 3, others: 2 } }],
    ['unsure', 'another_face', { identity: { same: 4, others: 1 } }],
    ['spoof', 'flat_motion', { motion: { verdict: 'flat', depth: 0.1 } }],
    ['spoof', 'flat_motion', { flatness: 0.99 }],
    ['unsure', 'unclear_motion', { flatness: 0.96 }],
    ['unsure', 'unclear_motion', { flatness: null }],
    ['unsure', 'unclear_motion', { motion: { verdict: 'unsure', depth: 0.4 } }],
    ['unsure', 'holds_still', { motion: { verdict: 'unsure', depth: null } }],
    ['spoof', 'looks_like_a_picture', { frames: frames(() => ({ looks: 0.05 })) }],
    ['unsure', 'between_thresholds', { frames: frames(() => ({ looks: 0.5 })) }],
    ['unsure', 'uneven', { frames: frames((_, i) => (i % 3 === 0 ? { looks: 0.05 } : {})) }],
    ['unsure', 'small', { frames: frames(() => ({ looks: 'small' })) }],
    ['unsure', 'too_close', { frames: frames((_, i) => ({ looks: i < 9 ? 0.97 : 'too_close' })) }],
  ])('is %s because of %s', (decision, reason, changes) => {
    expect(decided(changes)).toMatchObject({ decision, reason });
  });

  it('is never live where landmarks or pixels show a flat thing, whatever the net says', () => {
    const sure = frames(() => ({ looks: 1 }));
    for (const flatness of [null, 0.955, 0.99, 1]) {
      for (const verdict of ['head', 'flat', 'unsure'] as const) {
        const motion = { verdict, depth: verdict === 'flat' ? 0 : 1 };
        expect(decided({ frames: sure, motion, flatness }).decision).not.toBe('live');
      }
    }
  });

  it('is refused with thresholds that are none', () => {
    const evidence = {
      frames: frames(),
      motion: { verdict: 'unsure', depth: null },
      flatness: null,
    } as const;
    const identity = { same: 0, others: 0 };
    expect(() => decideVideo({ ...evidence, identity }, { spoofBelow: 0.9, liveFrom: 0.1 })).toThrow(
      RangeError,
    );
  });
});

describe('looks at a face', () => {
  const at = (x: number) => Float32Array.of(x, 0);

  it('are counted against the one in their middle, so that a poor first look makes no strangers', () => {
    expect(sameFaceLooks([at(1), at(0.1), at(0), at(0.2)], 0.5)).toEqual({ same: 3, others: 1 });
    expect(sameFaceLooks([at(0), at(0.1), at(0), at(1), at(1.1)], 0.5)).toEqual({ same: 3, others: 2 });
    expect(sameFaceLooks([], 0.5)).toEqual({ same: 0, others: 0 });
  });
});
