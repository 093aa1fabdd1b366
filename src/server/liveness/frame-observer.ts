import type { LandmarkLayout, Point, Recognizer, RecognizerOptions, Rect, RgbImage } from '../../index.ts';

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
 * YuNet's own points where it is the detector, else dlib's five, or its 68 for who asks for them: they are not for
 * commercial use.
 */
export function frameObserverFor(
  { detector }: RecognizerOptions,
  { sixtyEightPoints = false }: { readonly sixtyEightPoints?: boolean | undefined } = {},
): FrameObserver {
  if (detector === 'yunet') return YUNET_OBSERVER;
  const landmarks = sixtyEightPoints ? 68 : 5;
  return {
    layout: `dlib${landmarks}`,
    async find(frame, recognizer, { minFacePx }) {
      return (await recognizer.detect(frame, { landmarks, minFacePx })).faces;
    },
  };
}

/**
 * YuNet looks at a picture so small that the smallest face is just found: large faces have coarse points there. Seen so
 * that faces of this size are found, their noses follow the 68 points' (bench/liveness/turns.js).
 */
const YUNET_SEES_PX = 20;

const YUNET_OBSERVER: FrameObserver = {
  layout: 'yunet5',
  async find(frame, recognizer, { minFacePx }) {
    const { faces } = await recognizer.detect(frame, { minFacePx: Math.min(minFacePx, YUNET_SEES_PX) });
    return faces
      .filter(({ box: { left, right } }) => right - left >= minFacePx)
      .flatMap(({ box, score, yunet5 }) => (yunet5 ? [{ box, score, landmarks: yunet5 }] : []));
  },
};
