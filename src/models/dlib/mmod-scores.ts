import { type PixelMemory, type PlacedImage, placedPart } from '../../core/pixel-memory.ts';
import type { Runtime, Session, Tensor } from '../../ports/runtime.ts';
import type { MmodNet } from './mmod-net.ts';

/**
 * Cell (x, y) of the score map looks at 29x29 pixels from (8x, 8y) on, centred on (8x + 14, 8y + 14): three unpadded 5x5
 * convolutions of stride 2. They are the stem; what follows, the head, keeps the size.
 */
export const CELL_PX = 8;
const CELL_REACH = 29;
export const FIRST_CELL_CENTRE = 14;
const STEM_CHANNELS = 32;
/** Cells on each side that the head's three 5x5 and one 9x9 convolutions make a score depend on. */
const HEAD_CONTEXT = 10;
/**
 * What is run at once: little enough that a 1920x1280 picture with faces of 40 pixels stays below 500 MB, and that the
 * system is not asked for blocks of 32 MB, whose untouched pages made the stem almost twice as slow (bench/README.md).
 */
const STEM_PIXELS = 600_000;
const HEAD_CELLS = 40_000;

/** Scores of consecutive rows of cells. */
export interface ScoreRows {
  readonly firstRow: number;
  readonly columns: number;
  /** Rows x columns. */
  readonly scores: Float32Array;
}

export interface MmodScorer {
  /** The score map of a plane, from the top down; memory stays bounded for planes of any size. */
  score(memory: PixelMemory, plane: PlacedImage): AsyncGenerator<ScoreRows, void, undefined>;
  close(): Promise<void>;
}

/** throws  AcquaintError('model_corrupt') */
export async function createMmodScorer(
  runtime: Runtime,
  net: Pick<MmodNet, 'stem' | 'head'>,
): Promise<MmodScorer> {
  const stem = await runtime.load(net.stem, { reuseMemory: true });
  const head = await runtime.load(net.head, { reuseMemory: true });
  return {
    score: (memory, plane) => scoreRows(stem, head, memory, plane),
    async close() {
      await stem.close();
      await head.close();
    },
  };
}

async function* scoreRows(stem: Session, head: Session, memory: PixelMemory, plane: PlacedImage) {
  const rows = cellsAlong(plane.height);
  const columns = cellsAlong(plane.width);
  if (rows === 0 || columns === 0) return;
  const strips = Math.ceil((rows * columns) / HEAD_CELLS);
  const stripRows = Math.max(HEAD_CONTEXT, Math.ceil(rows / strips));
  let features: FeatureRows = { data: new Float32Array(0), columns, first: 0, last: 0 };
  for (let start = 0; start < rows; start += stripRows) {
    const end = Math.min(rows, start + stripRows);
    const first = Math.max(0, start - HEAD_CONTEXT);
    features = await featureRows(stem, memory, plane, features, first, Math.min(rows, end + HEAD_CONTEXT));
    const { result } = await head.run({ features: tensorOf(features) });
    const scores = result?.data.subarray((start - first) * columns, (end - first) * columns);
    yield { firstRow: start, columns, scores: scores as Float32Array };
  }
}

function cellsAlong(side: number): number {
  return Math.max(0, Math.floor((side - CELL_REACH) / CELL_PX) + 1);
}

/** Features of the rows [first, last) of cells: channels x rows x columns. */
interface FeatureRows {
  readonly data: Float32Array;
  readonly columns: number;
  readonly first: number;
  readonly last: number;
}

/** Rows that `known` has are taken from there. */
async function featureRows(
  stem: Session,
  memory: PixelMemory,
  plane: PlacedImage,
  known: FeatureRows,
  first: number,
  last: number,
): Promise<FeatureRows> {
  const { columns } = known;
  const rows: FeatureRows = {
    data: new Float32Array(STEM_CHANNELS * (last - first) * columns),
    columns,
    first,
    last,
  };
  copyRows(known, rows);
  const stripRows = Math.max(1, Math.floor(STEM_PIXELS / (plane.width * CELL_PX)));
  for (let start = Math.max(first, known.last); start < last; start += stripRows) {
    copyRows(await runStem(stem, memory, plane, start, Math.min(last, start + stripRows)), rows);
  }
  return rows;
}

/** Those that lie in both. */
function copyRows(from: FeatureRows, to: FeatureRows): void {
  const start = Math.max(from.first, to.first);
  const end = Math.min(from.last, to.last);
  if (start >= end) return;
  const length = (end - start) * to.columns;
  for (let channel = 0; channel < STEM_CHANNELS; channel++) {
    const source = placeOf(from, channel, start);
    to.data.set(from.data.subarray(source, source + length), placeOf(to, channel, start));
  }
}

function placeOf({ first, last, columns }: FeatureRows, channel: number, row: number): number {
  return (channel * (last - first) + row - first) * columns;
}

async function runStem(
  stem: Session,
  memory: PixelMemory,
  plane: PlacedImage,
  first: number,
  last: number,
): Promise<FeatureRows> {
  const top = first * CELL_PX;
  const bottom = (last - 1) * CELL_PX + CELL_REACH;
  const pixels = memory.view(placedPart(plane, { left: 0, top, right: plane.width, bottom }));
  const { result } = await stem.run({
    pixels: { type: 'uint8', data: pixels.data, dims: [1, pixels.height, pixels.width, 3] },
  });
  return { data: result?.data as Float32Array, columns: cellsAlong(plane.width), first, last };
}

function tensorOf({ data, columns, first, last }: FeatureRows): Tensor {
  return { type: 'float32', data, dims: [1, STEM_CHANNELS, last - first, columns] };
}
