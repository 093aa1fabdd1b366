import { roundedChannels } from '../onnx/row-convolution.ts';
import type { AffineLayer, ConvolutionLayer, NetLayer } from './layers.ts';
import type { ChannelMeans, DlibNetwork } from './network.ts';

/** dlib divides by this after subtracting the means (dnn/input.h). */
const PIXEL_SCALE = 256;

/**
 * The layers of a net rewritten so that the same comes out, up to rounding, for less work; they take pixels, 0 to 255.
 * throws  RangeError for a net whose first layer is not an unpadded convolution
 */
export function fastLayers({ layers, input }: DlibNetwork): readonly NetLayer[] {
  return joinRectifiers(roundChannels(withNormalisation(foldAffine(layers), input.means)));
}

/** Joins each scale and shift with the convolution before it. */
function foldAffine(layers: readonly NetLayer[]): readonly NetLayer[] {
  const folded: NetLayer[] = [];
  for (const layer of layers) {
    const previous = folded.at(-1);
    if (layer.kind === 'affine' && previous?.kind === 'convolution') {
      folded[folded.length - 1] = withAffine(previous, layer);
    } else {
      folded.push(layer);
    }
  }
  return folded;
}

function withAffine(layer: ConvolutionLayer, { scale, shift }: AffineLayer): ConvolutionLayer {
  const weights = new Float32Array(layer.weights.length);
  const bias = new Float32Array(layer.outputs);
  const perOutput = weights.length / layer.outputs;
  for (let output = 0; output < layer.outputs; output++) {
    const factor = scale[output]!;
    const end = (output + 1) * perOutput;
    for (let i = output * perOutput; i < end; i++) weights[i] = layer.weights[i]! * factor;
    bias[output] = layer.bias[output]! * factor + shift[output]!;
  }
  return { ...layer, weights, bias };
}

/** w (x - mean) / 256 + b = (w / 256) x + (b - sum(w mean) / 256): exact, because no padding hides pixels. */
function withNormalisation(
  [first, ...rest]: readonly NetLayer[],
  { red, green, blue }: ChannelMeans,
): readonly NetLayer[] {
  if (first?.kind !== 'convolution' || first.window.paddingX + first.window.paddingY !== 0) {
    throw new RangeError(
      `Expected an unpadded convolution as the first layer but received ${first?.kind ?? 'none'}`,
    );
  }
  const means = [red, green, blue];
  const perChannel = first.window.width * first.window.height;
  const perOutput = perChannel * first.inputs;
  const bias = Float64Array.from(first.bias);
  first.weights.forEach((weight, i) => {
    const channel = Math.floor(i / perChannel) % first.inputs;
    bias[Math.floor(i / perOutput)]! -= (weight * means[channel]!) / PIXEL_SCALE;
  });
  const weights = first.weights.map((weight) => weight / PIXEL_SCALE);
  return [{ ...first, weights, bias: Float32Array.from(bias) }, ...rest];
}

/**
 * Between two convolutions with only a rectifier between them: channels of zeros up to a whole number of blocks, without
 * which ONNX Runtime falls back to a slower way.
 */
function roundChannels(layers: readonly NetLayer[]): readonly NetLayer[] {
  const rounded = [...layers];
  for (let i = 0; i + 2 < rounded.length; i++) {
    const [layer, between, next] = rounded.slice(i, i + 3);
    if (layer?.kind !== 'convolution' || between?.kind !== 'relu' || next?.kind !== 'convolution') continue;
    const channels = roundedChannels(layer.outputs);
    if (channels === layer.outputs) continue;
    rounded[i] = withOutputs(layer, channels);
    rounded[i + 2] = withInputs(next, channels);
  }
  return rounded;
}

/** Makes each rectifier part of the convolution before it. */
function joinRectifiers(layers: readonly NetLayer[]): readonly NetLayer[] {
  const joined: NetLayer[] = [];
  for (const layer of layers) {
    const previous = joined.at(-1);
    if (layer.kind === 'relu' && previous?.kind === 'convolution') {
      joined[joined.length - 1] = { ...previous, rectified: true };
    } else {
      joined.push(layer);
    }
  }
  return joined;
}

function withOutputs(layer: ConvolutionLayer, outputs: number): ConvolutionLayer {
  const weights = new Float32Array((layer.weights.length / layer.outputs) * outputs);
  weights.set(layer.weights);
  const bias = new Float32Array(outputs);
  bias.set(layer.bias);
  return { ...layer, outputs, weights, bias };
}

function withInputs(layer: ConvolutionLayer, inputs: number): ConvolutionLayer {
  const kernel = layer.window.width * layer.window.height;
  const weights = new Float32Array(layer.outputs * inputs * kernel);
  for (let output = 0; output < layer.outputs; output++) {
    const start = output * layer.inputs * kernel;
    weights.set(layer.weights.subarray(start, start + layer.inputs * kernel), output * inputs * kernel);
  }
  return { ...layer, inputs, weights };
}
