import {
  type Challenge,
  createDecoder,
  type Decoder,
  type EmbeddedFace,
  euclideanDistance,
  greyFace,
  type JudgeState,
  judgeFrame,
  judgeSilence,
  type Observation,
  type Recognizer,
  type RgbImage,
  startJudging,
} from '../../index.ts';
import type { Frame } from '../frame-stream.ts';
import type { FoundFace, FrameObserver } from './frame-observer.ts';

export interface ChallengeJudgeOptions {
  readonly challenge: Challenge;
  readonly recognizer: Recognizer;
  readonly observer: FrameObserver;
  readonly minFacePx: number;
  /** Embeddings further apart are two people's. */
  readonly samePersonDistance: number;
}

/** What a frame shows. */
export interface JudgedFrame {
  readonly width: number;
  readonly height: number;
  /** The largest first. */
  readonly faces: readonly FoundFace[];
}

/** The frame that a pass is for. */
export interface BoundFrame {
  readonly frame: number;
  readonly picture: Uint8Array;
  readonly embedding: Float32Array;
}

interface Candidate {
  readonly frame: number;
  readonly picture: Uint8Array;
  readonly sharpness: number;
}

/**
 * Frames that come while one is in work are dropped, and embedding takes its time. More than the judge's own half second,
 * in which a head can already have gone anywhere.
 */
const MOST_GAP_MS = 1000;
/** As for live recognition. */
const MOST_PIXELS = 4_000_000;

/** Judges the frames of one challenge, one after the other, and keeps the one that a pass would be for. */
export class ChallengeJudge {
  readonly #options: ChallengeJudgeOptions;
  readonly #decoder: Decoder = createDecoder({ maxPixels: MOST_PIXELS });
  #state: JudgeState;
  /** Of the first face that was embedded. */
  #first: Float32Array | null = null;
  #best: Candidate | null = null;

  /** throws  RangeError as startJudging */
  constructor(options: ChallengeJudgeOptions) {
    const { challenge, observer, samePersonDistance } = options;
    this.#options = options;
    this.#state = startJudging(challenge, {
      layout: observer.layout,
      samePersonDistance,
      maxGapMs: MOST_GAP_MS,
    });
  }

  get state(): JudgeState {
    return this.#state;
  }

  /** requires  a frame whose arrivedAt is of the challenge's clock. throws  as the decoder and the recognizer */
  async next({ number, bytes, arrivedAt }: Frame): Promise<JudgedFrame> {
    const { observer, recognizer, minFacePx } = this.#options;
    const { image } = await this.#decoder.decode(bytes);
    const found = await observer.find(image, recognizer, { minFacePx });
    const faces = [...found].sort((a, b) => widthOf(b) - widthOf(a));
    // Several faces are not judged.
    const grey = faces.length === 1 ? greyFace(image, faces[0]!.box) : null;
    const observed = (distanceToFirst: number | null): Observation => ({
      timeMs: arrivedAt,
      frame: { width: image.width, height: image.height },
      faces: faces.map(({ landmarks, box }) => ({ landmarks, box, distanceToFirst, grey })),
    });
    // Embedding is dear: first without it, to see whether the judge wants to know who it is.
    let next = judgeFrame(this.#state, observed(null));
    if (wantsLook(next)) {
      const { embedding, quality } = await this.#look(image, faces[0]!);
      const distance = this.#distanceToFirst(embedding);
      next = judgeFrame(this.#state, observed(distance));
      this.#keep(next, distance, { frame: number, picture: bytes, sharpness: quality.sharpness });
    }
    this.#state = next;
    return { width: image.width, height: image.height, faces };
  }

  /** For the time when no frame comes. */
  silence(nowMs: number): void {
    this.#state = judgeSilence(this.#state, nowMs);
  }

  /**
   * The frame for the pass with its embedding as a search of the same bytes computes it; null when that finds another's
   * face only.
   * requires  a challenge that was passed
   */
  async boundFrame(): Promise<BoundFrame | null> {
    const { recognizer, samePersonDistance } = this.#options;
    if (this.#best === null) return null;
    const { frame, picture } = this.#best;
    const { faces } = await recognizer.embed(picture);
    const [nearest] = faces
      .map(({ embedding }) => ({ embedding, distance: this.#distanceToFirst(embedding) }))
      .sort((a, b) => a.distance - b.distance);
    if (!nearest || nearest.distance > samePersonDistance) return null;
    return { frame, picture, embedding: nearest.embedding };
  }

  async #look(image: RgbImage, { box, score }: FoundFace): Promise<EmbeddedFace> {
    const { faces } = await this.#options.recognizer.embed(image, { faces: [{ box, score }] });
    return faces[0]!;
  }

  #distanceToFirst(embedding: Float32Array): number {
    this.#first ??= embedding;
    return euclideanDistance(this.#first, embedding);
  }

  /** The sharpest of the end, where the client knows that it has to keep its frames. */
  #keep(state: JudgeState, distance: number, candidate: Candidate): void {
    if (!isDone(state) || distance > this.#options.samePersonDistance) return;
    if (this.#best === null || candidate.sharpness > this.#best.sharpness) this.#best = candidate;
  }
}

/** In the neutral pose somebody has to be recognised; at its last return every frame may be the one for the pass. */
function wantsLook(state: JudgeState): boolean {
  if (state.outcome.status !== 'running' || state.hold?.zone !== 'neutral') return false;
  return !state.isRecognised || isDone(state);
}

function isDone({ challenge, done }: JudgeState): boolean {
  return done === challenge.steps.length;
}

function widthOf({ box }: FoundFace): number {
  return box.right - box.left;
}
