import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Tile } from './drawing.ts';
import { readFontCoverage } from './font-coverage.ts';
import { withFontconfig } from './fontconfig.ts';
import { loadSharp } from './load-sharp.ts';
import { black, type Colour, toHex } from './palette.ts';

/** Latin, Greek and Cyrillic; SIL Open Font License. Other scripts come from the system's fonts, where it has them. */
const fontFile = createRequire(import.meta.url).resolve(
  '@expo-google-fonts/noto-sans/600SemiBold/NotoSans_600SemiBold.ttf',
);
const fontName = 'Noto Sans SemiBold';

/** How far letters reach below the baseline (j, the deepest of the strut) and capitals above it, in parts of the font size. */
export const descent = 0.24;
export const capHeight = 0.714;

/** Characters that leave no ink of their own: no font needs a glyph for them. */
const invisible = /^[\p{White_Space}\p{Default_Ignorable_Code_Point}]$/u;
// Line breaks and controls would break the one line, direction controls the words around them.
const toSpace = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;
const toDrop = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\p{Cs}]/gu;

/** A name as it can stand on one line: NFC, no line breaks, controls or direction marks, no blanks at the ends. */
export function toOneLine(name: string): string {
  return name.normalize('NFC').replace(toSpace, ' ').replace(toDrop, '').trim();
}

/**
 * Whether every character of a one-line text can be drawn as itself and not as the box of a missing glyph.
 * Asks the package's font first, then tries the system's.
 */
export async function isDrawable(text: string): Promise<boolean> {
  let inked = false;
  for (const character of text) {
    if (invisible.test(character)) continue;
    inked = true;
    if (!(await hasGlyph(character))) return false;
  }
  return inked;
}

/**
 * One line of text as a tile, cut off with … where it would be wider than `maxWidth` pixels.
 * requires  isDrawable(text), no line breaks
 * ensures   the tile reaches from the highest accent to `descent` below the baseline, so that lines of one size stand
 *           on one baseline when their bottoms do; left and right end with the ink
 */
export async function renderLine(
  text: string,
  sizePx: number,
  colour: Colour,
  maxWidth: number,
): Promise<Tile> {
  await bundledCoverage();
  // No picture shows more; it also bounds the work for a name of a million letters.
  const graphemes = Array.from(new Intl.Segmenter().segment(text.slice(0, 2000)), ({ segment }) => segment);
  const whole = await renderOnBaseline(graphemes.slice(0, 200).join(''), sizePx, colour);
  if (whole.width <= maxWidth && graphemes.length <= 200) return whole;
  let tile = await renderOnBaseline('…', sizePx, colour);
  for (let low = 1, high = Math.min(graphemes.length, 200); low <= high; ) {
    const count = Math.floor((low + high) / 2);
    const shorter = await renderOnBaseline(
      `${graphemes.slice(0, count).join('').trimEnd()}…`,
      sizePx,
      colour,
    );
    if (shorter.width <= maxWidth) {
      tile = shorter;
      low = count + 1;
    } else {
      high = count - 1;
    }
  }
  return tile;
}

/** libvips crops to the ink, which loses the baseline: a strut as good as transparent keeps the height the same. */
async function renderOnBaseline(text: string, sizePx: number, colour: Colour): Promise<Tile> {
  const foreground = `foreground="${toHex(colour)}"`;
  return cropColumns(
    await renderMarkup(
      `<span ${foreground}>${escapeMarkup(text)}</span><span ${foreground} alpha="1"> \u00c9j</span>`,
      sizePx,
    ),
  );
}

async function renderMarkup(markup: string, sizePx: number): Promise<Tile> {
  // 72 dots an inch make a point of the font's size one pixel.
  const text = { text: markup, font: `${fontName} ${sizePx}`, fontfile: fontFile, dpi: 72, rgba: true };
  const sharp = await loadSharp();
  const { data, info } = await sharp({ text }).raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

function escapeMarkup(text: string): string {
  return text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function cropColumns(tile: Tile): Tile {
  const inked = (x: number): boolean => {
    for (let y = 0; y < tile.height; y++) if (tile.data[(y * tile.width + x) * 4 + 3]! > 0) return true;
    return false;
  };
  let left = 0;
  let right = tile.width;
  while (left < right - 1 && !inked(left)) left++;
  while (right - 1 > left && !inked(right - 1)) right--;
  const width = right - left;
  const data = new Uint8Array(width * tile.height * 4);
  for (let y = 0; y < tile.height; y++) {
    const from = (y * tile.width + left) * 4;
    data.set(tile.data.subarray(from, from + width * 4), y * width * 4);
  }
  return { data, width, height: tile.height };
}

let ready: Promise<(codePoint: number) => boolean> | undefined;

/** Loads the font for good, once in a process. */
function bundledCoverage(): Promise<(codePoint: number) => boolean> {
  ready ??= withFontconfig(() => renderMarkup('x', probeSize)).then(async () =>
    readFontCoverage(await readFile(fontFile)),
  );
  return ready;
}

const knownGlyphs = new Map<string, Promise<boolean>>();

function hasGlyph(character: string): Promise<boolean> {
  const known = knownGlyphs.get(character) ?? findGlyph(character);
  knownGlyphs.set(character, known);
  return known;
}

async function findGlyph(character: string): Promise<boolean> {
  const covers = await bundledCoverage();
  const codePoint = character.codePointAt(0)!;
  if (covers(codePoint)) return true;
  // Code points that will never be characters: no font draws them. Pango's box holds four hexadecimal digits or six.
  const missing = await probe(codePoint <= 0xffff ? '\ufdd0' : '\u{1fffe}');
  const drawn = await probe(character);
  return missing !== null && drawn !== null && !isSameBox(drawn, missing);
}

/** Large enough that no letter's outline agrees with the box's to the pixel, not even a square one. */
const probeSize = 48;

async function probe(character: string): Promise<Tile | null> {
  const foreground = toHex(black);
  return renderMarkup(`<span foreground="${foreground}">${character}</span>`, probeSize).catch(() => null);
}

/** The boxes of two missing glyphs differ in the digits inside: size and outermost pixels tell. */
function isSameBox(a: Tile, b: Tile): boolean {
  if (a.width !== b.width || a.height !== b.height) return false;
  for (let y = 0; y < a.height; y++) {
    const inner = y > 0 && y < a.height - 1;
    for (let x = 0; x < a.width; x += inner ? Math.max(1, a.width - 1) : 1) {
      const alpha = (y * a.width + x) * 4 + 3;
      if (a.data[alpha] !== b.data[alpha]) return false;
    }
  }
  return true;
}
