import { type Point, type Rect, suppressNonMaxima } from '../../core/geometry.ts';
import type { RgbImage } from '../../core/image.ts';
import { withPixelMemory } from '../../core/pixel-memory.ts';
import { pyramidRectUp } from '../../core/pyramid.ts';
import { nearestTile, tiledPyramid } from '../../core/tiled-pyramid.ts';
import type { Detection, DetectionOptions, Detector } from '../../ports/detector.ts';
import type { Runtime } from '../../ports/runtime.ts';
import type { ModelSource } from '../weights.ts';
import { analysisPicture, WINDOW_PX } from './analysis-picture.ts';
import { type MmodGeometry, prepareMmod } from './mmod-net.ts';
import {
  CELL_PX,
  createMmodScorer,
  FIRST_CELL_CENTRE,
  type MmodScorer,
  type ScoreRows,
} from './mmod-scores.ts';

/** dlib's max-margin CNN face detector. throws  AcquaintError('model_missing' | 'model_corrupt') */
export async function createMmodDetector(runtime: Runtime, source: ModelSource = {}): Promise<Detector> {
  const net = await prepareMmod(source);
  const scorer = await createMmodScorer(runtime, net);
  return {
    detect: (image, options) => detect(scorer, net.geometry, image, options),
    close: () => scorer.close(),
  };
}

async function detect(
  scorer: MmodScorer,
  { suppression, spacing, background }: MmodGeometry,
  image: RgbImage,
  { minFacePx, scoreThreshold, maxFaces }: DetectionOptions,
): Promise<readonly Detection[]> {
  const analysed = analysisPicture(image, minFacePx);
  const candidates = await withPixelMemory(async (memory) => {
    const pyramid = tiledPyramid(memory, analysed, spacing, background);
    const found: Detection[] = [];
    for await (const rows of scorer.score(memory, pyramid.plane)) {
      for (const { centre, score } of positiveCells(rows, scoreThreshold)) {
        found.push({ box: windowBox(pyramid.places, centre), score });
      }
    }
    return found;
  });
  return suppressNonMaxima(candidates, suppression)
    .slice(0, maxFaces)
    .map(({ box, score }) => ({ box: analysed.toPicture(box), score }));
}

interface Cell {
  /** Centre of the cell's window, pixels of the plane. */
  readonly centre: Point;
  readonly score: number;
}

/** Cells whose score exceeds the threshold. */
function positiveCells({ firstRow, columns, scores }: ScoreRows, threshold: number): readonly Cell[] {
  const cells: Cell[] = [];
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i]!;
    if (score <= threshold) continue;
    const x = CELL_PX * (i % columns) + FIRST_CELL_CENTRE;
    const y = CELL_PX * (firstRow + Math.floor(i / columns)) + FIRST_CELL_CENTRE;
    cells.push({ centre: { x, y }, score });
  }
  return cells;
}

/** The window around a point of the plane, in whole pixels of the analysed picture. */
function windowBox(places: readonly Rect[], centre: Point): Rect {
  const depth = nearestTile(places, centre);
  const place = places[depth]!;
  const reach = (WINDOW_PX - 1) / 2;
  const x = centre.x - place.left;
  const y = centre.y - place.top;
  const box = { left: x - reach, top: y - reach, right: x + reach + 1, bottom: y + reach + 1 };
  return pyramidRectUp(box, depth);
}
