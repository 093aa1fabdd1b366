import type {
  LandmarkLayout,
  ParallaxProof,
  Point,
  Recognizer,
  RecognizerOptions,
  Rect,
  RgbImage,
} from '../../index.ts';

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
 * The best that a recognizer with these options has: YuNet's own points and the 68 tell every flat picture, dlib's five
 * fewer. The 68 are not for commercial use: they are taken only by who asks for them.
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

const YUNET_OBSERVER: FrameObserver = {
  layout: 'yunet5',
  async find(frame, recognizer, { minFacePx }) {
    const { faces } = await recognizer.detect(frame, { minFacePx });
    return faces.flatMap(({ box, score, yunet5 }) => (yunet5 ? [{ box, score, landmarks: yunet5 }] : []));
  },
};

/** What passing proves (docs/liveness-active.md): the pixels of every turn are judged too. */
export function strengthOf({ layout }: FrameObserver): ParallaxProof {
  return proofOf(layout, { asksPixels: true });
}
