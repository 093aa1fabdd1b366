import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Point } from '../../../src/core/geometry.ts';
import { placedFace } from '../../../src/core/liveness/face-shape.ts';
import { headPoints, projectNear, turned } from '../../../src/core/liveness/head-model.ts';
import { depthShare, noseResidual, proofOf } from '../../../src/core/liveness/parallax.ts';

const LAYOUTS = ['dlib68', 'yunet5'] as const;
const small = (most: number) => fc.double({ min: -most, max: most, noNaN: true });

describe('depth', () => {
  it('is 0 for every picture of a flat picture', () => {
    const homography = fc.tuple(small(0.4), small(0.4), small(0.4), small(0.4), small(0.002), small(0.002));
    fc.assert(
      fc.property(homography, fc.constantFrom(...LAYOUTS), ([a, b, c, d, e, f], layout) => {
        const flat = headPoints(layout);
        const moved = flat.map(({ x, y }): Point => {
          const depth = 1 + e * x + f * y;
          return { x: ((1 + a) * x + b * y + 9) / depth, y: (c * x + (1 + d) * y - 4) / depth };
        });
        const neutral = placedFace(flat, layout)!.shape;
        const residual = noseResidual(neutral, placedFace(moved, layout)!.shape);
        // A plane that is seen beyond its horizon has none.
        // The middle between two corners of an eye, which stands for the eye in 68 points, is no point of the plane's.
        const most = layout === 'yunet5' ? 1e-6 : 0.02;
        if (residual) expect(Math.hypot(residual.x, residual.y)).toBeLessThan(most);
      }),
    );
  });

  it('is about 1 for a head that turns, however near the camera is and however it tilts', () => {
    const yaw = fc.oneof(
      fc.double({ min: 15, max: 45, noNaN: true }),
      fc.double({ min: -45, max: -15, noNaN: true }),
    );
    const distance = fc.double({ min: 350, max: 3000, noNaN: true });
    fc.assert(
      fc.property(
        yaw,
        small(10),
        small(30),
        distance,
        fc.constantFrom(...LAYOUTS),
        (y, pitch, roll, mm, layout) => {
          const camera = { focalPx: 900, centre: { x: 500, y: 400 } };
          const view = (angles: { yaw: number; pitch: number; roll: number }) => {
            const points = headPoints(layout).map((point) => turned(point, angles));
            return placedFace(
              points.map((point) => projectNear({ ...point, z: point.z - mm }, camera)),
              layout,
            )!.shape;
          };
          const share = depthShare(
            view({ yaw: 0, pitch: 0, roll: 0 }),
            view({ yaw: y, pitch, roll }),
            layout,
          );
          expect(share).toBeGreaterThan(0.7);
          expect(share).toBeLessThan(1.8);
        },
      ),
    );
  });

  it("is not to be had from dlib's five points, which lie too near one line", () => {
    const { shape } = placedFace(headPoints('dlib5'), 'dlib5')!;
    expect(depthShare(shape, shape, 'dlib5')).toBeNull();
    expect(proofOf('dlib5', { asksPixels: false })).toBe('upright_plane');
    expect(proofOf('dlib5', { asksPixels: true })).toBe('any_plane');
  });

  it('is not to be had from a face that did not move', () => {
    const { shape } = placedFace(headPoints('yunet5'), 'yunet5')!;
    expect(depthShare(shape, shape, 'yunet5')).toBeNull();
  });
});
