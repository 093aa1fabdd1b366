import type { Rect } from '../core/geometry.ts';
import type { MeasuredFace } from './embedding-cache.ts';

/** Two pictures that were told wrong, or nearly. */
export interface Mistake {
  readonly a: FaceInPicture;
  readonly b: FaceInPicture;
  readonly distance: number;
}

export interface FaceInPicture {
  readonly path: string;
  readonly box: Rect;
}

export function mistakeOf(
  a: string,
  b: string,
  distance: number,
  faces: ReadonlyMap<string, MeasuredFace>,
): Mistake {
  return {
    a: { path: a, box: faces.get(a)!.box },
    b: { path: b, box: faces.get(b)!.box },
    distance,
  };
}
