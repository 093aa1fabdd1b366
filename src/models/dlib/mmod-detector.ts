import { suppressNonMaxima } from '../../core/geometry.ts';
import { createImage, type RgbImage } from '../../core/image.ts';
import { nextPyramidLevel, pyramidPointUp } from '../../core/pyramid.ts';
import type { Detection, DetectionOptions, Detector } from '../../ports/detector.ts';
import type { Runtime, Session } from '../../ports/runtime.ts';
import { weightsEntry } from '../manifest.ts';
import { encodeModel } from '../onnx/encode.ts';
import { readWeights } from '../weights.ts';
import { analysisPicture, WINDOW_PX } from './analysis-picture.ts';
import { type MmodOptions, parseNetwork } from './network.ts';
import { buildNetworkGraph } from './network-graph.ts';

/** Cell (x, y) of the score map is centred on pixel (8x + 14, 8y + 14): three unpadded 5x5 convolutions of stride 2. */
const CELL_PX = 8;
const FIRST_CELL_CENTRE = 14;
/** Black around each level, half a window: a face cut by the border is seen whole. A multiple of CELL_PX. */
const BORDER_PX = 40;
/** Below this a level holds less than half a window. */
const MIN_LEVEL_PX = WINDOW_PX / 2;
/** Rows of a strip: bounds the memory that a large level needs. A multiple of CELL_PX. */
const STRIP_ROWS = 1024;
/** Input rows around a cell that its score depends on: 3 strides of 5x5, then three 5x5 and one 9x9 on cells. */
const CONTEXT_ROWS = 12 * CELL_PX;

/** dlib's max-margin CNN face detector. throws  AcquaintError('model_missing' | 'model_corrupt') */
export async function createMmodDetector(runtime: Runtime, weightsFolder?: string): Promise<Detector> {
  const bytes = await readWeights(weightsEntry('dlib-mmod'), weightsFolder);
  const network = parseNetwork(bytes, 'dlib-mmod');
  if (network.loss.kind !== 'mmod') throw new TypeError('Expected a detector but received an embedding net');
  const { options } = network.loss;
  const session = await runtime.load(encodeModel(buildNetworkGraph(network)));
  return {
    detect: (image, wanted) => detect(session, options, image, wanted),
    close: () => session.close(),
  };
}

async function detect(
  session: Session,
  { suppression }: MmodOptions,
  image: RgbImage,
  { minFacePx, scoreThreshold, maxFaces }: DetectionOptions,
): Promise<readonly Detection[]> {
  const analysed = analysisPicture(image, minFacePx);
  const candidates: Detection[] = [];
  let level = analysed.image;
  for (let depth = 0; depth === 0 || Math.min(level.width, level.height) >= MIN_LEVEL_PX; depth++) {
    for await (const cell of positiveCells(session, level, scoreThreshold)) {
      candidates.push({ box: windowBox(cell.x, cell.y, depth), score: cell.score });
    }
    level = nextPyramidLevel(level);
  }
  return suppressNonMaxima(candidates, suppression)
    .slice(0, maxFaces)
    .map(({ box, score }) => ({ box: analysed.toPicture(box), score }));
}

interface Cell {
  /** Centre of the cell's window, pixels of the level. */
  readonly x: number;
  readonly y: number;
  readonly score: number;
}

/** Cells of one level whose score exceeds the threshold; the level is run in strips of bounded height. */
async function* positiveCells(session: Session, level: RgbImage, threshold: number): AsyncGenerator<Cell> {
  const totalRows = level.height + 2 * BORDER_PX;
  for (let start = 0; start < totalRows; start += STRIP_ROWS) {
    const first = Math.max(0, start - CONTEXT_ROWS);
    const last = Math.min(totalRows, start + STRIP_ROWS + CONTEXT_ROWS);
    const strip = borderedRows(level, first, last);
    const { result } = await session.run({
      pixels: { type: 'uint8', data: strip.data, dims: [1, strip.height, strip.width, 3] },
    });
    const [rows = 0, columns = 0] = result?.dims.slice(2) ?? [];
    const scores = result?.data ?? [];
    for (let row = 0; row < rows; row++) {
      const y = first + CELL_PX * row + FIRST_CELL_CENTRE;
      // Each cell is reported by the strip it lies in; its neighbours only lend context.
      if (y < start || y >= start + STRIP_ROWS) continue;
      for (let column = 0; column < columns; column++) {
        const score = scores[row * columns + column]!;
        if (score <= threshold) continue;
        yield { x: CELL_PX * column + FIRST_CELL_CENTRE - BORDER_PX, y: y - BORDER_PX, score };
      }
    }
  }
}

/** Rows [first, last) of the level with its black border. */
function borderedRows(level: RgbImage, first: number, last: number): RgbImage {
  const bordered = createImage(level.width + 2 * BORDER_PX, last - first);
  const stride = level.width * 3;
  const top = Math.max(first, BORDER_PX);
  const bottom = Math.min(last, level.height + BORDER_PX);
  for (let y = top; y < bottom; y++) {
    const source = (y - BORDER_PX) * stride;
    bordered.data.set(
      level.data.subarray(source, source + stride),
      ((y - first) * bordered.width + BORDER_PX) * 3,
    );
  }
  return bordered;
}

/** The window around a point of level `depth`, in whole pixels of the analysed picture. */
function windowBox(x: number, y: number, depth: number) {
  const reach = (WINDOW_PX - 1) / 2;
  const topLeft = pyramidPointUp({ x: x - reach, y: y - reach }, depth);
  const bottomRight = pyramidPointUp({ x: x + reach, y: y + reach }, depth);
  return {
    left: Math.round(topLeft.x),
    top: Math.round(topLeft.y),
    right: Math.round(bottomRight.x) + 1,
    bottom: Math.round(bottomRight.y) + 1,
  };
}
