/** Enough of ONNX's protobuf to write small graphs by hand. Source: onnx/onnx.proto, IR version 8, opset 13. */

const TYPES = { float32: 1, int64: 7, float16: 10 } as const;

type ElementType = keyof typeof TYPES;
type Attribute = { readonly name: string; readonly value: number | readonly number[] };

export type OnnxNode = {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: readonly Attribute[];
};

export type OnnxTensor = {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** The bytes, or the file beside the graph that holds them and their number. */
  readonly data: Uint8Array | { readonly file: string; readonly bytes: number };
};

/** A dimension is a size, or a name for any size. */
type OnnxValue = {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly (string | number)[];
};

export type OnnxGraph = {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
};

/** An ONNX file with one graph. */
export function onnxFile({ nodes, initializers, inputs, outputs }: OnnxGraph): Buffer {
  const graph = Buffer.concat([
    ...nodes.map((node) => message(1, encodeNode(node))),
    text(2, "graph"),
    ...initializers.map((tensor) => message(5, encodeTensor(tensor))),
    ...inputs.map((value) => message(11, encodeValue(value))),
    ...outputs.map((value) => message(12, encodeValue(value))),
  ]);
  const opset = Buffer.concat([text(1, ""), integer(2, 13)]);
  return Buffer.concat([integer(1, 8), message(7, graph), message(8, opset)]);
}

/** Values as the bytes of a float32 tensor. */
export function floatBytes(values: readonly number[]): Uint8Array {
  return new Uint8Array(Float32Array.from(values).buffer);
}

/** Values as the bytes of an int64 tensor. */
export function integerBytes(values: readonly number[]): Uint8Array {
  return new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
}

/** Small multiples of powers of two as the bytes of a float16 tensor. */
export function halfBytes(values: readonly number[]): Uint8Array {
  return new Uint8Array(Uint16Array.from(values, halfBits).buffer);
}

function halfBits(value: number): number {
  if (value === 0) return 0;
  const exponent = Math.floor(Math.log2(Math.abs(value)));
  const fraction = Math.abs(value) / 2 ** exponent - 1;
  return (value < 0 ? 0x8000 : 0) | ((exponent + 15) << 10) | (fraction * 1024);
}

function encodeNode({ op, inputs, outputs, attributes = [] }: OnnxNode): Buffer {
  return Buffer.concat([
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(4, op),
    ...attributes.map((attribute) => message(5, encodeAttribute(attribute))),
  ]);
}

function encodeAttribute({ name, value }: Attribute): Buffer {
  const parts = typeof value === "number" ? [integer(3, value), integer(20, 2)] : encodeIntegers(value);
  return Buffer.concat([text(1, name), ...parts]);
}

function encodeIntegers(values: readonly number[]): readonly Buffer[] {
  return [...values.map((value) => integer(8, value)), integer(20, 7)];
}

function encodeTensor({ name, type, shape, data }: OnnxTensor): Buffer {
  const head = [...shape.map((size) => integer(1, size)), integer(2, TYPES[type]), text(8, name)];
  if (data instanceof Uint8Array) return Buffer.concat([...head, message(9, data)]);
  const entry = (key: string, value: string) => message(13, Buffer.concat([text(1, key), text(2, value)]));
  const place = [entry("location", data.file), entry("offset", "0"), entry("length", `${data.bytes}`)];
  return Buffer.concat([...head, ...place, integer(14, 1)]);
}

function encodeValue({ name, type, shape }: OnnxValue): Buffer {
  const sizes = shape.map((size) => message(1, typeof size === "string" ? text(2, size) : integer(1, size)));
  const tensor = Buffer.concat([integer(1, TYPES[type]), message(2, Buffer.concat(sizes))]);
  return Buffer.concat([text(1, name), message(2, message(1, tensor))]);
}

function integer(field: number, value: number): Buffer {
  return Buffer.concat([varint(field * 8), varint(value)]);
}

function message(field: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([varint(field * 8 + 2), varint(bytes.length), bytes]);
}

function text(field: number, value: string): Buffer {
  return message(field, Buffer.from(value));
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...bytes, rest]);
}
