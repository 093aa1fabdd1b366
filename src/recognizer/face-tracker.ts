import { requireOptions } from '../core/arguments.ts';
import { euclideanDistance } from '../core/distance.ts';
import { followBoxes } from '../core/follow-boxes.ts';
import { intersectionArea, intersectionOverUnion, type Rect, rectArea } from '../core/geometry.ts';
import type { RgbImage } from '../core/image.ts';
import { personMean } from '../core/person-mean.ts';
import { createDecoder } from '../imaging/decode.ts';
import type { JsonObject } from '../ports/gallery.ts';
import { loadPicture } from './picture-input.ts';
import { recipeOf } from './recipes.ts';
import type {
  DetectedFace,
  EmbeddedFace,
  FaceLiveness,
  IdentifiedFace,
  PictureFaces,
  PictureInput,
  Recognizer,
} from './recognizer-api.ts';
import { requireRecognizer } from './require-arguments.ts';
import { isMeasured, thresholdsOf } from './thresholds.ts';

/** A face that is followed from frame to frame. */
export interface TrackedFace extends IdentifiedFace {
  /** The same from frame to frame, also after a short absence; never given to another. */
  readonly track: number;
  /** Whether it was looked at often enough for a steady answer. */
  readonly isSettled: boolean;
}

export interface TrackerOptions {
  readonly minFacePx?: number | undefined;
  /** Only people whose metadata has these values are looked at. */
  readonly where?: JsonObject | undefined;
  /** Faces that are not live are never named (default false): docs/liveness.md. */
  readonly requireLive?: boolean | undefined;
  /** Frames of more pixels are refused (default 4 million). */
  readonly maxPixels?: number | undefined;
}

/** What a tracker needs of a recognizer. */
export type TrackerRecognizer = Pick<
  Recognizer,
  'recipe' | 'detect' | 'embed' | 'liveness' | 'identifyFaces'
>;

/** Follows the faces of a camera's frames, one frame after the other. */
export interface FaceTracker {
  /**
   * The faces of the next frame.
   * at  when it was taken, milliseconds of any clock that does not go back (default: now)
   * throws  the Recognizer's errors; what was followed before stays
   */
  next(frame: PictureInput, options?: { readonly at?: number }): Promise<PictureFaces<TrackedFace>>;
}

/** Looks at one face that answer for it together; more change little. */
const LOOKS_KEPT = 5;
const LOOKS_TO_SETTLE = 3;
/** A settled face is looked at again so often, to see whether it is still the same. */
const REFRESH_MS = 1000;
/** Whether it is live is asked again so often: a picture is held before the camera sooner than a face changes. */
const JUDGE_AGAIN_MS = 200;
/** A face that is gone so long is another when it comes back. */
const LOST_MS = 2000;
/** Faces embedded in one frame, those first that were not looked at for longest: a crowd must not hold up the frames. */
const MOST_LOOKS = 4;
/** Where boxes overlap by this share of the smaller, one face may take over the other's track. */
const CROWDED = 0.2;
/** Between two frames a face that overlaps itself less has jumped, or is another. */
const JUMP = 0.5;
const DEFAULT_MAX_PIXELS = 4_000_000;
/** So many pairs of different people are taken for one when looks are compared. */
const SAME_FACE_RATE = 0.001;

interface Track {
  readonly id: number;
  box: Rect;
  seenAt: number;
  lookedAt: number;
  /** The newest last. */
  looks: EmbeddedFace[];
  /** A look that fits the others not at all: another such one, and it is another face. */
  doubt: EmbeddedFace | null;
  isSuspect: boolean;
  /** Present when living faces are asked for. */
  liveness: FaceLiveness | null;
  judgedAt: number;
}

/** A track with its face in the frame. */
interface SeenTrack {
  readonly track: Track;
  readonly face: DetectedFace;
}

/**
 * A tracker over a recognizer. A face is found again by its place, and by its embedding where its place does not tell;
 * it is embedded often when it is new and seldom afterwards, and named by what its last looks have in common.
 */
export function createFaceTracker(recognizer: TrackerRecognizer, options: TrackerOptions = {}): FaceTracker {
  requireRecognizer(recognizer);
  requireOptions('createFaceTracker', options, {
    minFacePx: 'number',
    where: 'object',
    requireLive: 'boolean',
    maxPixels: 'number',
  });
  const decoder = createDecoder({ maxPixels: options.maxPixels ?? DEFAULT_MAX_PIXELS });
  const { minFacePx, where, requireLive = false } = options;
  const recipe = recipeOf(recognizer.recipe);
  const sameFace = isMeasured(recipe)
    ? thresholdsOf(recipe, null).verify(SAME_FACE_RATE)
    : Number.POSITIVE_INFINITY;
  let tracks: Track[] = [];
  let lastId = 0;

  const start = (face: DetectedFace, at: number): Track => {
    const { box } = face;
    return {
      id: ++lastId,
      box,
      seenAt: at,
      lookedAt: -Infinity,
      looks: [],
      doubt: null,
      isSuspect: false,
      liveness: null,
      judgedAt: -Infinity,
    };
  };

  /** Takes a look at a face into account; the track that the face belongs to afterwards. */
  const look = (track: Track, face: EmbeddedFace, at: number, absent: readonly Track[]): Track => {
    track.lookedAt = at;
    if (track.looks.length === 0) {
      const before = absent.find((other) => isSame(other, face));
      if (before) {
        Object.assign(before, { box: face.box, seenAt: at, lookedAt: at });
        addLook(before, face);
        return before;
      }
    } else if (!isSame(track, face)) {
      if (track.doubt === null) {
        track.doubt = face;
        return track;
      }
      const other = start(face, at);
      other.lookedAt = at;
      addLook(other, face);
      // Whoever was there may be seen again elsewhere.
      track.box = EMPTY;
      return other;
    }
    addLook(track, face);
    return track;
  };
  const isSame = ({ looks }: Track, { embedding }: EmbeddedFace): boolean =>
    looks.some((known) => euclideanDistance(known.embedding, embedding) <= sameFace);

  return {
    async next(frame, options = {}) {
      requireOptions('next', options, { at: 'number' });
      const { at = performance.now() } = options;
      const { image } = await loadPicture(decoder, frame);
      const { width, height, faces } = await recognizer.detect(image, { minFacePx });
      tracks = tracks.filter(({ seenAt }) => at - seenAt <= LOST_MS);
      const followed = followBoxes(
        tracks.map(({ box }) => box),
        faces.map(({ box }) => box),
      );
      let current = faces.map((face, i) => {
        const from = followed[i];
        const track = from == null ? start(face, at) : tracks[from]!;
        const isJump = track.box !== face.box && intersectionOverUnion(track.box, face.box) < JUMP;
        track.isSuspect = isJump || isCrowded(face.box, faces);
        track.box = face.box;
        track.seenAt = at;
        return track;
      });
      const absent = tracks.filter((track) => !current.includes(track));
      const wanted = current
        .map((track, i) => ({ track, i }))
        .filter(({ track }) => isLookDue(track, at))
        .toSorted((a, b) => a.track.lookedAt - b.track.lookedAt)
        .slice(0, MOST_LOOKS);
      if (wanted.length > 0) {
        const { faces: embedded } = await recognizer.embed(image, {
          faces: wanted.map(({ i }) => faces[i]!),
        });
        const changed = [...current];
        wanted.forEach(({ track, i }, k) => {
          changed[i] = look(
            track,
            embedded[k]!,
            at,
            absent.filter((other) => !changed.includes(other)),
          );
        });
        current = changed;
      }
      tracks = [...new Set([...tracks, ...current])];
      // Faces that nobody has looked at yet are left out.
      const seen = current
        .map((track, i) => ({ track, face: faces[i]! }))
        .filter(({ track }) => track.looks.length > 0);
      if (requireLive) await judge(image, seen, at);
      return { width, height, faces: await named(seen) };
    },
  };

  /** Asks whether the faces are live: at every look, and often enough in between. */
  async function judge(image: RgbImage, seen: readonly SeenTrack[], at: number): Promise<void> {
    const due = seen.filter(({ track }) => isJudgementDue(track, at));
    if (due.length === 0) return;
    const judged = await recognizer.liveness(image, { faces: due.map(({ face }) => face) });
    due.forEach(({ track }, i) => {
      track.liveness = judged.faces[i]!.liveness;
      track.judgedAt = at;
    });
  }

  async function named(seen: readonly SeenTrack[]): Promise<readonly TrackedFace[]> {
    const pooled = seen.map(({ track, face }) => ({ ...pooledLook(track), ...face }));
    const liveness = requireLive ? seen.map(({ track }) => track.liveness!) : undefined;
    const identified = await recognizer.identifyFaces(pooled, { where, liveness });
    return identified.map((face, i) => {
      const { id, looks } = seen[i]!.track;
      return { ...face, track: id, isSettled: looks.length >= LOOKS_TO_SETTLE };
    });
  }

  /** What the looks have in common, with the quality of the last. */
  function pooledLook({ looks }: Track): EmbeddedFace {
    const last = looks.at(-1)!;
    const mean = personMean(
      looks.map(({ embedding }) => embedding),
      recipe.partLengths,
    );
    return mean ? { ...last, embedding: mean } : last;
  }
}

const EMPTY: Rect = { left: 0, top: 0, right: 0, bottom: 0 };

function addLook(track: Track, face: EmbeddedFace): void {
  track.doubt = null;
  track.looks = [...track.looks.slice(1 - LOOKS_KEPT), face];
}

function isLookDue({ looks, doubt, isSuspect, lookedAt }: Track, at: number): boolean {
  return looks.length < LOOKS_TO_SETTLE || doubt !== null || isSuspect || at - lookedAt >= REFRESH_MS;
}

function isJudgementDue({ lookedAt, isSuspect, judgedAt }: Track, at: number): boolean {
  return lookedAt === at || isSuspect || at - judgedAt >= JUDGE_AGAIN_MS;
}

function isCrowded(box: Rect, faces: readonly DetectedFace[]): boolean {
  return faces.some(
    (other) =>
      other.box !== box &&
      intersectionArea(box, other.box) > CROWDED * Math.min(rectArea(box), rectArea(other.box)),
  );
}
