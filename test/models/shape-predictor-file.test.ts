import { beforeAll, describe, expect, it } from 'vitest';
import { parseShapePredictor } from '../../src/models/dlib/shape-predictor-file.ts';
import { weightsEntry } from '../../src/models/manifest.ts';
import { readWeights } from '../../src/models/weights.ts';

let bytes: Uint8Array;

beforeAll(async () => {
  bytes = await readWeights(weightsEntry('dlib-landmarks-5'));
});

describe('the reader of shape predictors', () => {
  it('reads the 5-point model: 15 cascades of 500 trees with 16 leaves', () => {
    const model = parseShapePredictor(bytes, 'five');
    expect(model.pointCount).toBe(5);
    expect(model.cascades).toHaveLength(15);
    for (const cascade of model.cascades) {
      expect([cascade.treeCount, cascade.splitsPerTree, cascade.leavesPerTree]).toEqual([500, 15, 16]);
      expect(cascade.anchorIndex).toHaveLength(800);
      expect(cascade.deltas).toHaveLength(1600);
      expect(cascade.leaves).toHaveLength(500 * 16 * 10);
      expect(Math.max(...cascade.anchorIndex)).toBeLessThan(5);
      expect(Math.max(...cascade.splitA, ...cascade.splitB)).toBeLessThan(800);
    }
  });

  it('begins with a mean face whose first eye is right of the third point and above the nose', () => {
    const { initialShape } = parseShapePredictor(bytes, 'five');
    const [firstX = 0, firstY = 0, , , thirdX = 0] = initialShape;
    expect(firstX).toBeGreaterThan(thirdX);
    expect(firstY).toBeLessThan(initialShape[9] ?? 0);
  });

  it('reads the 99 MB of the 68-point model', async () => {
    const model = parseShapePredictor(await readWeights(weightsEntry('dlib-landmarks-68')), 'sixty-eight');
    expect(model.pointCount).toBe(68);
    expect(model.cascades).toHaveLength(15);
  });

  it('refuses a file that is cut short anywhere, or goes on behind its end', () => {
    const expectCorrupt = (damaged: Uint8Array) =>
      expect(() => parseShapePredictor(damaged, 'damaged')).toThrow(
        expect.objectContaining({ code: 'model_corrupt' }),
      );
    for (let cut = 0; cut < bytes.length; cut += 500_009) expectCorrupt(bytes.subarray(0, cut));
    expectCorrupt(bytes.subarray(0, bytes.length - 1));
    const longer = new Uint8Array(bytes.length + 1);
    longer.set(bytes);
    expectCorrupt(longer);
  });
});
