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
 * The best that a recognizer with these options may use: the 68 points tell every flat picture, but not for commercial
 * use; the five tell fewer.
 */
export function frameObserverFor({ commercial = false }: RecognizerOptions): FrameObserver {
  const landmarks = commercial ? 5 : 68;
  return {
    layout: `dlib${landmarks}`,
    async find(frame, recognizer, { minFacePx }) {
      return (await recognizer.detect(frame, { landmarks, minFacePx })).faces;
    },
  };
}

/** What passing proves (docs/liveness-active.md). */
export function strengthOf({ layout }: FrameObserver): ParallaxProof {
  return layout === 'dlib5' ? 'upright_plane' : 'any_plane';
}
