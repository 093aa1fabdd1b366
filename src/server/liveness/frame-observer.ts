import type { LandmarkLayout, Point, Recognizer, Rect, RgbImage } from '../../index.ts';

export interface FoundFace {
  /** Whole pixels of the frame. */
  readonly box: Rect;
  readonly score: number;
  /** Pixels of the frame, as many and in the order of the layout. */
  readonly landmarks: readonly Point[];
}

/** What challenges are judged by: it finds faces with the landmarks of one layout. */
export interface FrameObserver {
  readonly layout: LandmarkLayout;
  /** All faces of the frame, in any order. throws  the Recognizer's errors */
  find(
    frame: RgbImage,
    recognizer: Recognizer,
    options: { readonly minFacePx: number },
  ): Promise<readonly FoundFace[]>;
}

/**
 * dlib's five points, or its 68 for who asks for them: they are not for commercial use. YuNet's own are too coarse here:
 * its nose goes two thirds of its way, and a man who turned was not seen to turn (docs/liveness-active.md).
 */
export function frameObserver({
  sixtyEightPoints = false,
}: {
  readonly sixtyEightPoints?: boolean | undefined;
} = {}): FrameObserver {
  const landmarks = sixtyEightPoints ? 68 : 5;
  return {
    layout: `dlib${landmarks}`,
    async find(frame, recognizer, { minFacePx }) {
      return (await recognizer.detect(frame, { landmarks, minFacePx })).faces;
    },
  };
}
