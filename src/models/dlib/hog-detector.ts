import { extractFhog, FHOG_CELL_PX, FHOG_PLANES, type FhogFeatures } from '../../core/fhog.ts';
import { type Rect, suppressNonMaxima } from '../../core/geometry.ts';
import type { RgbImage } from '../../core/image.ts';
import { withPixelMemory } from '../../core/pixel-memory.ts';
import { nextPyramidSize, pyramidRectUp } from '../../core/pyramid.ts';
import { AcquaintError } from '../../errors.ts';
import type { Detection, DetectionOptions, Detector } from '../../ports/detector.ts';
import type { Runtime, Session } from '../../ports/runtime.ts';
import { weightsEntry } from '../manifest.ts';
import { encodeModel } from '../onnx/encode.ts';
import { GraphBuilder, type OnnxGraph } from '../onnx/graph.ts';
import { convolveByRows, roundedChannels } from '../onnx/row-convolution.ts';
import { type ModelSource, readWeights } from '../weights.ts';
import { analysisPicture } from './analysis-picture.ts';

/** Frontal, looking left, looking right, turned left, turned right. */
const FILTERS = 5;
/** Cells along a filter's side: the window of 80 pixels. */
const FILTER_CELLS = 10;
/** HOG's planes and one of zeros: a whole number of the channels that are computed at once. */
const PLANES = roundedChannels(FHOG_PLANES);
/** dlib's detector looks at levels of at least 64 pixels a side (frontal_face_detector: min_pyramid_layer_width). */
const MIN_LEVEL_PX = 64;
/** The overlap tester that dlib's detector was trained with. */
const SUPPRESSION = { iou: 0.330082, covered: 0.788571 };

/**
 * dlib's frontal face detector: five linear filters over HOG features, run as one convolution.
 * throws  AcquaintError('model_missing' | 'model_corrupt')
 */
export async function createHogDetector(
  runtime: Runtime,
  { weightsFolder }: ModelSource = {},
): Promise<Detector> {
  const bytes = await readWeights(weightsEntry('dlib-hog'), weightsFolder);
  const session = await runtime.load(encodeModel(buildFilterGraph(bytes)));
  return {
    detect: (image, options) => detect(session, image, options),
    close: () => session.close(),
  };
}

/**
 * `features`: float32 [1, PLANES, rows, columns] -> `scores` [1, 5, rows - 9, columns - 9], thresholds subtracted.
 * The planes after the 31 of HOG count nothing.
 */
function buildFilterGraph(bytes: Uint8Array): OnnxGraph {
  const perPlane = FILTER_CELLS * FILTER_CELLS;
  const perFilter = FHOG_PLANES * perPlane;
  if (bytes.length !== FILTERS * (perFilter + 1) * 4) {
    throw new AcquaintError(
      'model_corrupt',
      `Expected ${FILTERS} filters but received ${bytes.length} bytes`,
    );
  }
  const numbers = new Float32Array(bytes.slice().buffer);
  const weights = new Float32Array(FILTERS * PLANES * perPlane);
  const bias = new Float32Array(FILTERS);
  for (let filter = 0; filter < FILTERS; filter++) {
    const start = filter * (perFilter + 1);
    weights.set(numbers.subarray(start, start + perFilter), filter * PLANES * perPlane);
    bias[filter] = -numbers[start + perFilter]!;
  }
  const builder = new GraphBuilder('dlib-hog');
  const scores = convolveByRows(builder, 'features', {
    weights,
    bias,
    inputs: PLANES,
    outputs: FILTERS,
    height: FILTER_CELLS,
    width: FILTER_CELLS,
    paddingX: 0,
    paddingY: 0,
  });
  return builder.build({ name: 'features', type: 'float32', dims: [1, PLANES, 'rows', 'columns'] }, scores, {
    name: 'scores',
    type: 'float32',
    dims: [1, FILTERS, 'score_rows', 'score_columns'],
  });
}

async function detect(
  session: Session,
  image: RgbImage,
  { minFacePx, scoreThreshold, maxFaces }: DetectionOptions,
): Promise<readonly Detection[]> {
  const analysed = analysisPicture(image, minFacePx);
  const candidates = await withPixelMemory(async (memory) => {
    const found: Detection[] = [];
    let level = memory.place(analysed.width, analysed.height);
    analysed.paint(memory, level);
    for (let depth = 0; ; depth++) {
      const features = extractFhog(memory, level, FILTER_CELLS, PLANES);
      found.push(...(await detectAtLevel(session, features, depth, scoreThreshold)));
      const { width, height } = nextPyramidSize(level);
      if (Math.min(width, height) < MIN_LEVEL_PX) return found;
      const next = memory.place(width, height);
      memory.resize(level, next, 'down');
      level = next;
    }
  });
  return suppressNonMaxima(candidates, SUPPRESSION)
    .slice(0, maxFaces)
    .map(({ box, score }) => ({ box: analysed.toPicture(box), score }));
}

async function detectAtLevel(
  session: Session,
  { data, rows, columns }: FhogFeatures,
  depth: number,
  threshold: number,
): Promise<Detection[]> {
  if (rows < FILTER_CELLS || columns < FILTER_CELLS) return [];
  const { scores } = await session.run({
    features: { type: 'float32', data, dims: [1, PLANES, rows, columns] },
  });
  const [scoreRows = 0, scoreColumns = 0] = scores?.dims.slice(2) ?? [];
  const numbers = scores?.data ?? [];
  const plane = scoreRows * scoreColumns;
  const detections: Detection[] = [];
  for (let i = 0; i < numbers.length; i++) {
    const score = numbers[i]!;
    if (score < threshold) continue;
    const cell = i % plane;
    const box = filterBox(cell % scoreColumns, Math.floor(cell / scoreColumns));
    detections.push({ box: pyramidRectUp(box, depth), score });
  }
  return detections;
}

/** The pixels of the level under a filter whose top left cell is (column, row) of the padded features. */
function filterBox(column: number, row: number): Rect {
  const left = cellCentre(column);
  const top = cellCentre(row);
  const side = (FILTER_CELLS - 1) * FHOG_CELL_PX + 1;
  return { left, top, right: left + side, bottom: top + side };
}

/** The pixel in the middle of a padded cell, as dlib's `fhog_to_image` counts: a pixel and a cell of border. */
function cellCentre(cell: number): number {
  const padding = Math.floor((FILTER_CELLS - 1) / 2);
  const start = (cell + 1 - padding) * FHOG_CELL_PX + 1;
  return start + (start >= 0 ? FHOG_CELL_PX / 2 : -FHOG_CELL_PX / 2);
}
