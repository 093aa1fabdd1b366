// A graph of ours with its convolutions and sums in int8, as docs/decisions/0011-int8.md tells. Whole numbers are floats that
// the graph casts, which ONNX Runtime does once, when it loads it.
import { GraphBuilder } from '../../dist/models/onnx/graph.js';

/** TensorProto.DataType of onnx.proto. */
const UINT8 = 2;
const INT8 = 3;
const INT32 = 6;

/**
 * Whole numbers of weights reach to +-63: x86 processors without VNNI add up two products in 16 bits, which those of eight
 * bits overflow (bench/README.md), and a net should give the same on every machine.
 */
const WEIGHT_LEVELS = 63;
const ACTIVATION_LEVELS = 255;
/**
 * The values whose ranges `quantizeGraph` needs: what convolutions take, and what sums add up.
 * requires  a graph of ours
 */
export function quantizedValues({ nodes }) {
  const names = nodes.flatMap((node) => {
    if (node.operator === 'Conv') return node.inputs.slice(0, 1);
    return node.operator === 'Add' ? node.inputs : [];
  });
  return [...new Set(names)];
}
/**
 * The graph with its convolutions and sums in 8-bit whole numbers: what goes into them is rounded to one of 256 steps of
 * its range, weights of each output to one of 127 steps about 0. Written as pairs of QuantizeLinear and DequantizeLinear,
 * which ONNX Runtime joins with the operator between them (Jacob et al.: Quantization and Training of Neural Networks for
 * Efficient Integer-Arithmetic-Only Inference, CVPR 2018).
 * throws  RangeError when the range of a value is not given: the ranges belong to another graph
 */
export function quantizeGraph(graph, ranges) {
  const quantizer = new Quantizer(graph, ranges);
  const [input] = graph.inputs;
  const [output] = graph.outputs;
  const last = graph.nodes.at(-1);
  if (!input || !output || !last) throw new RangeError('Expected a graph with an input, nodes and an output');
  for (const node of graph.nodes.slice(0, -1)) quantizer.add(node);
  return quantizer.builder.build(input, quantizer.value(last.inputs[0]), output);
}
class Quantizer {
  builder;
  #constants;
  #ranges;
  /** Old name -> new name. */
  #values = new Map();
  /** Old name -> new name of the rounded value. */
  #rounded = new Map();
  constructor({ name, constants }, ranges) {
    this.builder = new GraphBuilder(`${name} int8`);
    this.#constants = new Map(constants.map((constant) => [constant.name, constant]));
    this.#ranges = ranges;
  }
  add(node) {
    const inputs = node.operator === 'Conv' ? this.#convolutionInputs(node) : this.#plainInputs(node);
    this.#values.set(node.output, this.builder.node(node.operator, inputs, node.attributes));
  }
  value(name) {
    const known = this.#values.get(name);
    if (known !== undefined) return known;
    const constant = this.#constants.get(name);
    if (!constant) return name;
    const copied =
      constant.data instanceof Float32Array
        ? this.builder.floats(constant.dims, constant.data)
        : this.builder.integers([...constant.data].map(Number));
    this.#values.set(name, copied);
    return copied;
  }
  /** Sums of rounded values; everything else takes what it is given, rounded where it is needed rounded anyway. */
  #plainInputs({ operator, inputs }) {
    if (operator === 'Add') return inputs.map((name) => this.#roundedValue(name));
    return inputs.map((name) => this.#rounded.get(name) ?? this.value(name));
  }
  #convolutionInputs({ inputs }) {
    const [input, weights, bias] = inputs.map((name) => ({ name, constant: this.#constants.get(name) }));
    if (!input || !(weights?.constant?.data instanceof Float32Array)) {
      throw new RangeError('Expected a convolution with constant weights');
    }
    const { dims, data } = weights.constant;
    const { whole, scales } = symmetricWeights(data, dims[0]);
    const rounded = [
      this.#roundedValue(input.name),
      this.#dequantized(this.#whole(dims, whole, INT8), scales),
    ];
    if (bias?.constant?.data instanceof Float32Array) {
      const { scale } = this.#stepOf(input.name);
      const biasScales = scales.map((each) => each * scale);
      const wholeBias = Float32Array.from(bias.constant.data, (number, i) =>
        Math.round(number / biasScales[i]),
      );
      rounded.push(this.#dequantized(this.#whole([wholeBias.length], wholeBias, INT32), biasScales));
    }
    return rounded;
  }
  #whole(dims, numbers, type) {
    return this.builder.node('Cast', [this.builder.floats(dims, numbers)], { to: type });
  }
  #dequantized(whole, scales) {
    return this.builder.node('DequantizeLinear', [whole, this.builder.floats([scales.length], scales)], {
      axis: 0,
    });
  }
  #roundedValue(name) {
    const known = this.#rounded.get(name);
    if (known !== undefined) return known;
    const { scale, zero } = this.#stepOf(name);
    const step = [
      this.builder.floats([], Float32Array.of(scale)),
      this.#whole([], Float32Array.of(zero), UINT8),
    ];
    const whole = this.builder.node('QuantizeLinear', [this.value(name), ...step]);
    const rounded = this.builder.node('DequantizeLinear', [whole, ...step]);
    this.#rounded.set(name, rounded);
    return rounded;
  }
  #stepOf(name) {
    const range = this.#ranges[name];
    if (!range) throw new RangeError(`Expected the range of ${name} but received none`);
    // 0 must be one of the steps: paddings are zeros.
    const least = Math.min(0, range[0]);
    const scale = (Math.max(0, range[1]) - least) / ACTIVATION_LEVELS || 1;
    return { scale, zero: Math.round(-least / scale) };
  }
}
function symmetricWeights(weights, outputs) {
  const perOutput = weights.length / outputs;
  const scales = new Float32Array(outputs);
  const whole = new Float32Array(weights.length);
  for (let output = 0; output < outputs; output++) {
    const start = output * perOutput;
    let largest = 0;
    for (let i = start; i < start + perOutput; i++) largest = Math.max(largest, Math.abs(weights[i]));
    const scale = largest / WEIGHT_LEVELS || 1;
    scales[output] = scale;
    for (let i = start; i < start + perOutput; i++) whole[i] = Math.round(weights[i] / scale);
  }
  return { whole, scales };
}
