import { BAND_KERNEL_ROWS, convolveByBands } from '../onnx/band-convolution.ts';
import { GraphBuilder, type GraphValue, type OnnxGraph } from '../onnx/graph.ts';
import { convolveByRows, roundedChannels } from '../onnx/row-convolution.ts';
import { fastLayers } from './fast-layers.ts';
import type { ConvolutionLayer, NetLayer, SlidingWindow } from './layers.ts';
import type { DlibNetwork } from './network.ts';

/** A value on its way through the net. Sizes are known only where the net's input has one size. */
interface Value {
  readonly name: string;
  readonly channels: number;
  readonly rows: number | null;
  readonly columns: number | null;
}

/**
 * A dlib net as an ONNX graph.
 * input   `pixels`: uint8 [pictures, rows, columns, 3], RGB; casting and normalising are part of the graph. A net for
 *         pictures of any size takes one at a time
 * output  `result`: float32, [pictures, numbers] after a fully connected layer, else [1, channels, rows, columns]
 * throws  RangeError for a net with an order of layers that does not occur in the published ones
 */
export function buildNetworkGraph(network: DlibNetwork): OnnxGraph {
  return pixelGraph(network, fastLayers(network));
}

/** A net as two graphs. */
export interface SplitNetwork {
  /** From pixels to the features that its last rectifier leaves. */
  readonly stem: OnnxGraph;
  /** From `features`: float32 [1, channels, rows, columns], to the result. */
  readonly head: OnnxGraph;
}

/** The net in two parts, of which the first ends before the convolution number `convolutions`, counted from 0. */
export function buildSplitNetwork(network: DlibNetwork, convolutions: number): SplitNetwork {
  const layers = fastLayers(network);
  const starts = layers.flatMap((layer, i) => (layer.kind === 'convolution' ? [i] : []));
  const cut = starts[convolutions];
  const first = cut === undefined ? undefined : layers[cut];
  if (cut === undefined || first?.kind !== 'convolution') {
    throw new RangeError(
      `Expected a net of more than ${convolutions} convolutions but received ${starts.length}`,
    );
  }
  const builder = new GraphBuilder(`${network.name} head`);
  const features: Value = { name: 'features', channels: first.inputs, rows: null, columns: null };
  const output = addLayers(builder, layers.slice(cut), features);
  const head = builder.build(
    { name: 'features', type: 'float32', dims: [1, first.inputs, 'rows', 'columns'] },
    output.name,
    resultOf(output),
  );
  return { stem: pixelGraph(network, layers.slice(0, cut)), head };
}

function pixelGraph({ name, input: { size } }: DlibNetwork, layers: readonly NetLayer[]): OnnxGraph {
  const builder = new GraphBuilder(name);
  const transposed = builder.node('Transpose', ['pixels'], { perm: [0, 3, 1, 2] });
  // Runs on all threads and uses vectors, unlike a Cast.
  const floats = builder.node('DequantizeLinear', [transposed, builder.floats([], Float32Array.of(1))]);
  const input: Value = {
    name: floats,
    channels: 3,
    rows: size?.height ?? null,
    columns: size?.width ?? null,
  };
  const output = addLayers(builder, layers, input);
  return builder.build(
    {
      name: 'pixels',
      type: 'uint8',
      dims: [size === null ? 1 : 'pictures', size?.height ?? 'rows', size?.width ?? 'columns', 3],
    },
    output.name,
    resultOf(output),
  );
}

function resultOf({ channels, rows }: Value): GraphValue {
  const isVector = rows === 0;
  return {
    name: 'result',
    type: 'float32',
    dims: isVector ? ['pictures', channels] : [1, channels, 'result_rows', 'result_columns'],
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
    case 'convolution':
      return slide(
        { ...value, name: addConvolution(builder, layer, value.name), channels: layer.outputs },
        layer.window,
      );
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

function addConvolution(builder: GraphBuilder, layer: ConvolutionLayer, input: string): string {
  if (canConvolveByBands(layer)) {
    return convolveByBands(builder, input, { ...layer.window, ...layer }, layer.rectified);
  }
  const convolved = addPlainConvolution(builder, layer, input);
  return layer.rectified ? builder.node('Relu', [convolved]) : convolved;
}

/** MMOD's head. */
function canConvolveByBands({ window, inputs, outputs }: ConvolutionLayer): boolean {
  const { height, strideX, strideY, paddingY } = window;
  const keepsRows = height === BAND_KERNEL_ROWS && 2 * paddingY === height - 1;
  const isInBlocks = inputs === roundedChannels(inputs) && outputs === roundedChannels(outputs);
  return keepsRows && strideX === 1 && strideY === 1 && isInBlocks;
}

function addPlainConvolution(builder: GraphBuilder, layer: ConvolutionLayer, input: string): string {
  const { window, inputs, outputs } = layer;
  if (outputs < roundedChannels(outputs) && window.strideX === 1 && window.strideY === 1) {
    return convolveByRows(builder, input, { ...window, ...layer });
  }
  const weights = builder.floats([outputs, inputs, window.height, window.width], layer.weights);
  const bias = builder.floats([outputs], layer.bias);
  return builder.node('Conv', [input, weights, bias], windowAttributes(window));
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
