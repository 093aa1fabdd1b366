import { GraphBuilder, type OnnxGraph } from '../onnx/graph.ts';
import type { AffineLayer, ConvolutionLayer, NetLayer, SlidingWindow } from './layers.ts';
import type { ChannelMeans, DlibNetwork } from './network.ts';

/** dlib divides by this after subtracting the means (dnn/input.h). */
const PIXEL_SCALE = 256;

/** A value on its way through the net. Sizes are known only where the net's input has one size. */
interface Value {
  readonly name: string;
  readonly channels: number;
  readonly rows: number | null;
  readonly columns: number | null;
}

/**
 * A dlib net as an ONNX graph.
 * input   `pixels`: uint8 [pictures, rows, columns, 3], RGB; casting and normalising are part of the graph
 * output  `result`: float32, [pictures, numbers] after a fully connected layer, else [pictures, channels, rows, columns]
 * throws  RangeError for a net with an order of layers that does not occur in the published ones
 */
export function buildNetworkGraph(network: DlibNetwork): OnnxGraph {
  const builder = new GraphBuilder(network.name);
  const { size, means } = network.input;
  const transposed = builder.node('Transpose', ['pixels'], { perm: [0, 3, 1, 2] });
  const floats = builder.node('Cast', [transposed], { to: 1 });
  const input: Value = {
    name: floats,
    channels: 3,
    rows: size?.height ?? null,
    columns: size?.width ?? null,
  };
  const output = addLayers(builder, foldLayers(network.layers, means), input);
  const isVector = output.rows === 0;
  return builder.build(
    {
      name: 'pixels',
      type: 'uint8',
      dims: ['pictures', size?.height ?? 'rows', size?.width ?? 'columns', 3],
    },
    output.name,
    {
      name: 'result',
      type: 'float32',
      dims: isVector
        ? ['pictures', output.channels]
        : ['pictures', output.channels, 'result_rows', 'result_columns'],
    },
  );
}

/** Joins each scale and shift with the convolution before it, and the normalisation with the first convolution. */
function foldLayers(layers: readonly NetLayer[], means: ChannelMeans): readonly NetLayer[] {
  const folded: NetLayer[] = [];
  for (const layer of layers) {
    const previous = folded.at(-1);
    if (layer.kind === 'affine' && previous?.kind === 'convolution') {
      folded[folded.length - 1] = withAffine(previous, layer);
    } else {
      folded.push(layer);
    }
  }
  const [first, ...rest] = folded;
  if (first?.kind !== 'convolution' || first.window.paddingX + first.window.paddingY !== 0) {
    throw new RangeError(
      `Expected an unpadded convolution as the first layer but received ${first?.kind ?? 'none'}`,
    );
  }
  return [withNormalisation(first, [means.red, means.green, means.blue]), ...rest];
}

function withAffine(layer: ConvolutionLayer, { scale, shift }: AffineLayer): ConvolutionLayer {
  const perOutput = layer.weights.length / layer.outputs;
  return {
    ...layer,
    weights: layer.weights.map((weight, i) => weight * scale[Math.floor(i / perOutput)]!),
    bias: layer.bias.map((bias, output) => bias * scale[output]! + shift[output]!),
  };
}

/** w (x - mean) / 256 + b = (w / 256) x + (b - sum(w mean) / 256): exact, because no padding hides pixels. */
function withNormalisation(layer: ConvolutionLayer, means: readonly number[]): ConvolutionLayer {
  const perChannel = layer.window.width * layer.window.height;
  const perOutput = perChannel * layer.inputs;
  const bias = Float64Array.from(layer.bias);
  layer.weights.forEach((weight, i) => {
    const channel = Math.floor(i / perChannel) % layer.inputs;
    bias[Math.floor(i / perOutput)]! -= (weight * means[channel]!) / PIXEL_SCALE;
  });
  return {
    ...layer,
    weights: layer.weights.map((weight) => weight / PIXEL_SCALE),
    bias: Float32Array.from(bias),
  };
}

/**
 * Walks from the input to the output. A mark after a computing layer is a tag: it remembers the value. A mark right
 * after a mark is a skip back to the tag before it. `add` adds the tag remembered last.
 */
function addLayers(builder: GraphBuilder, layers: readonly NetLayer[], input: Value): Value {
  const tags: Value[] = [];
  let value = input;
  layers.forEach((layer, i) => {
    if (layer.kind !== 'mark') {
      value =
        layer.kind === 'add' ? addPadded(builder, value, lastTag(tags)) : addLayer(builder, layer, value);
    } else if (layers[i - 1]?.kind === 'mark') {
      value = lastTag(tags.slice(0, -1));
    } else {
      tags.push(value);
    }
  });
  return value;
}

function lastTag(tags: readonly Value[]): Value {
  const tag = tags.at(-1);
  if (tag === undefined)
    throw new RangeError('Expected a tagged layer before a skip or sum but received none');
  return tag;
}

function addLayer(
  builder: GraphBuilder,
  layer: Exclude<NetLayer, { kind: 'mark' | 'add' }>,
  value: Value,
): Value {
  switch (layer.kind) {
    case 'convolution': {
      const { window, inputs, outputs } = layer;
      const weights = builder.floats([outputs, inputs, window.height, window.width], layer.weights);
      const bias = builder.floats([outputs], layer.bias);
      const name = builder.node('Conv', [value.name, weights, bias], windowAttributes(window));
      return slide({ ...value, name, channels: outputs }, window);
    }
    case 'affine': {
      const scale = builder.floats([value.channels, 1, 1], layer.scale);
      const shift = builder.floats([value.channels, 1, 1], layer.shift);
      const name = builder.node('Add', [builder.node('Mul', [value.name, scale]), shift]);
      return { ...value, name };
    }
    case 'relu':
      return { ...value, name: builder.node('Relu', [value.name]) };
    case 'max_pool':
    case 'average_pool': {
      if (layer.window === null) {
        const operator = layer.kind === 'max_pool' ? 'GlobalMaxPool' : 'GlobalAveragePool';
        return { ...value, name: builder.node(operator, [value.name]), rows: 1, columns: 1 };
      }
      const operator = layer.kind === 'max_pool' ? 'MaxPool' : 'AveragePool';
      const name = builder.node(operator, [value.name], windowAttributes(layer.window));
      return slide({ ...value, name }, layer.window);
    }
    case 'fully_connected': {
      const flat = builder.node('Flatten', [value.name]);
      const weights = builder.floats([layer.inputs, layer.outputs], layer.weights);
      return {
        name: builder.node('MatMul', [flat, weights]),
        channels: layer.outputs,
        rows: 0,
        columns: 0,
      };
    }
  }
}

function windowAttributes(window: SlidingWindow) {
  return {
    kernel_shape: [window.height, window.width],
    strides: [window.strideY, window.strideX],
    pads: [window.paddingY, window.paddingX, window.paddingY, window.paddingX],
  };
}

function slide(value: Value, window: SlidingWindow): Value {
  const after = (side: number | null, kernel: number, stride: number, padding: number) =>
    side === null ? null : Math.floor((side + 2 * padding - kernel) / stride) + 1;
  return {
    ...value,
    rows: after(value.rows, window.height, window.strideY, window.paddingY),
    columns: after(value.columns, window.width, window.strideX, window.paddingX),
  };
}

/** dlib's `add_prev`: the smaller of the two is filled with zeros at the end of channels, rows and columns. */
function addPadded(builder: GraphBuilder, a: Value, b: Value): Value {
  const [rows, columns] = [larger(a.rows, b.rows), larger(a.columns, b.columns)];
  const channels = Math.max(a.channels, b.channels);
  const name = builder.node('Add', [
    padTo(builder, a, channels, rows, columns),
    padTo(builder, b, channels, rows, columns),
  ]);
  return { name, channels, rows, columns };
}

function larger(a: number | null, b: number | null): number {
  if (a === null || b === null) throw new RangeError('Expected known sizes for a sum but received open ones');
  return Math.max(a, b);
}

function padTo(builder: GraphBuilder, value: Value, channels: number, rows: number, columns: number): string {
  const growth = [
    channels - value.channels,
    rows - (value.rows ?? rows),
    columns - (value.columns ?? columns),
  ];
  if (growth.every((side) => side === 0)) return value.name;
  return builder.node('Pad', [value.name, builder.integers([0, 0, 0, 0, 0, ...growth])]);
}
