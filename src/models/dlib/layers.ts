import type { DlibReader, TensorDims } from './deserialize.ts';

/** A window that slides over rows and columns; paddings are zeros on both sides. */
export interface SlidingWindow {
  readonly height: number;
  readonly width: number;
  readonly strideY: number;
  readonly strideX: number;
  readonly paddingY: number;
  readonly paddingX: number;
}

export interface ConvolutionLayer {
  readonly kind: 'convolution';
  readonly inputs: number;
  readonly outputs: number;
  readonly window: SlidingWindow;
  /** [outputs, inputs, height, width] */
  readonly weights: Float32Array;
  /** [outputs] */
  readonly bias: Float32Array;
  /** Negative results become 0. Never so in a file: there a rectifier is a layer of its own. */
  readonly rectified: boolean;
}

/** y = scale * x + shift, per channel: what batch normalisation becomes after training. */
export interface AffineLayer {
  readonly kind: 'affine';
  readonly scale: Float32Array;
  readonly shift: Float32Array;
}

/** `window` null: one window over everything that there is. */
export interface PoolLayer {
  readonly kind: 'max_pool' | 'average_pool';
  readonly window: SlidingWindow | null;
}

export interface FullyConnectedLayer {
  readonly kind: 'fully_connected';
  readonly inputs: number;
  readonly outputs: number;
  /** [inputs, outputs] */
  readonly weights: Float32Array;
}

/**
 * `mark` stands where dlib has a tag or skip; the file does not say which. `add` adds a marked value, padded with zeros
 * at the end of channels, rows and columns when the sizes differ.
 */
export type NetLayer =
  | ConvolutionLayer
  | AffineLayer
  | PoolLayer
  | FullyConnectedLayer
  | { readonly kind: 'relu' }
  | { readonly kind: 'add' }
  | { readonly kind: 'mark' };

/**
 * One layer's details (dnn/layers.h), which begin with a string that names the layer and its version.
 * throws  AcquaintError('model_corrupt')
 */
export function readLayer(reader: DlibReader): NetLayer {
  const kind = reader.string();
  switch (kind) {
    case 'con_4':
      return readConvolution(reader);
    case 'affine_':
      return readAffine(reader);
    case 'bn_con2':
      return readBatchNormalisation(reader);
    case 'relu_':
      return { kind: 'relu' };
    case 'max_pool_2':
      return { kind: 'max_pool', window: readPoolWindow(reader) };
    case 'avg_pool_2':
      return { kind: 'average_pool', window: readPoolWindow(reader) };
    case 'fc_2':
      return readFullyConnected(reader);
    case 'add_prev_':
      return { kind: 'add' };
    default:
      throw reader.corrupt(`a known layer (found ${JSON.stringify(kind)})`);
  }
}

function readConvolution(reader: DlibReader): ConvolutionLayer {
  const params = reader.tensor().data;
  const outputs = reader.intWithin(1, 100_000, 'a number of filters');
  const window = readWindow(reader, 1);
  const [filters, inputs, height, width] = reader.aliasDims();
  const biases = product(reader.aliasDims());
  for (let multiplier = 0; multiplier < 4; multiplier++) reader.float();

  const weightCount = filters * inputs * height * width;
  const fits = filters === outputs && height === window.height && width === window.width;
  if (!fits || biases !== outputs || params.length !== weightCount + outputs) {
    throw reader.corrupt('filters that fit their description');
  }
  return {
    kind: 'convolution',
    inputs,
    outputs,
    window,
    weights: params.slice(0, weightCount),
    bias: params.slice(weightCount),
    rectified: false,
  };
}

function readAffine(reader: DlibReader): AffineLayer {
  const params = reader.tensor().data;
  const scales = product(reader.aliasDims());
  const shifts = product(reader.aliasDims());
  // 0: one scale per channel; 1: one per number, after a fully connected layer.
  reader.intWithin(0, 1, 'a layer mode');
  if (scales !== shifts || params.length !== scales + shifts) throw reader.corrupt('a shift for every scale');
  return { kind: 'affine', scale: params.slice(0, scales), shift: params.slice(scales) };
}

/** Batch normalisation with its running statistics, as the affine layer that dlib makes of it. */
function readBatchNormalisation(reader: DlibReader): AffineLayer {
  const params = reader.tensor().data;
  const channels = product(reader.aliasDims());
  reader.aliasDims();
  for (let batchStatistic = 0; batchStatistic < 2; batchStatistic++) reader.tensor();
  const means = reader.tensor().data;
  const variances = reader.tensor().data;
  for (let counter = 0; counter < 2; counter++) reader.int();
  for (let multiplier = 0; multiplier < 4; multiplier++) reader.float();
  const epsilon = reader.float();
  const fits = params.length === 2 * channels && means.length === channels && variances.length === channels;
  if (!fits) throw reader.corrupt('statistics of every channel');

  const scale = params.slice(0, channels).map((gamma, i) => gamma / Math.sqrt((variances[i] ?? 0) + epsilon));
  const shift = params.slice(channels).map((beta, i) => beta - (scale[i] ?? 0) * (means[i] ?? 0));
  return { kind: 'affine', scale, shift };
}

function readFullyConnected(reader: DlibReader): FullyConnectedLayer {
  const outputs = reader.intWithin(1, 1_000_000, 'a number of outputs');
  const inputs = reader.intWithin(1, 1_000_000, 'a number of inputs');
  const weights = reader.tensor().data;
  for (let alias = 0; alias < 2; alias++) reader.aliasDims();
  // fc_bias_mode: 0 has a bias, 1 has none; only the latter occurs in a net for embeddings.
  reader.intWithin(1, 1, 'a layer without bias');
  for (let multiplier = 0; multiplier < 4; multiplier++) reader.float();
  if (weights.length !== inputs * outputs) throw reader.corrupt(`${inputs} x ${outputs} weights`);
  return { kind: 'fully_connected', inputs, outputs, weights };
}

function readPoolWindow(reader: DlibReader): SlidingWindow | null {
  const window = readWindow(reader, 0);
  return window.height === 0 || window.width === 0 ? null : window;
}

function readWindow(reader: DlibReader, smallest: number): SlidingWindow {
  const side = (min: number, what: string) => reader.intWithin(min, 1000, what);
  return {
    height: side(smallest, "a window's height"),
    width: side(smallest, "a window's width"),
    strideY: side(1, 'a stride'),
    strideX: side(1, 'a stride'),
    paddingY: side(0, 'a padding'),
    paddingX: side(0, 'a padding'),
  };
}

function product(dims: TensorDims): number {
  return dims[0] * dims[1] * dims[2] * dims[3];
}
