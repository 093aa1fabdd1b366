import { describe, expect, it } from 'vitest';
import { dlibChipRegion, extractChip, mirrored, templateChipRegion } from '../../src/core/chip.ts';
import { CHIP_VIEWS, extractViews, viewsOfDlibChip } from '../../src/core/chip-views.ts';
import { meanEmbedding, scaleByNorm } from '../../src/core/distance.ts';
import { createImage } from '../../src/core/image.ts';

const image = createImage(400, 400);
for (let y = 0; y < 400; y++) {
  for (let x = 0; x < 400; x++) {
    image.data.set([x / 2, y / 2, 128 + 100 * Math.sin(x / 40) * Math.cos(y / 30)], (y * 400 + x) * 3);
  }
}
const region = { centre: { x: 200, y: 190 }, side: 180, angle: 0.2 };
const difference = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;

const DLIB = {
  chipSize: 150,
  chipRegion: (landmarks: Parameters<typeof dlibChipRegion>[0]) => dlibChipRegion(landmarks),
};

describe('views of a chip', () => {
  it('a single view is the chip itself', () => {
    expect(extractViews(image, region, 150, 'single')).toEqual([extractChip(image, region, 150)]);
    const chip = extractChip(image, region, 150);
    expect(viewsOfDlibChip(chip, DLIB, 'mirror')).toEqual([chip, mirrored(chip)]);
  });

  it('half of the others are mirrored, and all lie near the chip', () => {
    for (const views of ['mirror', 'four', 'twenty'] as const) {
      expect(CHIP_VIEWS[views].filter((view) => view.mirrored)).toHaveLength(CHIP_VIEWS[views].length / 2);
    }
    const chip = extractChip(image, region, 150);
    extractViews(image, region, 150, 'twenty').forEach((view, i) => {
      const upright = CHIP_VIEWS.twenty[i]!.mirrored ? mirrored(view) : view;
      expect(difference(upright.data, chip.data)).toBeLessThan(4);
      expect(difference(upright.data, chip.data)).toBeGreaterThan(0);
    });
  });

  it('from the chip are those from the picture, but for what lies outside', () => {
    const fromPicture = extractViews(image, region, 150, 'four');
    const fromChip = viewsOfDlibChip(extractChip(image, region, 150), DLIB, 'four');
    fromChip.forEach((view, i) => {
      const middle = (data: Uint8Array): Uint8Array => data.filter((_, at) => isMiddle(at, 150));
      expect(difference(middle(view.data), middle(fromPicture[i]!.data))).toBeLessThan(1);
    });
  });

  it("for a net with another chip show the same part of the face, from the picture and from dlib's chip", () => {
    // dlib's own points, moved and shrunk: a chip of 112 pixels that shows a little less around the face.
    const landmarks = [
      { x: 245, y: 165 },
      { x: 220, y: 168 },
      { x: 158, y: 166 },
      { x: 183, y: 168 },
      { x: 201, y: 217 },
    ];
    const template = landmarks.map(({ x, y }) => ({ x: (x - 201) * 0.8 + 56, y: (y - 180) * 0.8 + 44 }));
    const net = {
      chipSize: 112,
      chipRegion: (points: typeof landmarks) => templateChipRegion(points, template, 112),
    };
    const [fromPicture] = extractViews(image, net.chipRegion(landmarks), 112, 'single');
    const chip = extractChip(image, dlibChipRegion(landmarks), 150);
    const [fromChip] = viewsOfDlibChip(chip, net, 'single');
    const middle = (data: Uint8Array): Uint8Array => data.filter((_, at) => isMiddle(at, 112));
    expect(difference(middle(fromChip!.data), middle(fromPicture!.data))).toBeLessThan(2);
  });

  it('shift along the face, not along the picture', () => {
    const quarter = { ...region, angle: Math.PI / 2 };
    const upright = extractViews(image, { ...region, angle: 0 }, 150, 'four');
    const turned = extractViews(image, quarter, 150, 'four');
    expect(difference(upright[0]!.data, turned[0]!.data)).toBeGreaterThan(5);
  });
});

/** Not within 15 pixels of the chip's border. */
function isMiddle(at: number, side: number): boolean {
  const x = Math.floor(at / 3) % side;
  const y = Math.floor(at / (3 * side));
  return Math.min(x, y, side - 1 - x, side - 1 - y) >= 15;
}

describe('embeddings of views', () => {
  it('are averaged number by number', () => {
    expect([...meanEmbedding([Float32Array.of(1, 2), Float32Array.of(3, 6)])]).toEqual([2, 4]);
  });

  it('lose part of their norm', () => {
    const embedding = Float32Array.of(3, 4);
    expect(scaleByNorm(embedding, 0)).toBe(embedding);
    expect(Math.hypot(...scaleByNorm(embedding, 1))).toBeCloseTo(1, 6);
    expect(Math.hypot(...scaleByNorm(embedding, 0.5))).toBeCloseTo(Math.sqrt(5), 6);
    expect([...scaleByNorm(Float32Array.of(0, 0), 1)]).toEqual([0, 0]);
  });
});
