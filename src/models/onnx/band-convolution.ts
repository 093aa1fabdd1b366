import { type CookToom, cookToom } from './cook-toom.ts';
import type { GraphBuilder } from './graph.ts';

/** A convolution of stride 1 with five rows, which keeps the number of rows. */
export interface BandConvolution {
  /** Outputs x inputs x 5 x width. */
  readonly weights: Float32Array;
  readonly bias: Float32Array;
  readonly inputs: number;
  readonly outputs: number;
  readonly width: number;
  readonly paddingX: number;
}

export const BAND_KERNEL_ROWS = 5;
/** Rows of the result that are made together: fewer are slower, more barely faster and less exact (bench/README.md). */
const BAND_ROWS = 6;
/** Their rounding errors were among the smallest of those tried, and fractions of 8 are exact (bench/bands/bands.js). */
const POINTS = [0, 3 / 8, -3 / 8, 3 / 4, -3 / 4, 5 / 4, -5 / 4, 9 / 4, -9 / 4];
const METHOD = cookToom(BAND_ROWS, BAND_KERNEL_ROWS, POINTS);
const PRODUCTS = METHOD.input.length;
const PADDING_Y = (BAND_KERNEL_ROWS - 1) / 2;

/**
 * The convolution, equal up to rounding (a few millionths of the largest result), with a third of the multiplications:
 * bands of six rows by Cook's and Toom's method down the columns. Ten filters without rows make the signals of a band, a
 * convolution with one row each (all in one, by groups) their products, and a multiplication by a small matrix the rows.
 * requires  one picture at a time, inputs and outputs in whole blocks of channels
 * ensures   negative results are 0 when `rectified`
 */
export function convolveByBands(
  builder: GraphBuilder,
  input: string,
  convolution: BandConvolution,
  rectified: boolean,
): string {
  const signals = bandSignals(builder, input, convolution.inputs);
  const products = bandProducts(builder, signals, convolution);
  return bandRows(builder, input, products, convolution.outputs, rectified);
}

/** [1, inputs, rows, columns] -> [1, products x inputs, bands, columns] */
function bandSignals(builder: GraphBuilder, input: string, inputs: number): string {
  const signals = METHOD.input.map((row) => {
    const weights = Float32Array.from({ length: inputs * PRODUCTS }, (_, i) => row[i % PRODUCTS]!);
    return builder.node('Conv', [input, builder.floats([inputs, 1, PRODUCTS, 1], weights)], {
      kernel_shape: [PRODUCTS, 1],
      strides: [BAND_ROWS, 1],
      // At the end so much that the last band is made however few rows it has.
      pads: [PADDING_Y, 0, PRODUCTS - 1 - PADDING_Y, 0],
      group: inputs,
    });
  });
  return builder.node('Concat', signals, { axis: 1 });
}

/** [1, products x inputs, bands, columns] -> [1, products x outputs, bands, columns] */
function bandProducts(builder: GraphBuilder, signals: string, convolution: BandConvolution): string {
  const { inputs, outputs, width, paddingX } = convolution;
  const weights = builder.floats([PRODUCTS * outputs, inputs, 1, width], bandWeights(convolution, METHOD));
  const bias = builder.floats([PRODUCTS * outputs], bandBias(convolution, METHOD));
  return builder.node('Conv', [signals, weights, bias], {
    kernel_shape: [1, width],
    pads: [0, paddingX, 0, paddingX],
    group: PRODUCTS,
  });
}

function bandWeights(
  { weights, inputs, outputs, width }: BandConvolution,
  { kernel }: CookToom,
): Float32Array {
  const perPair = BAND_KERNEL_ROWS * width;
  const pairs = outputs * inputs;
  return Float32Array.from({ length: kernel.length * pairs * width }, (_, i) => {
    const first = (Math.floor(i / width) % pairs) * perPair + (i % width);
    const taps = kernel[Math.floor(i / (pairs * width))]!;
    return taps.reduce((sum, tap, row) => sum + tap * weights[first + row * width]!, 0);
  });
}

/** What is added to every row of a band is added to the products of its first filter tap with a signal of ones. */
function bandBias({ bias, outputs }: BandConvolution, { input, kernel }: CookToom): Float32Array {
  const ones = input.map((row, product) => kernel[product]![0]! * row.reduce((sum, value) => sum + value, 0));
  return Float32Array.from(
    { length: ones.length * outputs },
    (_, i) => ones[Math.floor(i / outputs)]! * bias[i % outputs]!,
  );
}

/** [1, products x outputs, bands, columns] -> [1, outputs, rows of `input`, columns] */
function bandRows(
  builder: GraphBuilder,
  input: string,
  products: string,
  outputs: number,
  rectified: boolean,
): string {
  const matrix = builder.floats([BAND_ROWS, PRODUCTS], Float32Array.from(METHOD.output.flat()));
  const flat = builder.node('Reshape', [products, builder.integers([PRODUCTS, -1])]);
  // Right after the multiplication a rectifier costs nothing.
  const multiplied = builder.node('Gemm', [matrix, flat]);
  const values = rectified ? builder.node('Relu', [multiplied]) : multiplied;
  const reshape = (value: string, first: readonly number[], size: string) =>
    builder.node('Reshape', [value, builder.node('Concat', [builder.integers(first), size], { axis: 0 })]);
  const bands = reshape(values, [BAND_ROWS, outputs], builder.node('Shape', [products], { start: 2 }));
  const inOrder = builder.node('Transpose', [bands], { perm: [1, 2, 0, 3] });
  const all = reshape(inOrder, [1, outputs, -1], builder.node('Shape', [products], { start: 3 }));
  const rows = builder.node('Shape', [input], { start: 2, end: 3 });
  return builder.node('Slice', [all, builder.integers([0]), rows, builder.integers([2])]);
}
