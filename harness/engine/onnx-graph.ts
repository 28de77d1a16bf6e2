/**
 * An ONNX model of one operator: `scores[rows x width] = vectors[rows x dim] * transpose(queries[width x dim])`, all
 * float32, every length open.
 *
 * Written by hand, since protocol buffers of so few fields are shorter than a library's use.
 * Source: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto (field numbers), operator Gemm of opset 13
 */
export function productGraph(): Uint8Array {
  const transposed = message(text(1, "transB"), number(3, 1), number(20, INT_ATTRIBUTE));
  const node = message(
    text(1, "vectors"),
    text(1, "queries"),
    text(2, "scores"),
    text(4, "Gemm"),
    nested(5, transposed),
  );
  const graph = message(
    nested(1, node),
    text(2, "product"),
    nested(11, matrix("vectors", "rows", "dim")),
    nested(11, matrix("queries", "width", "dim")),
    nested(12, matrix("scores", "rows", "width")),
  );
  return message(number(1, IR_VERSION), nested(7, graph), nested(8, message(text(1, ""), number(2, OPSET))));
}

const IR_VERSION = 8;
const OPSET = 13;
const FLOAT = 1;
const INT_ATTRIBUTE = 2;

/** A float32 matrix by name, its lengths as symbols (ValueInfoProto). */
function matrix(name: string, rows: string, columns: string): Uint8Array {
  const shape = message(nested(1, message(text(2, rows))), nested(1, message(text(2, columns))));
  const tensor = message(number(1, FLOAT), nested(2, shape));
  return message(text(1, name), nested(2, message(nested(1, tensor))));
}

function message(...fields: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(fields.flatMap((field) => [...field]));
}

function number(field: number, value: number): Uint8Array {
  return Uint8Array.from([...varint(field << 3), ...varint(value)]);
}

function text(field: number, value: string): Uint8Array {
  return nested(field, new TextEncoder().encode(value));
}

function nested(field: number, bytes: Uint8Array): Uint8Array {
  return Uint8Array.from([...varint((field << 3) | 2), ...varint(bytes.length), ...bytes]);
}

/** Seven bits a byte, the lowest first; the top bit says that more follow. */
function varint(value: number): readonly number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}
