import type { GraphBuilder } from './graph.ts';

/** ONNX Runtime computes so many channels at once, needed or not: 8 with AVX2, 16 with AVX-512, 4 on arm64. */
const CHANNEL_BLOCK = 8;

export function roundedChannels(channels: number): number {
  return Math.ceil(channels / CHANNEL_BLOCK) * CHANNEL_BLOCK;
}

/** A convolution of stride 1 with few outputs. */
export interface RowConvolution {
  /** Outputs x inputs x height x width. */
  readonly weights: Float32Array;
  readonly bias: Float32Array;
  readonly inputs: number;
  readonly outputs: number;
  readonly height: number;
  readonly width: number;
  readonly paddingY: number;
  readonly paddingX: number;
}

/**
 * The convolution as two, equal up to rounding: one row of the kernel each, then the sum of every output's rows. With one
 * output of 9x9 the first has 9 outputs for the 8 that are computed anyway: four times as fast (bench/README.md).
 */
export function convolveByRows(builder: GraphBuilder, input: string, convolution: RowConvolution): string {
  const { outputs, inputs, height, width, weights, bias, paddingX, paddingY } = convolution;
  const channels = roundedChannels(outputs * height);
  const rows = new Float32Array(channels * inputs * width);
  const sums = new Float32Array(outputs * channels * height);
  for (let output = 0; output < outputs; output++) {
    for (let y = 0; y < height; y++) {
      const channel = output * height + y;
      sums[(output * channels + channel) * height + y] = 1;
      for (let from = 0; from < inputs; from++) {
        const start = ((output * inputs + from) * height + y) * width;
        rows.set(weights.subarray(start, start + width), (channel * inputs + from) * width);
      }
    }
  }
  const byRows = builder.node('Conv', [input, builder.floats([channels, inputs, 1, width], rows)], {
    kernel_shape: [1, width],
    pads: [0, paddingX, 0, paddingX],
  });
  return builder.node(
    'Conv',
    [byRows, builder.floats([outputs, channels, height, 1], sums), builder.floats([outputs], bias)],
    { kernel_shape: [height, 1], pads: [paddingY, 0, paddingY, 0] },
  );
}
