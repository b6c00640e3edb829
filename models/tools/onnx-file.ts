import { bytesField, floatField, intField, messageField, textField, toMessage, type Field } from './protobuf.ts';

/** Numbers of `TensorProto.DataType`. */
const DATA_TYPES = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7 } as const;
/** Numbers of `AttributeProto.AttributeType`. */
const ATTRIBUTE_TYPES = { float: 1, int: 2, ints: 7 };

export type TensorData = Float32Array | Uint8Array | Int8Array | Int32Array | BigInt64Array;

export interface Tensor {
  name: string;
  dims: readonly number[];
  data: TensorData;
}

export interface Node {
  type: string;
  inputs: readonly string[];
  outputs: readonly string[];
  /** A number is an INT; a FLOAT is written `{ float: 1e-5 }`. */
  attributes?: Readonly<Record<string, number | readonly number[] | { float: number }>>;
}

/** Shape of a float32 value that goes in or comes out. */
export interface Port {
  name: string;
  dims: readonly number[];
}

export interface Graph {
  name: string;
  opset: number;
  inputs: readonly Port[];
  outputs: readonly Port[];
  nodes: readonly Node[];
  initializers: readonly Tensor[];
}

/**
 * A graph as an ONNX file; field numbers are those of onnx.proto3 (ONNX IR version 8). Only what our own models need:
 * float32 in and out, raw tensor data (little endian, like every machine a browser runs on).
 */
export function toOnnxFile({ name, opset, inputs, outputs, nodes, initializers }: Graph): Uint8Array<ArrayBuffer> {
  const graph = [
    ...nodes.map((node) => messageField(1, toNode(node))),
    textField(2, name),
    ...initializers.map((tensor) => messageField(5, toTensor(tensor))),
    ...inputs.map((port) => messageField(11, toPort(port))),
    ...outputs.map((port) => messageField(12, toPort(port))),
  ];
  return toMessage([
    intField(1, 8),
    textField(2, 'earshot'),
    messageField(7, graph),
    messageField(8, [intField(2, opset)]),
  ]);
}

const toNode = ({ type, inputs, outputs, attributes = {} }: Node): Field[] => [
  ...inputs.map((input) => textField(1, input)),
  ...outputs.map((output) => textField(2, output)),
  textField(4, type),
  ...Object.entries(attributes).map(([key, value]) => messageField(5, [textField(1, key), ...toAttribute(value)])),
];

function toAttribute(value: number | readonly number[] | { float: number }): Field[] {
  if (typeof value === 'number') return [intField(3, value), intField(20, ATTRIBUTE_TYPES.int)];
  if ('float' in value) return [floatField(2, value.float), intField(20, ATTRIBUTE_TYPES.float)];
  return [...value.map((item) => intField(8, item)), intField(20, ATTRIBUTE_TYPES.ints)];
}

const toTensor = ({ name, dims, data }: Tensor): Field[] => [
  ...dims.map((dim) => intField(1, dim)),
  intField(2, dataTypeOf(data)),
  textField(8, name),
  bytesField(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
];

function dataTypeOf(data: TensorData): number {
  if (data instanceof Float32Array) return DATA_TYPES.float32;
  if (data instanceof Uint8Array) return DATA_TYPES.uint8;
  if (data instanceof Int8Array) return DATA_TYPES.int8;
  return data instanceof Int32Array ? DATA_TYPES.int32 : DATA_TYPES.int64;
}

const toPort = ({ name, dims }: Port): Field[] => {
  const shape = dims.map((dim) => messageField(1, [intField(1, dim)]));
  const tensorType = [intField(1, DATA_TYPES.float32), messageField(2, shape)];
  return [textField(1, name), messageField(2, [messageField(1, tensorType)])];
};
