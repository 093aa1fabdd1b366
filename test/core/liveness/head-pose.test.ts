import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placedFace } from '../../../src/core/liveness/face-shape.ts';
import {
  type HeadAngles,
  headPoints,
  type LandmarkLayout,
  projectFar,
  projectNear,
  turned,
} from '../../../src/core/liveness/head-model.ts';
import { headPose } from '../../../src/core/liveness/head-pose.ts';

const LAYOUTS: readonly LandmarkLayout[] = ['dlib5', 'dlib68', 'yunet5'];
const STRAIGHT: HeadAngles = { yaw: 0, pitch: 0, roll: 0 };
const degrees = (most: number) => fc.double({ min: -most, max: most, noNaN: true });

function farView(layout: LandmarkLayout, angles: HeadAngles, pixelsPerMm: number) {
  const points = headPoints(layout).map((point) =>
    projectFar(turned(point, angles), pixelsPerMm, { x: 300, y: 200 }),
  );
  return placedFace(points, layout)!;
}

function poseOf(layout: LandmarkLayout, angles: HeadAngles, pixelsPerMm = 1.5) {
  const { place, shape } = farView(layout, angles, pixelsPerMm);
  return headPose(place, shape, farView(layout, STRAIGHT, 1.5), layout);
}

describe('the model head', () => {
  it('has as many points as the layout, each side the mirror of the other', () => {
    expect(LAYOUTS.map((layout) => headPoints(layout).length)).toEqual([5, 68, 5]);
    for (const layout of LAYOUTS) {
      const points = headPoints(layout);
      for (const { x, y, z } of points) {
        const partners = points.filter((o) => Math.hypot(o.x + x, o.y - y, o.z - z) < 1e-9);
        expect(partners).toHaveLength(1);
      }
    }
  });

  it("has dlib's 68 points in dlib's order", () => {
    const points = headPoints('dlib68');
    const xs = (from: number, to: number) => points.slice(from, to + 1).map(({ x }) => x);
    for (const run of [xs(0, 16), xs(17, 26), xs(31, 35), xs(36, 39), xs(42, 45), xs(48, 54)]) {
      expect(run).toEqual(run.toSorted((a, b) => a - b));
    }
    expect(points[8]!.y).toBe(Math.max(...points.map(({ y }) => y)));
    expect(points[30]!.z).toBe(Math.max(...points.map(({ z }) => z)));
    // Clockwise: the upper lid comes before the lower one.
    expect(points[37]!.y).toBeLessThan(points[41]!.y);
    expect(points[51]!.y).toBeLessThan(points[57]!.y);
  });

  it('looks the same to a pinhole far away as without perspective', () => {
    const distanceMm = 1e6;
    for (const point of headPoints('dlib68')) {
      const near = projectNear(
        { ...point, z: point.z - distanceMm },
        { focalPx: 1.5 * distanceMm, centre: { x: 300, y: 200 } },
      );
      const far = projectFar(point, 1.5, { x: 300, y: 200 });
      expect(Math.hypot(near.x - far.x, near.y - far.y)).toBeLessThan(0.02);
    }
  });
});

describe('the pose of a head', () => {
  it('is found again from the points of the model, seen from far away', () => {
    const angles = fc.record({ yaw: degrees(40), pitch: degrees(15), roll: degrees(40) });
    const size = fc.double({ min: 0.7, max: 2, noNaN: true });
    fc.assert(
      fc.property(angles, size, fc.constantFrom('dlib68', 'yunet5'), (wanted, scale, layout) => {
        const pose = poseOf(layout as LandmarkLayout, wanted, 1.5 * scale);
        expect(pose.yaw).toBeCloseTo(wanted.yaw, 3);
        expect(pose.pitch).toBeCloseTo(wanted.pitch, 3);
        expect(pose.roll).toBeCloseTo(wanted.roll, 3);
        expect(pose.scale).toBeCloseTo(scale, 3);
      }),
    );
  });

  it("is found from dlib's five points as long as the nose is not lowered", () => {
    const angles = fc.record({
      yaw: degrees(40),
      pitch: fc.double({ min: -15, max: 5, noNaN: true }),
      roll: degrees(40),
    });
    fc.assert(
      fc.property(angles, (wanted) => {
        const pose = poseOf('dlib5', wanted);
        expect(pose.yaw).toBeCloseTo(wanted.yaw, 2);
        expect(pose.roll).toBeCloseTo(wanted.roll, 2);
        expect(pose.scale).toBeCloseTo(1, 2);
      }),
    );
  });

  it("has the subject's own left as positive: to the right of a picture that is not mirrored", () => {
    for (const layout of LAYOUTS) {
      const noseX = (yaw: number) => farView(layout, { ...STRAIGHT, yaw }, 1).shape.nose.x;
      expect(noseX(20)).toBeGreaterThan(noseX(0));
      expect(poseOf(layout, { ...STRAIGHT, yaw: 20 }).yaw).toBeGreaterThan(19);
      expect(poseOf(layout, { ...STRAIGHT, roll: 20 }).roll).toBeGreaterThan(19);
      // The eye on the right of the picture goes down when the head tilts to that shoulder.
      expect(farView(layout, { ...STRAIGHT, roll: 20 }, 1).place.roll).toBeCloseTo(20, 6);
    }
  });

  it('does not turn when only the frame turns about, at half a circle and more', () => {
    const neutral = farView('yunet5', { ...STRAIGHT, roll: 170 }, 1.5);
    const { place, shape } = farView('yunet5', { ...STRAIGHT, roll: -170 }, 1.5);
    expect(headPose(place, shape, neutral, 'yunet5').roll).toBeCloseTo(20, 6);
  });
});

describe('landmarks', () => {
  it('of another layout are refused', () => {
    expect(() => placedFace([{ x: 1, y: 1 }], 'dlib5')).toThrow(
      'Expected 5 landmarks for the layout dlib5 but received 1',
    );
  });

  it('that are no numbers are refused', () => {
    const points = headPoints('dlib5').map(() => ({ x: Number.NaN, y: 0 }));
    expect(() => placedFace(points, 'dlib5')).toThrow(RangeError);
  });

  it('with both eyes in one place have no shape', () => {
    expect(
      placedFace(
        headPoints('yunet5').map(() => ({ x: 7, y: 7 })),
        'yunet5',
      ),
    ).toBeNull();
  });
});
