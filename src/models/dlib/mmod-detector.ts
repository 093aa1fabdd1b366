import { type OverlapRule, type Point, type Rect, suppressNonMaxima } from '../../core/geometry.ts';
import type { RgbImage } from '../../core/image.ts';
import { pyramidRectUp } from '../../core/pyramid.ts';
import {
  nearestTile,
  planeRows,
  type TiledPyramid,
  type TileSpacing,
  tiledPyramid,
} from '../../core/tiled-pyramid.ts';
import type { Detection, DetectionOptions, Detector } from '../../ports/detector.ts';
import type { Runtime, Session } from '../../ports/runtime.ts';
import { weightsEntry } from '../manifest.ts';
import { encodeModel } from '../onnx/encode.ts';
import { readWeights } from '../weights.ts';
import { analysisPicture, WINDOW_PX } from './analysis-picture.ts';
import { parseNetwork } from './network.ts';
import { buildNetworkGraph } from './network-graph.ts';

/** Cell (x, y) of the score map is centred on pixel (8x + 14, 8y + 14): three unpadded 5x5 convolutions of stride 2. */
const CELL_PX = 8;
const FIRST_CELL_CENTRE = 14;
/** Pixels of the plane that are run at once: bounds the memory that a large picture needs. */
const STRIP_PIXELS = 4_000_000;
const MIN_STRIP_ROWS = 256;
/** The first three convolutions need this many pixels for one cell. */
const MIN_PLANE_PX = 29;
/** Rows around a cell that its score depends on: 10 cells by the last four layers and 14 pixels by the first three. */
const CONTEXT_ROWS = 12 * CELL_PX;

/** dlib's max-margin CNN face detector. throws  AcquaintError('model_missing' | 'model_corrupt') */
export async function createMmodDetector(runtime: Runtime, weightsFolder?: string): Promise<Detector> {
  const bytes = await readWeights(weightsEntry('dlib-mmod'), weightsFolder);
  const network = parseNetwork(bytes, 'dlib-mmod');
  if (network.loss.kind !== 'mmod') throw new TypeError('Expected a detector but received an embedding net');
  if (network.input.pyramid === null) throw new TypeError('Expected a pyramid input but received one size');
  const { means, pyramid } = network.input;
  const geometry: DetectorGeometry = {
    suppression: network.loss.options.suppression,
    spacing: pyramid,
    background: [Math.round(means.red), Math.round(means.green), Math.round(means.blue)],
  };
  const session = await runtime.load(encodeModel(buildNetworkGraph(network)));
  return {
    detect: (image, options) => detect(session, geometry, image, options),
    close: () => session.close(),
  };
}

interface DetectorGeometry {
  readonly suppression: OverlapRule;
  readonly spacing: TileSpacing;
  /** What the net was trained to see beside a level: dlib fills the plane after normalising, with the mean colour. */
  readonly background: readonly [number, number, number];
}

async function detect(
  session: Session,
  { suppression, spacing, background }: DetectorGeometry,
  image: RgbImage,
  { minFacePx, scoreThreshold, maxFaces }: DetectionOptions,
): Promise<readonly Detection[]> {
  const analysed = analysisPicture(image, minFacePx);
  const plane = tiledPyramid(analysed.image, spacing);
  const candidates: Detection[] = [];
  for await (const { centre, score } of positiveCells(session, plane, background, scoreThreshold)) {
    candidates.push({ box: windowBox(plane, centre), score });
  }
  return suppressNonMaxima(candidates, suppression)
    .slice(0, maxFaces)
    .map(({ box, score }) => ({ box: analysed.toPicture(box), score }));
}

interface Cell {
  /** Centre of the cell's window, pixels of the plane. */
  readonly centre: Point;
  readonly score: number;
}

/** Cells whose score exceeds the threshold; the plane is run in strips of bounded size. */
async function* positiveCells(
  session: Session,
  plane: TiledPyramid,
  background: readonly [number, number, number],
  threshold: number,
): AsyncGenerator<Cell> {
  if (Math.min(plane.width, plane.height) < MIN_PLANE_PX) return;
  const stripRows = Math.max(MIN_STRIP_ROWS, Math.floor(STRIP_PIXELS / plane.width / CELL_PX) * CELL_PX);
  for (let start = 0; start < plane.height; start += stripRows) {
    const first = Math.max(0, start - CONTEXT_ROWS);
    const last = Math.min(plane.height, start + stripRows + CONTEXT_ROWS);
    const strip = planeRows(plane, first, last, background);
    const { result } = await session.run({
      pixels: { type: 'uint8', data: strip.data, dims: [1, strip.height, strip.width, 3] },
    });
    const [rows = 0, columns = 0] = result?.dims.slice(2) ?? [];
    const scores = result?.data ?? [];
    for (let row = 0; row < rows; row++) {
      const y = first + CELL_PX * row + FIRST_CELL_CENTRE;
      // Each cell is reported by the strip it lies in; the neighbours' rows only lend context.
      if (y < start || y >= start + stripRows) continue;
      for (let column = 0; column < columns; column++) {
        const score = scores[row * columns + column]!;
        if (score > threshold) yield { centre: { x: CELL_PX * column + FIRST_CELL_CENTRE, y }, score };
      }
    }
  }
}

/** The window around a point of the plane, in whole pixels of the analysed picture. */
function windowBox(plane: TiledPyramid, centre: Point): Rect {
  const depth = nearestTile(plane, centre);
  const { place } = plane.tiles[depth]!;
  const reach = (WINDOW_PX - 1) / 2;
  const x = centre.x - place.left;
  const y = centre.y - place.top;
  const box = { left: x - reach, top: y - reach, right: x + reach + 1, bottom: y + reach + 1 };
  return pyramidRectUp(box, depth);
}
