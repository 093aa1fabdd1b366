import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../../src/core/random.ts';
import { type BandConvolution, convolveByBands } from '../../src/models/onnx/band-convolution.ts';
import { cookToom } from '../../src/models/onnx/cook-toom.ts';
import { encodeModel } from '../../src/models/onnx/encode.ts';
import { GraphBuilder } from '../../src/models/onnx/graph.ts';
import { createOnnxRuntime } from '../../src/runtime/onnx-runtime.ts';

const inputs = 16;
const outputs = 8;

describe('filtering by products at points', () => {
  it('gives what plain filtering gives', () => {
    const random = createRandom(1);
    for (const [rows, taps, points] of [
      [2, 3, [0, 1, -1]],
      [4, 5, [0, 1, -1, 2, -2, 0.5, -0.5]],
      [3, 1, [0, 2]],
      [1, 4, [0, 1, 0.5]],
    ] as const) {
      const method = cookToom(rows, taps, points);
      const filter = numbers(taps, random);
      const signal = numbers(rows + taps - 1, random);
      const signals = method.input.map((row) => dot(row, signal));
      const products = method.kernel.map((row, i) => dot(row, filter) * signals[i]!);
      const plain = Array.from({ length: rows }, (_, i) => dot(filter, signal.slice(i, i + taps)));
      for (const [i, row] of method.output.entries()) expect(dot(row, products)).toBeCloseTo(plain[i]!, 10);
    }
  });

  it('refuses points that do not fit or are equal', () => {
    expect(() => cookToom(2, 3, [0, 1])).toThrow(RangeError);
    expect(() => cookToom(2, 3, [0, 1, 1])).toThrow('Expected 3 different points but received 0,1,1');
  });
});

describe('a convolution by bands', () => {
  it.each([1, 2, 5, 6, 7, 11, 12, 13, 18, 31])(
    'gives a map of %i rows what a plain convolution gives it',
    async (rows) => {
      for (const width of [1, 3, 5]) {
        const random = createRandom(rows * 10 + width);
        const convolution = randomConvolution(width, random);
        const map = { rows, columns: width + 8, data: numbers(inputs * rows * (width + 8), random) };
        const plain = plainConvolution(convolution, map);
        expectClose(await byBands(convolution, map, false), plain);
        expectClose(
          await byBands(convolution, map, true),
          plain.map((value) => Math.max(0, value)),
        );
      }
    },
  );
});

interface FeatureMap {
  readonly rows: number;
  readonly columns: number;
  /** Channels x rows x columns. */
  readonly data: readonly number[];
}

/** -1 to 1. */
function numbers(count: number, random: Random): readonly number[] {
  return Array.from({ length: count }, () => Math.fround(2 * random() - 1));
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

function randomConvolution(width: number, random: Random): BandConvolution {
  const weights = Float32Array.from(numbers(outputs * inputs * 5 * width, random));
  const bias = Float32Array.from(numbers(outputs, random));
  return { weights, bias, inputs, outputs, width, paddingX: (width - 1) / 2 };
}

async function byBands(
  convolution: BandConvolution,
  { rows, columns, data }: FeatureMap,
  rectified: boolean,
): Promise<readonly number[]> {
  const builder = new GraphBuilder('bands');
  const result = convolveByBands(builder, 'map', convolution, rectified);
  const graph = builder.build(
    { name: 'map', type: 'float32', dims: [1, inputs, 'rows', 'columns'] },
    result,
    {
      name: 'result',
      type: 'float32',
      dims: [1, outputs, 'rows', 'columns'],
    },
  );
  const session = await createOnnxRuntime({ threads: 1 }).load(encodeModel(graph));
  const map = { type: 'float32', data: Float32Array.from(data), dims: [1, inputs, rows, columns] } as const;
  const { result: tensor } = await session.run({ map });
  await session.close();
  expect(tensor?.dims).toEqual([1, outputs, rows, columns]);
  return [...(tensor?.data ?? [])];
}

function plainConvolution(convolution: BandConvolution, map: FeatureMap): readonly number[] {
  const { rows, columns } = map;
  return Array.from({ length: outputs * rows * columns }, (_, i) => {
    const output = Math.floor(i / (rows * columns));
    const [y, x] = [Math.floor(i / columns) % rows, i % columns];
    return convolution.bias[output]! + windowSum(convolution, map, output, y, x);
  });
}

function windowSum(
  { weights, width, paddingX }: BandConvolution,
  { rows, columns, data }: FeatureMap,
  output: number,
  y: number,
  x: number,
): number {
  let sum = 0;
  for (let i = 0; i < inputs * 5 * width; i++) {
    const input = Math.floor(i / (5 * width));
    const fromY = y + (Math.floor(i / width) % 5) - 2;
    const fromX = x + (i % width) - paddingX;
    if (fromY < 0 || fromY >= rows || fromX < 0 || fromX >= columns) continue;
    sum += weights[output * inputs * 5 * width + i]! * data[(input * rows + fromY) * columns + fromX]!;
  }
  return sum;
}

/**
 * Rounding alone, which differs with the processor: it chooses in what order float32 products are added. No value is off
 * by 1e-5 of the largest result (up to 6e-6 were seen), and the root mean square is at most 3e-6 of the results' own.
 */
function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  const differences = actual.map((value, i) => value - expected[i]!);
  expect(largest(differences)).toBeLessThan(1e-5 * largest(expected));
  expect(rootMeanSquare(differences)).toBeLessThan(3e-6 * rootMeanSquare(expected));
}

function largest(values: readonly number[]): number {
  return Math.max(...values.map(Math.abs));
}

function rootMeanSquare(values: readonly number[]): number {
  return Math.hypot(...values) / Math.sqrt(values.length);
}
