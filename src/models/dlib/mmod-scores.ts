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
/** Cells on each side that the head's three 5x5 and one 9x9 convolutions make a score depend on. */
const HEAD_CONTEXT = 10;
/**
 * What is run at once. Small enough that no tensor has 32 MB: the C library asks the system for larger blocks anew every
 * time, and pages fetched for the first time made the stem almost twice as slow (bench/README.md).
 */
const STEM_PIXELS = 1_200_000;
const HEAD_CELLS = 160_000;

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
  const stem = await runtime.load(net.stem);
  const head = await runtime.load(net.head);
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
  const stripRows = Math.max(HEAD_CONTEXT, Math.floor(HEAD_CELLS / columns));
  let features = emptyRows;
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
  readonly channels: number;
  readonly columns: number;
  readonly first: number;
  readonly last: number;
}

const emptyRows: FeatureRows = { data: new Float32Array(0), channels: 0, columns: 0, first: 0, last: 0 };

/** Rows that `known` has are taken from there. */
async function featureRows(
  stem: Session,
  memory: PixelMemory,
  plane: PlacedImage,
  known: FeatureRows,
  first: number,
  last: number,
): Promise<FeatureRows> {
  const strips = [known];
  const stripRows = Math.max(1, Math.floor(STEM_PIXELS / (plane.width * CELL_PX)));
  for (let start = Math.max(first, known.last); start < last; start += stripRows) {
    strips.push(await runStem(stem, memory, plane, start, Math.min(last, start + stripRows)));
  }
  const { channels, columns } = strips.at(-1)!;
  const perChannel = (last - first) * columns;
  const data = new Float32Array(channels * perChannel);
  for (const strip of strips) {
    const from = Math.max(first, strip.first);
    const height = strip.last - strip.first;
    for (let channel = 0; channel < strip.channels; channel++) {
      const start = channel * height * columns;
      const rows = strip.data.subarray(start + (from - strip.first) * columns, start + height * columns);
      data.set(rows, channel * perChannel + (from - first) * columns);
    }
  }
  return { data, channels, columns, first, last };
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
  const pixels = memory.read(placedPart(plane, { left: 0, top, right: plane.width, bottom }));
  const { result } = await stem.run({
    pixels: { type: 'uint8', data: pixels.data, dims: [1, pixels.height, pixels.width, 3] },
  });
  const [, channels = 0, , columns = 0] = result?.dims ?? [];
  return { data: result?.data as Float32Array, channels, columns, first, last };
}

function tensorOf({ data, channels, columns, first, last }: FeatureRows): Tensor {
  return { type: 'float32', data, dims: [1, channels, last - first, columns] };
}
