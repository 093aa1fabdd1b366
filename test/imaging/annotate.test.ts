import { describe, expect, test } from 'vitest';
import type { RgbImage } from '../../src/core/image.ts';
import { createImage } from '../../src/core/image.ts';
import { annotate, type FaceMark } from '../../src/imaging/annotate.ts';
import { renderLine, toOneLine } from '../../src/imaging/label-text.ts';
import {
  bluishGreen,
  contrast,
  skyBlue,
  textColourOn,
  vermillion,
  yellow,
} from '../../src/imaging/palette.ts';

const grey = (width: number, height: number): RgbImage => {
  const image = createImage(width, height);
  image.data.fill(128);
  return image;
};
const mark = (label: string | null, kind: FaceMark['kind'] = 'match', left = 80, top = 60): FaceMark => ({
  box: { left, top, right: left + 80, bottom: top + 80 },
  label,
  kind,
});

const pixel = (image: RgbImage, x: number, y: number) =>
  Array.from(image.data.subarray((y * image.width + x) * 3).subarray(0, 3));
function countOf(image: RgbImage, [r, g, b]: readonly number[]): number {
  let count = 0;
  for (let i = 0; i < image.data.length; i += 3) {
    if (image.data[i] === r && image.data[i + 1] === g && image.data[i + 2] === b) count++;
  }
  return count;
}

describe('annotate', () => {
  test('draws box and label and leaves the given picture as it was', async () => {
    const image = grey(320, 240);
    const { image: drawn, numbered } = await annotate(image, [mark('Ada Lovelace')]);
    expect(image.data.every((value) => value === 128)).toBe(true);
    expect(pixel(drawn, 120, 60)).toEqual([...bluishGreen]);
    expect(pixel(drawn, 120, 100)).toEqual([128, 128, 128]);
    expect(countOf(drawn, [0, 0, 0])).toBeGreaterThan(50);
    expect(numbered).toEqual([]);
  });

  test('tells the kinds apart by colour and by line', async () => {
    const inks = { match: bluishGreen, unknown: vermillion, ambiguous: yellow, detection: skyBlue };
    const inked = new Map<string, number>();
    for (const [kind, colour] of Object.entries(inks)) {
      const { image } = await annotate(grey(320, 240), [mark(null, kind as FaceMark['kind'])]);
      inked.set(kind, countOf(image, colour));
    }
    expect(inked.get('detection')).toBe(inked.get('match'));
    expect(inked.get('unknown')!).toBeLessThan(inked.get('match')! * 0.85);
    expect(inked.get('ambiguous')!).toBeLessThan(inked.get('unknown')!);
  });

  test('letters have a contrast of at least 4.5 to 1 on every colour', () => {
    for (const colour of [bluishGreen, vermillion, yellow, skyBlue]) {
      expect(contrast(colour, textColourOn(colour))).toBeGreaterThan(4.5);
    }
  });

  test('landmarks are dots centred on their pixels', async () => {
    const landmarks = [
      { x: 100, y: 90 },
      { x: 500, y: 500 },
    ];
    const { image } = await annotate(grey(320, 240), [{ ...mark(null), landmarks }]);
    expect(pixel(image, 100, 90)).not.toEqual([128, 128, 128]);
    expect(pixel(image, 98, 90)).toEqual(pixel(image, 102, 90));
  });

  test('a script without a font becomes a number, one for each name, and the names are returned', async () => {
    // Linear A: code points that no usual system font draws.
    const [first, second] = ['\u{10600}\u{10601}', '\u{10602}'];
    const marks = [
      mark(first!, 'match', 10),
      mark('Ada', 'match', 100),
      mark(second!, 'match', 190),
      mark(first!, 'match', 280),
    ];
    const { numbered } = await annotate(grey(400, 240), marks);
    expect(numbered).toEqual([
      { number: 1, label: first },
      { number: 2, label: second },
    ]);
  });

  test.each([
    'Tom & <b>Jerry</b>',
    '</span><span size="200">',
    '[slash/back\\slash]',
    'two\nlines\r\n\ttab',
    '',
    '   ',
    'x'.repeat(300),
    'e\u0301\u0302\u0303'.repeat(90),
    '👩‍👩‍👧‍👦 family',
    'עברית',
    '\u202eevil',
    'a\0b',
    '\ud800',
    '\ufeff',
    '&#0;',
    '%s%n',
  ])('the label %j is drawn without failing', async (label) => {
    const { image } = await annotate(grey(320, 240), [mark(label)]);
    expect(image.data.length).toBe(320 * 240 * 3);
  });

  test.each([
    [1, 1],
    [3, 200],
    [200, 3],
    [20, 20],
  ])('a picture of %i x %i is survived', async (width, height) => {
    const box = { left: -3, top: -3, right: width + 2, bottom: height + 2 };
    const { image } = await annotate(grey(width, height), [{ box, label: 'Ada Lovelace', kind: 'unknown' }]);
    expect([image.width, image.height]).toEqual([width, height]);
  });

  test('boxes outside, tiny, huge or many do no harm', async () => {
    const boxes = [
      { left: -500, top: -500, right: -400, bottom: -400 },
      { left: 10, top: 10, right: 11, bottom: 11 },
      { left: -1e7, top: -1e7, right: 1e7, bottom: 1e7 },
    ];
    const crowd = Array.from({ length: 200 }, (_, i) =>
      mark(`Person ${i}`, 'match', (i % 20) * 16, Math.floor(i / 20) * 24),
    );
    await annotate(grey(320, 240), [
      ...boxes.map((box) => ({ box, label: 'Ada', kind: 'match' as const })),
      ...crowd,
    ]);
    await expect(annotate(grey(9, 9), [])).resolves.toMatchObject({ numbered: [] });
  });

  test('a box that is none is the caller’s mistake', async () => {
    for (const box of [
      { left: Number.NaN, top: 0, right: 9, bottom: 9 },
      { left: 5, top: 0, right: 5, bottom: 9 },
    ]) {
      await expect(annotate(grey(9, 9), [{ box, label: null, kind: 'match' }])).rejects.toThrow(RangeError);
    }
  });
});

describe('label text', () => {
  test('long names are cut with … to the room there is', async () => {
    const short = await renderLine('Ada', 20, [0, 0, 0], 200);
    const long = await renderLine('Ada '.repeat(75), 20, [0, 0, 0], 200);
    expect(short.width).toBeLessThan(60);
    expect(long.width).toBeGreaterThan(170);
    expect(long.width).toBeLessThanOrEqual(200);
  });

  test('names with and without letters below the line stand on one baseline', async () => {
    const heights = await Promise.all(
      ['Ada', 'gypsy', 'xx', 'Élan', 'Жук'].map(
        async (text) => (await renderLine(text, 30, [0, 0, 0], 500)).height,
      ),
    );
    expect(new Set(heights).size).toBe(1);
  });

  test('a name becomes one line without direction marks', () => {
    expect(toOneLine(' Ada\r\nLovelace\u202e\u2066 ')).toBe('Ada Lovelace');
    expect(toOneLine('e\u0301')).toBe('\u00e9');
  });
});
