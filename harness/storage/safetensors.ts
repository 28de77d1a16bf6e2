import { HarnessError } from "../errors.ts";
import { halfToNumber } from "./float16.ts";

/** A tensor as the file has it: row-major little-endian values, `bytes` a view of the file's. */
export type Tensor = {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
};

type Reader = { readonly size: number; read(view: DataView, at: number): number };

const LENGTH_BYTES = 8;
const METADATA = "__metadata__";

/** Element types with values that fit a double; 64-bit integers do where they are indices. */
const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["F64", { size: 8, read: (view, at) => view.getFloat64(at, true) }],
  ["F32", { size: 4, read: (view, at) => view.getFloat32(at, true) }],
  ["F16", { size: 2, read: (view, at) => halfToNumber(view.getUint16(at, true)) }],
  ["BF16", { size: 2, read: (view, at) => bfloatToNumber(view.getUint16(at, true)) }],
  ["I64", { size: 8, read: (view, at) => Number(view.getBigInt64(at, true)) }],
  ["I32", { size: 4, read: (view, at) => view.getInt32(at, true) }],
  ["I16", { size: 2, read: (view, at) => view.getInt16(at, true) }],
  ["I8", { size: 1, read: (view, at) => view.getInt8(at) }],
  ["U8", { size: 1, read: (view, at) => view.getUint8(at) }],
]);

/**
 * The tensors of a safetensors file by name. Only a header of JSON is interpreted; nothing in such a file can run.
 *
 * @param where the file, for messages
 * @throws {HarnessError} `DATA_INVALID` when the header is no such JSON, or a tensor lies outside the file or has not as
 *   many bytes as its shape and type ask for
 * Source: https://huggingface.co/docs/safetensors (format: u64 header length, JSON header, data)
 */
export function parseSafetensors(bytes: Uint8Array, where: string): ReadonlyMap<string, Tensor> {
  const { header, data } = splitFile(bytes, where);
  const tensors = new Map<string, Tensor>();
  for (const [name, entry] of Object.entries(header)) {
    if (name !== METADATA) tensors.set(name, readEntry(entry, data, `${where}: tensor \`${name}\``));
  }
  return tensors;
}

/**
 * A tensor's values as float32: exact for float16, bfloat16 and integers of up to 24 bits.
 *
 * @throws {HarnessError} `DATA_INVALID` for an element type that is not known
 */
export function float32Values(tensor: Tensor, where: string): Float32Array {
  const { size, read } = readerOf(tensor.dtype, where);
  const values = new Float32Array(tensor.bytes.length / size);
  const view = viewOf(tensor.bytes);
  for (let index = 0; index < values.length; index++) values[index] = read(view, index * size);
  return values;
}

/** A tensor's values in double. @throws as `float32Values` */
export function float64Values(tensor: Tensor, where: string): Float64Array {
  const { size, read } = readerOf(tensor.dtype, where);
  const view = viewOf(tensor.bytes);
  return Float64Array.from({ length: tensor.bytes.length / size }, (_, index) => read(view, index * size));
}

function splitFile(bytes: Uint8Array, where: string): { readonly header: object; readonly data: Uint8Array } {
  if (bytes.length < LENGTH_BYTES) throw damaged(where, `it has ${bytes.length} bytes`);
  const length = viewOf(bytes).getBigUint64(0, true);
  const start = LENGTH_BYTES + Number(length);
  if (start > bytes.length) throw damaged(where, `its header would end at byte ${start} of ${bytes.length}`);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(LENGTH_BYTES, start)));
  } catch (cause) {
    throw damaged(where, "its header is not JSON", cause);
  }
  if (header === null || typeof header !== "object" || Array.isArray(header)) {
    throw damaged(where, "its header is not a JSON object");
  }
  return { header, data: bytes.subarray(start) };
}

function readEntry(entry: unknown, data: Uint8Array, where: string): Tensor {
  const { dtype, shape, data_offsets: offsets } = isRecord(entry) ? entry : {};
  if (typeof dtype !== "string" || !isCounts(shape) || !isCounts(offsets) || offsets.length !== 2) {
    throw damaged(where, "it lacks `dtype`, `shape` or `data_offsets`");
  }
  const [start = 0, end = 0] = offsets;
  if (start > end || end > data.length) {
    throw damaged(where, `it would take bytes ${start} to ${end} of ${data.length}`);
  }
  const size = READERS.get(dtype)?.size;
  const count = shape.reduce((product, length) => product * length, 1);
  // a tensor of a type that is not known does no harm until its values are asked for
  if (size !== undefined && count * size !== end - start) {
    throw damaged(where, `[${shape.join(", ")}] of ${dtype} do not fit ${end - start} bytes`);
  }
  return { dtype, shape, bytes: data.subarray(start, end) };
}

function readerOf(dtype: string, where: string): Reader {
  const reader = READERS.get(dtype);
  if (reader !== undefined) return reader;
  const known = [...READERS.keys()].join(", ");
  throw new HarnessError("DATA_INVALID", `expected values of ${known}, found ${dtype}.`, { where });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((count) => Number.isSafeInteger(count) && count >= 0);
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** The upper half of a float32. */
function bfloatToNumber(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint16(0, bits);
  return view.getFloat32(0);
}

function damaged(where: string, found: string, cause?: unknown): HarnessError {
  return new HarnessError("DATA_INVALID", `expected a whole safetensors file, but ${found}.`, {
    where,
    hint: "Fetch it again.",
    cause,
  });
}
