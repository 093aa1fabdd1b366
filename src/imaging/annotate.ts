import { requireArray, requireFields, requireOneOf } from '../core/arguments.ts';
import {
  clampRect,
  type Point,
  type Rect,
  rectHeight,
  rectWidth,
  requirePoint,
  requireRect,
} from '../core/geometry.ts';
import { type RgbImage, requireImage } from '../core/image.ts';
import { AcquaintError } from '../errors.ts';
import { type Dash, drawTile, fillCircle, fillRoundedRect, strokeFrame, type Tile } from './drawing.ts';
import { placeLabels } from './label-layout.ts';
import { capHeight, descent, isDrawable, renderLine, toOneLine } from './label-text.ts';
import {
  black,
  bluishGreen,
  type Colour,
  reddishPurple,
  skyBlue,
  textColourOn,
  vermillion,
  yellow,
} from './palette.ts';

/**
 * What a mark says about a face: who it is, that nobody known it is, that it may be several, that it may be a picture of
 * one, or only that it is one.
 */
export type MarkKind = 'match' | 'unknown' | 'ambiguous' | 'not_live' | 'detection';

export interface FaceMark {
  /** May reach outside the picture; a face wholly outside is left out. */
  readonly box: Rect;
  /** The name to write; null for none. */
  readonly label: string | null;
  readonly kind: MarkKind;
  readonly landmarks?: readonly Point[];
}

/** A name that no font here can write: the picture shows the number in its place. */
export interface NumberedLabel {
  readonly number: number;
  readonly label: string;
}

export interface AnnotatedPicture {
  readonly image: RgbImage;
  readonly numbered: readonly NumberedLabel[];
}

const colours: Readonly<Record<MarkKind, Colour>> = {
  match: bluishGreen,
  unknown: vermillion,
  ambiguous: yellow,
  not_live: reddishPurple,
  detection: skyBlue,
};

/**
 * A copy of the picture with a box around every face (dashed when unknown), its name on a plate and its landmarks as
 * dots.
 * ensures  `image` unchanged; names need no installed font; plates lie inside the picture and avoid faces and each other
 * throws   TypeError, RangeError for a malformed image or an empty box; AcquaintError('output_failed') when text cannot be drawn
 */
export async function annotate(image: RgbImage, marks: readonly FaceMark[]): Promise<AnnotatedPicture> {
  requireImage(image);
  requireArray('marks', marks, requireMark);
  const canvas: RgbImage = { ...image, data: new Uint8Array(image.data) };
  const faces = marks.map((mark) => toFace(mark, image)).filter(({ box }) => shorterSide(box) > 0);
  const { plates, numbered } = await createPlates(faces, image).catch(refuse);
  for (const face of faces) drawFace(canvas, face);
  const slots = plates.map(({ face, width, height }) => ({ box: face.box, width, height }));
  const unlabelled = faces.filter((face) => !plates.some((plate) => plate.face === face));
  const places = placeLabels(
    slots,
    image,
    plateGap(image),
    unlabelled.map(({ box }) => box),
  );
  for (const [index, plate] of plates.entries()) drawPlate(canvas, plate, places[index]!);
  return { image: canvas, numbered };
}

function requireMark(name: string, mark: FaceMark): void {
  requireFields(name, mark, { label: 'string or null' });
  requireOneOf(`${name}.kind`, Object.keys(colours), mark.kind);
  requireRect(`${name}.box`, mark.box);
  requireBox(mark.box);
  if (mark.landmarks !== undefined) requireArray(`${name}.landmarks`, mark.landmarks, requirePoint);
}

function requireBox({ left, top, right, bottom }: Rect): void {
  if (left < right && top < bottom) return;
  throw new RangeError(
    `Expected left < right and top < bottom for box but received ${left}, ${top}, ${right}, ${bottom}`,
  );
}

function refuse(cause: unknown): never {
  throw new AcquaintError(
    'output_failed',
    'Expected to write the names into the picture but drawing text failed: reinstall @expo-google-fonts/noto-sans and sharp',
    { cause },
  );
}

/** A mark with the measures that fit its size and the picture's, in pixels. */
interface Face {
  readonly mark: FaceMark;
  /** Whole pixels, inside the picture. */
  readonly box: Rect;
  readonly colour: Colour;
  readonly lineWidth: number;
  readonly textPx: number;
}

function toFace(mark: FaceMark, { width, height }: RgbImage): Face {
  const { left, top, right, bottom } = mark.box;
  const rounded = {
    left: Math.round(left),
    top: Math.round(top),
    right: Math.round(right),
    bottom: Math.round(bottom),
  };
  const box = clampRect(rounded, width, height);
  const longSide = Math.max(width, height);
  return {
    mark,
    box,
    colour: colours[mark.kind],
    // With the face, but never so thin that it is lost when the picture is scaled to a screen.
    lineWidth: clamp(
      shorterSide(box) / 40,
      Math.max(1.5, longSide / 600),
      Math.max(2, shorterSide(box) / 10),
    ),
    // 11 px is about the smallest that can be read; 1/85 of the picture is that on a screen.
    textPx: Math.round(
      clamp(rectHeight(box) * 0.17, Math.max(11, longSide / 85), Math.max(14, longSide / 26)),
    ),
  };
}

function drawFace(canvas: RgbImage, { mark, box, colour, lineWidth }: Face): void {
  // Inside by half a line, so that a box at the picture's border shows all four sides.
  const inset = grow(box, -lineWidth / 2);
  const rim = Math.max(1, lineWidth / 4);
  const radius = Math.min(3 * lineWidth, Math.max(0, shorterSide(inset) / 4));
  // The dark edge keeps the line apart from a background of its own colour; between dashes it goes on.
  const edge = { box: inset, radius, lineWidth: lineWidth + 2 * rim, dash: null };
  strokeFrame(canvas, edge, { colour: black, opacity: 0.55 });
  strokeFrame(canvas, { ...edge, lineWidth, dash: dashOf(mark.kind, lineWidth) }, { colour, opacity: 1 });
  drawLandmarks(canvas, mark.landmarks ?? [], Math.max(1.2, shorterSide(box) / 80), colour);
}

/** The less is known, the more of the line is left out: kinds differ without colour too. */
function dashOf(kind: MarkKind, lineWidth: number): Dash | null {
  if (kind === 'unknown') return { on: 5 * lineWidth, off: 3.5 * lineWidth };
  return kind === 'ambiguous' ? { on: 1.8 * lineWidth, off: 2.4 * lineWidth } : null;
}

function drawLandmarks(canvas: RgbImage, points: readonly Point[], radius: number, colour: Colour): void {
  // Drawing counts from the pixels' edges, points from their centres.
  const centres = points.map(({ x, y }) => ({ x: x + 0.5, y: y + 0.5 }));
  const edge = Math.max(0.8, radius / 2);
  for (const centre of centres) fillCircle(canvas, centre, radius + edge, { colour: black, opacity: 0.7 });
  for (const centre of centres) fillCircle(canvas, centre, radius, { colour, opacity: 1 });
}

interface Plate {
  readonly face: Face;
  readonly text: Tile;
  readonly width: number;
  readonly height: number;
}

async function createPlates(faces: readonly Face[], picture: RgbImage) {
  const numbers = new Map<string, number>();
  const plates: Plate[] = [];
  for (const face of faces) {
    const name = toOneLine(face.mark.label ?? '');
    if (name === '') continue;
    const writable = await isDrawable(name);
    const label = face.mark.label!;
    if (!writable && !numbers.has(label)) numbers.set(label, numbers.size + 1);
    const plate = await createPlate(face, writable ? name : String(numbers.get(label)), picture);
    if (plate.width <= picture.width && plate.height <= picture.height) plates.push(plate);
  }
  const numbered = Array.from(numbers, ([label, number]): NumberedLabel => ({ number, label }));
  return { plates, numbered };
}

async function createPlate(face: Face, text: string, picture: RgbImage): Promise<Plate> {
  const padding = platePadding(face);
  // Room for a full name of usual length (some 20 letters), more over a large face.
  const widest = Math.max(rectWidth(face.box) * 1.7, face.textPx * 11);
  const room = Math.max(1, Math.floor(Math.min(widest, picture.width)) - 2 * padding);
  const tile = await renderLine(text, face.textPx, textColourOn(face.colour), room);
  const height = Math.max(Math.round(face.textPx * 1.5), inkHeight(tile, face) + padding);
  return { face, text: tile, width: Math.max(height, tile.width + 2 * padding), height };
}

function platePadding({ textPx }: Face): number {
  return Math.round(textPx * 0.45);
}

/** From the highest ink to the baseline. */
function inkHeight(tile: Tile, { textPx }: Face): number {
  return tile.height - Math.round(descent * textPx);
}

function plateGap({ width, height }: RgbImage): number {
  return Math.max(2, Math.round(Math.max(width, height) / 500));
}

function drawPlate(canvas: RgbImage, { face, text, width }: Plate, place: Rect): void {
  const radius = face.textPx * 0.28;
  const rim = Math.max(1, Math.round(face.textPx / 20));
  fillRoundedRect(canvas, place, radius, { colour: black, opacity: 0.55 });
  fillRoundedRect(canvas, grow(place, -rim), radius - rim, { colour: face.colour, opacity: 1 });
  // Capitals stand in the middle, whatever accents and descenders a name has, so that lines look alike.
  const baseline = (place.top + place.bottom + capHeight * face.textPx) / 2;
  const top = Math.round(baseline + descent * face.textPx - text.height);
  drawTile(canvas, text, place.left + Math.round((width - text.width) / 2), Math.max(place.top, top));
}

function shorterSide(rect: Rect): number {
  return Math.min(rectWidth(rect), rectHeight(rect));
}

function grow(rect: Rect, by: number): Rect {
  return { left: rect.left - by, top: rect.top - by, right: rect.right + by, bottom: rect.bottom + by };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), Math.max(low, high));
}
