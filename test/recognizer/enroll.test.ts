import { describe, expect, it } from 'vitest';
import type { Rect } from '../../src/core/geometry.ts';
import type { AnalysedFace } from '../../src/recognizer/analysis.ts';
import { faceAt, requireFaceChoice } from '../../src/recognizer/enroll.ts';

const quality = { sizePx: 100, sharpness: 1, brightness: 100 } as never;
const faceIn = (left: number, top: number, right: number, bottom: number): AnalysedFace => ({
  box: { left, top, right, bottom },
  score: 1,
  landmarks: [],
  embedded: { embedding: Float32Array.of(left), chip: null, quality },
  liveness: null,
});

describe('the face at a point', () => {
  const small = faceIn(10, 10, 30, 30);
  const large = faceIn(0, 0, 100, 100);
  const faces = [large, small, faceIn(200, 0, 220, 20)];
  const at = (x: number, y: number): Rect => faceAt(faces, { x, y }).box;

  it('is the one whose box holds it, with its left and top edge, without the right and bottom one', () => {
    expect(at(200, 0)).toEqual({ left: 200, top: 0, right: 220, bottom: 20 });
    expect(at(219.5, 19)).toEqual({ left: 200, top: 0, right: 220, bottom: 20 });
    expect(() => at(220, 10)).toThrow(/No face was found at 220,10/);
    expect(() => at(210, 20)).toThrow(expect.objectContaining({ code: 'no_face' }));
  });

  it('is of several the one whose centre is nearest', () => {
    expect(at(20, 20)).toEqual(small.box);
    expect(at(29, 29)).toEqual(small.box);
    expect(at(60, 60)).toEqual(large.box);
    expect(at(5, 5)).toEqual(large.box);
  });

  it('is asked for in one way, by numbers, and in one picture', () => {
    requireFaceChoice({ largest: true }, 3);
    requireFaceChoice({ at: { x: 1, y: -2.5 } }, 1);
    expect(() => requireFaceChoice({ at: { x: 1, y: 2 }, largest: true }, 1)).toThrow(TypeError);
    expect(() => requireFaceChoice({ at: { x: 1, y: 2 } }, 2)).toThrow(/one picture for at but received 2/);
    expect(() => requireFaceChoice({ at: { x: Number.NaN, y: 2 } }, 1)).toThrow(/received NaN and 2/);
  });
});
