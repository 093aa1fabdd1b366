import { fileURLToPath } from 'node:url';
import { createDecoder } from 'acquaint';
import sharp, { type Sharp } from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { dlibChipLandmarks, dlibChipRegion, extractChip } from '../../src/core/chip.ts';
import type { Point, Rect } from '../../src/core/geometry.ts';
import { createImage, type RgbImage } from '../../src/core/image.ts';
import { adjustGamma } from '../../src/core/preprocess.ts';
import {
  type FaceMeasurements,
  type FaceQuality,
  measureQuality,
  qualityReasons,
  qualityScore,
} from '../../src/core/quality.ts';

/** Chips of real faces, looking into the camera. */
const NAMES = ['sample1.0', 'sample1.1', 'sample2.0', 'sample3.0', 'sample4.1', 'sample5.0', 'sample6.0'];

const face: FaceMeasurements = {
  sizePx: 110,
  landmarks: dlibChipLandmarks(),
  picture: { width: 150, height: 150 },
  landmarkSpread: 0.005,
  viewSpread: 0.11,
};

let chips: RgbImage[];
beforeAll(async () => {
  const files = NAMES.map((name) => fileURLToPath(new URL(`../golden/chips/${name}.png`, import.meta.url)));
  chips = await Promise.all(files.map(async (file) => (await createDecoder().decode(file)).image));
});

async function changed(chip: RgbImage, change: (picture: Sharp) => Sharp): Promise<RgbImage> {
  const { width, height } = chip;
  const picture = sharp(chip.data, { raw: { width, height, channels: 3 } });
  return { data: new Uint8Array(await change(picture).removeAlpha().raw().toBuffer()), width, height };
}

/** With something drawn over it, in pixels of the chip. */
function covered(chip: RgbImage, shapes: string): Promise<RgbImage> {
  const svg = Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="150" height="150">${shapes}</svg>`);
  return changed(chip, (picture) => picture.composite([{ input: svg }]));
}

function part({ data, width }: RgbImage, { left, top, right, bottom }: Rect): RgbImage {
  const image = createImage(right - left, bottom - top);
  for (let y = top; y < bottom; y++) {
    const row = data.subarray((y * width + left) * 3, (y * width + right) * 3);
    image.data.set(row, (y - top) * image.width * 3);
  }
  return image;
}

async function expectReason(
  reason: string,
  level: 'low' | 'medium',
  change: (chip: RgbImage) => RgbImage | Promise<RgbImage>,
): Promise<void> {
  for (const [i, chip] of chips.entries()) {
    const reasons = qualityReasons(measureQuality(await change(chip), face), level);
    expect(reasons, NAMES[i]).toContain(reason);
  }
}

describe('the quality of a real face', () => {
  it('has nothing to blame in a plain one', () => {
    for (const chip of chips) expect(qualityReasons(measureQuality(chip, face), 'medium')).toEqual([]);
  });

  it('says blurred', async () => {
    await expectReason('blurred', 'low', (chip) => changed(chip, (picture) => picture.blur(4)));
  });

  it('says dark and burnt', async () => {
    await expectReason('dark', 'medium', (chip) => adjustGamma(chip, 0.12));
    await expectReason('burnt', 'low', (chip) => changed(chip, (picture) => picture.linear(1, 190)));
  });

  it('says flat', async () => {
    await expectReason('flat', 'low', (chip) => changed(chip, (picture) => picture.linear(0.1, 110)));
  });

  it.each(['#e1e2e4', '#96b9cd', '#1e1e20', '#d7a0a5', '#8c282d'])(
    'says mouth_hidden for a mask of colour %s',
    async (color) => {
      const mask = `<path fill="${color}" d="M12,66 L73,62 L134,66 L124,116 L92,146 L54,146 L22,116 Z"/>`;
      const folds = [84, 100, 116]
        .map((y) => `<path stroke="black" stroke-opacity="0.12" d="M20,${y} L126,${y}"/>`)
        .join('');
      await expectReason('mouth_hidden', 'medium', (chip) => covered(chip, mask + folds));
    },
  );

  it.each(['#101014', '#3c2a1e'])('says eyes_hidden for glasses of colour %s', async (color) => {
    const glass = (x: number): string => `<ellipse cx="${x}" cy="51" rx="21" ry="16" fill="${color}"/>`;
    await expectReason('eyes_hidden', 'medium', (chip) => covered(chip, glass(47) + glass(99)));
  });

  it('measures what the picture shows and not the black beyond its edge', async () => {
    // The right half of the chip lies outside the picture.
    const picture = { width: 75, height: 150 };
    const edge = '<rect x="75" y="0" width="75" height="150"/>';
    for (const chip of chips) {
      const whole = measureQuality(chip, face);
      const cut = measureQuality(await covered(chip, edge), { ...face, picture });
      expect(cut.outside).toBeCloseTo(0.5, 1);
      expect(Math.abs(cut.brightness - whole.brightness)).toBeLessThan(40);
      expect(qualityReasons(cut, 'low')).toContain('cut');
      expect(whole.outside).toBe(0);
    }
  });

  describe('that the edge of the picture cuts', () => {
    type Side = 'left' | 'right' | 'top' | 'bottom';
    /** The chip of a picture of which that side is missing, up to `edge` in pixels of the whole chip. */
    function measuredBeyond(chip: RgbImage, side: Side, edge: number): FaceQuality {
      const kept = { left: 0, top: 0, right: chip.width, bottom: chip.height, [side]: edge };
      const picture = part(chip, kept);
      const landmarks = face.landmarks.map(({ x, y }) => ({ x: x - kept.left, y: y - kept.top }));
      const cut = extractChip(picture, dlibChipRegion(landmarks), chip.width);
      return measureQuality(cut, { ...face, landmarks, picture });
    }

    it.each<[Side, readonly number[]]>([
      ['left', [45, 60, 75, 90]],
      ['right', [60, 75, 90, 105]],
      ['top', [40, 50, 60, 70, 80]],
      ['bottom', [70, 80, 90, 100, 110, 120]],
    ])('is not said to hide the eyes or the mouth beyond the %s one', (side, edges) => {
      for (const [i, chip] of chips.entries()) {
        for (const edge of edges) {
          const reasons = qualityReasons(measuredBeyond(chip, side, edge), 'medium');
          expect(reasons, `${NAMES[i]} to ${edge}`).not.toContain('eyes_hidden');
          expect(reasons, `${NAMES[i]} to ${edge}`).not.toContain('mouth_hidden');
        }
      }
    });

    it('has no measure of what is not in the picture', () => {
      for (const chip of chips) {
        expect(measuredBeyond(chip, 'top', 65)).toMatchObject({ eyeLight: null });
        expect(measuredBeyond(chip, 'bottom', 95)).toMatchObject({ mouthLines: null });
        // Beyond the middle: half of a face still has an eye.
        expect(measuredBeyond(chip, 'right', 77).eyeLight).toBeGreaterThan(0.7);
        expect(qualityScore(measuredBeyond(chip, 'top', 65))).toBeGreaterThan(0.7);
      }
    });

    it('still hides behind glasses and a mask what is in the picture', async () => {
      const glasses = [47, 99].map((x) => `<ellipse cx="${x}" cy="51" rx="21" ry="16" fill="#101014"/>`);
      const mask = '<path fill="#96b9cd" d="M12,66 L73,62 L134,66 L124,116 L92,146 L54,146 L22,116 Z"/>';
      for (const chip of chips) {
        const behindGlasses = measuredBeyond(await covered(chip, glasses.join('')), 'bottom', 105);
        expect(qualityReasons(behindGlasses, 'medium')).toContain('eyes_hidden');
        const behindMask = measuredBeyond(await covered(chip, mask), 'left', 50);
        expect(qualityReasons(behindMask, 'medium')).toContain('mouth_hidden');
      }
    });

    it('is as sharp as what is seen of it: the edge itself is no detail', async () => {
      for (const chip of chips) {
        const blurred = await changed(chip, (picture) => picture.blur(4));
        expect(qualityReasons(measuredBeyond(blurred, 'bottom', 100), 'low')).toContain('blurred');
      }
    });
  });

  it('is the same whatever the hair and the background are', async () => {
    const frame = '<path fill="lime" fill-rule="evenodd" d="M0,0 H150 V150 H0 Z M30,24 V136 H118 V24 Z"/>';
    for (const chip of chips) {
      expect(measureQuality(await covered(chip, frame), face)).toEqual(measureQuality(chip, face));
    }
  });
});

it('a blurred mouth is not called hidden', async () => {
  for (const chip of chips) {
    const reasons = qualityReasons(
      measureQuality(await changed(chip, (picture) => picture.blur(5)), face),
      'high',
    );
    expect(reasons).toContain('blurred');
    expect(reasons).not.toContain('mouth_hidden');
  }
});

describe('the pose', () => {
  const turnedBy = (degrees: number): Point[] => {
    const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
    return dlibChipLandmarks().map(({ x, y }) => ({
      x: 75 + cos * (x - 75) - sin * (y - 75),
      y: 75 + sin * (x - 75) + cos * (y - 75),
    }));
  };

  it('has the roll that the landmarks were turned by', () => {
    for (const degrees of [-50, -10, 0, 35]) {
      const { roll } = measureQuality(chips[0]!, { ...face, landmarks: turnedBy(degrees) });
      expect(roll).toBeCloseTo(degrees, 0);
    }
    const tilted = measureQuality(chips[0]!, { ...face, landmarks: turnedBy(50) });
    expect(qualityReasons(tilted, 'low')).toContain('tilted');
  });

  it('has a yaw that grows as the nose moves to the side', () => {
    const yaws = [-20, 0, 20].map((right) => {
      const landmarks = dlibChipLandmarks().map(({ x, y }, i) => (i === 4 ? { x: x + right, y } : { x, y }));
      return measureQuality(chips[0]!, { ...face, landmarks }).yaw;
    });
    expect(yaws[0]).toBeLessThan(-30);
    expect(Math.abs(yaws[1]!)).toBeLessThan(2);
    expect(yaws[2]).toBeGreaterThan(30);
  });
});

describe('the levels and the score', () => {
  let quality: FaceQuality;
  beforeAll(() => {
    quality = measureQuality(chips[0]!, face);
  });

  it('demand more from level to level', () => {
    const poor = { ...quality, sizePx: 30, sharpness: 12, landmarkSpread: 0.15 };
    const [low, medium, high] = (['low', 'medium', 'high'] as const).map((level) =>
      qualityReasons(poor, level),
    );
    expect(low).toEqual([]);
    expect(medium).toEqual(['small', 'unclear_landmarks']);
    expect(high).toEqual(['small', 'blurred', 'unclear_landmarks']);
  });

  it('fall with unsteady embeddings and landmarks and with dark glasses', () => {
    const score = qualityScore(quality)!;
    expect(score).toBeGreaterThan(0.7);
    for (const worse of [{ viewSpread: 0.2 }, { landmarkSpread: 0.1 }, { eyeLight: 0.3 }]) {
      expect(qualityScore({ ...quality, ...worse })).toBeLessThan(score - 0.2);
    }
  });

  it('have no score for a single view', () => {
    expect(qualityScore({ ...quality, viewSpread: null })).toBeNull();
  });
});
