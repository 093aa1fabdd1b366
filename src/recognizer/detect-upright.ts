import type { RgbImage } from '../core/image.ts';
import { type QuarterTurns, rotated } from '../core/rotate.ts';
import type { Detection, DetectionOptions, Detector } from '../ports/detector.ts';
import type { LandmarkPredictor } from '../ports/landmark-predictor.ts';

/** Faces, and the picture as it must be turned for them to be upright. */
export interface Upright {
  readonly image: RgbImage;
  readonly turns: QuarterTurns;
  readonly detections: readonly Detection[];
}

/**
 * Landmarks that differ by this share of the box's width between predictions say nothing for a turn. The predictor
 * knows upright faces only: on a face that lies on its side its answer changes with the box it starts from. Chosen by
 * hand on the photos in the npm packages of the tests.
 */
const UNSTEADY = 0.1;

/** The least turn first: it wins among equals. */
const TURNS = [0, 1, 3, 2] as const;

/**
 * The picture in the quarter turn in which its faces stand upright: the one with the greatest sum of scores, each
 * weighed by how steady the face's landmarks are; where no landmarks are steady, by the sum of scores alone.
 * ensures  the picture as it is when no turn has a face, or others are no better
 */
export async function detectUpright(
  detector: Detector,
  predictor: LandmarkPredictor,
  image: RgbImage,
  options: DetectionOptions,
): Promise<Upright> {
  let best: (Upright & Evidence) | null = null;
  for (const turns of TURNS) {
    const turned = rotated(image, turns);
    const detections = await detector.detect(turned, options);
    const found = { image: turned, turns, detections, ...evidence(predictor, turned, detections) };
    if (best === null || isStronger(found, best)) best = found;
  }
  return best!;
}

/** What speaks for a turn. */
interface Evidence {
  readonly steadyScore: number;
  readonly totalScore: number;
}

function evidence(predictor: LandmarkPredictor, image: RgbImage, detections: readonly Detection[]): Evidence {
  let steadyScore = 0;
  let totalScore = 0;
  for (const { box, score } of detections) {
    // Below the trained threshold a detection is no evidence.
    if (score <= 0) continue;
    totalScore += score;
    steadyScore += score * Math.max(0, 1 - predictor.predictSteady(image, box).spread / UNSTEADY);
  }
  return { steadyScore, totalScore };
}

function isStronger(a: Evidence, b: Evidence): boolean {
  if (a.steadyScore !== b.steadyScore) return a.steadyScore > b.steadyScore;
  return a.totalScore > b.totalScore;
}
