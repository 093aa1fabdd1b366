import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type {
  AttributeValue,
  ElementType,
  GraphConstant,
  GraphNode,
  GraphValue,
  OnnxGraph,
} from './graph.ts';

/** ONNX 1.12: new enough for every operator here, old enough for any runtime in use. */
const IR_VERSION = 8;
const OPERATOR_SET_VERSION = 17;
/** TensorProto.DataType of onnx.proto. */
const ELEMENT_TYPES: Readonly<Record<ElementType, number>> = { float32: 1, uint8: 2, int64: 7 };
/** AttributeProto.AttributeType of onnx.proto. */
const ATTRIBUTE_INT = 2;
const ATTRIBUTE_INTS = 7;

type Message = (writer: BinaryWriter) => void;

/** The graph as a serialised ONNX ModelProto. Field numbers are those of onnx.proto. */
export function encodeModel(graph: OnnxGraph): Uint8Array {
  const writer = new BinaryWriter();
  integer(writer, 1, IR_VERSION);
  text(writer, 2, 'acquaint');
  message(writer, 7, graphMessage(graph));
  message(writer, 8, (operatorSet) => integer(operatorSet, 2, OPERATOR_SET_VERSION));
  return writer.finish();
}

function graphMessage(graph: OnnxGraph): Message {
  return (writer) => {
    for (const node of graph.nodes) message(writer, 1, nodeMessage(node));
    text(writer, 2, graph.name);
    for (const constant of graph.constants) message(writer, 5, tensorMessage(constant));
    for (const input of graph.inputs) message(writer, 11, valueMessage(input));
    for (const output of graph.outputs) message(writer, 12, valueMessage(output));
  };
}

function nodeMessage(node: GraphNode): Message {
  return (writer) => {
    for (const input of node.inputs) text(writer, 1, input);
    text(writer, 2, node.output);
    text(writer, 3, node.output);
    text(writer, 4, node.operator);
    for (const [name, value] of Object.entries(node.attributes)) {
      message(writer, 5, attributeMessage(name, value));
    }
  };
}

function attributeMessage(name: string, value: AttributeValue): Message {
  return (writer) => {
    text(writer, 1, name);
    if (typeof value === 'number') integer(writer, 3, value);
    else for (const item of value) integer(writer, 8, item);
    integer(writer, 20, typeof value === 'number' ? ATTRIBUTE_INT : ATTRIBUTE_INTS);
  };
}

function tensorMessage({ name, dims, data }: GraphConstant): Message {
  return (writer) => {
    for (const dim of dims) integer(writer, 1, dim);
    integer(writer, 2, ELEMENT_TYPES[data instanceof Float32Array ? 'float32' : 'int64']);
    text(writer, 8, name);
    writer.tag(9, WireType.LengthDelimited).bytes(littleEndianBytes(data));
  };
}

function valueMessage({ name, type, dims }: GraphValue): Message {
  const shape: Message = (writer) => {
    for (const dim of dims) {
      message(writer, 1, (dimension) => {
        if (typeof dim === 'number') integer(dimension, 1, dim);
        else text(dimension, 2, dim);
      });
    }
  };
  const tensorType: Message = (writer) => {
    integer(writer, 1, ELEMENT_TYPES[type]);
    message(writer, 2, shape);
  };
  return (writer) => {
    text(writer, 1, name);
    message(writer, 2, (typeMessage) => message(typeMessage, 1, tensorType));
  };
}

/** ONNX stores raw data little-endian; so does every platform that Node runs on with prebuilt runtimes. */
function littleEndianBytes(data: Float32Array | BigInt64Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function integer(writer: BinaryWriter, field: number, value: number): void {
  writer.tag(field, WireType.Varint).int64(value);
}

function text(writer: BinaryWriter, field: number, value: string): void {
  writer.tag(field, WireType.LengthDelimited).string(value);
}

function message(writer: BinaryWriter, field: number, content: Message): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  content(writer);
  writer.join();
}
