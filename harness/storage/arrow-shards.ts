import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Data, RecordBatch, Schema } from "apache-arrow";
import { writeFileAtomic } from "./atomic-write.ts";
import { hashBytes } from "./content-hash.ts";
import { fileError } from "./file-error.ts";

/** Length of a vector's key: a sha256. */
export const KEY_BYTES = 32;

const ROWS_PER_BATCH = 10_000;
const EXTENSION = ".arrow";

/** Vectors beside their keys: key `i` (32 bytes) belongs to row `i` of `dim` float32 values. */
export type KeyedVectors = { readonly dim: number; readonly keys: Uint8Array; readonly vectors: Float32Array };

/** A verified shard. Its batches are views over the file's bytes; `byteLength` is what holding it costs. */
export type VectorShard = { readonly byteLength: number; readonly batches: readonly KeyedVectors[] };

/** True for a name that a shard can have: the sha256 of its bytes. */
export function isShardName(name: string): boolean {
  return /^[0-9a-f]{64}\.arrow$/.test(name);
}

/**
 * Writes vectors as an Arrow IPC file (uncompressed; `key` FixedSizeBinary(32), `vector` FixedSizeList<Float32>[dim]),
 * named by the sha256 of its bytes: writers of the same vectors produce the same file and cannot disturb each other.
 *
 * The whole file is assembled in memory; the caller keeps it far below the 2 GiB that Node reads at once.
 *
 * @returns the file's name within `folder`
 * @throws {HarnessError} `NOT_WRITABLE`, `DISK_FULL`
 * Source: https://arrow.apache.org/docs/format/Columnar.html#ipc-file-format
 */
export async function writeShard(folder: string, shard: KeyedVectors): Promise<string> {
  const bytes = await encodeArrow(shard);
  const name = `${hashBytes(bytes)}${EXTENSION}`;
  await writeFileAtomic(join(folder, name), bytes);
  return name;
}

/**
 * Reads a shard and verifies it: checksum, columns and dimension. What does not hold is reported and left unread, because
 * a cache can do without a shard but not with a wrong one.
 *
 * @returns undefined after a warning when the file is torn, foreign, unreadable or of another dimension
 */
export async function readShard(
  path: string,
  dim: number,
  onWarning: (text: string) => void,
): Promise<VectorShard | undefined> {
  try {
    const bytes = await readFile(path);
    if (`${hashBytes(bytes)}${EXTENSION}` !== basename(path)) throw new Error("its bytes do not match its name");
    return { byteLength: bytes.byteLength, batches: await decodeArrow(bytes, dim) };
  } catch (cause) {
    const failure = fileError(path, "read", cause);
    const reason = failure instanceof Error ? failure.message : String(failure);
    onWarning(`${path}: passed over a damaged or foreign vector file (${reason}). Delete it to end this warning.`);
    return undefined;
  }
}

/** A shard's vector as a view, rows counted through all batches. @throws RangeError past the last row */
export function vectorAt({ batches }: VectorShard, row: number): Float32Array {
  let first = 0;
  for (const { dim, vectors } of batches) {
    const at = (row - first) * dim;
    if (at < vectors.length) return vectors.subarray(at, at + dim);
    first += vectors.length / dim;
  }
  throw new RangeError(`expected a row below ${first}, got ${row}`);
}

async function encodeArrow({ dim, keys, vectors }: KeyedVectors): Promise<Uint8Array> {
  const arrow = await import("apache-arrow");
  const keyType = new arrow.FixedSizeBinary(KEY_BYTES);
  const vectorType = new arrow.FixedSizeList(dim, new arrow.Field("item", new arrow.Float32(), false));
  const fields = [new arrow.Field("key", keyType, false), new arrow.Field("vector", vectorType, false)];
  const schema = new arrow.Schema(fields);
  const count = keys.length / KEY_BYTES;
  const writer = new arrow.RecordBatchFileWriter();
  writer.reset(undefined, schema); // a shard without rows still has its columns
  for (let first = 0; first < count; first += ROWS_PER_BATCH) {
    const length = Math.min(ROWS_PER_BATCH, count - first);
    const values = vectors.subarray(first * dim, (first + length) * dim);
    const child = arrow.makeData({ type: new arrow.Float32(), length: length * dim, nullCount: 0, data: values });
    const children = [
      arrow.makeData({
        type: keyType,
        length,
        nullCount: 0,
        data: keys.subarray(first * KEY_BYTES, (first + length) * KEY_BYTES),
      }),
      arrow.makeData({ type: vectorType, length, nullCount: 0, child }),
    ];
    const data = arrow.makeData({ type: new arrow.Struct(fields), length, nullCount: 0, children });
    writer.write(new arrow.RecordBatch(schema, data));
  }
  writer.finish();
  return writer.toUint8Array(true);
}

async function decodeArrow(bytes: Uint8Array, dim: number): Promise<KeyedVectors[]> {
  const { tableFromIPC } = await import("apache-arrow");
  const { schema, batches } = tableFromIPC(bytes);
  // of bytes that are no Arrow file at all, Arrow makes an empty table
  expectColumn(schema, "key", `FixedSizeBinary[${KEY_BYTES}]`);
  expectColumn(schema, "vector", `FixedSizeList[${dim}]<Float32>`);
  return batches.map((batch) => {
    const keys: unknown = column(batch, "key").values;
    const vectors: unknown = column(batch, "vector").children[0]?.values;
    if (!(keys instanceof Uint8Array) || !(vectors instanceof Float32Array)) throw new Error("its columns are empty");
    // buffers are padded to 8 bytes, so there may be one value more than the rows have
    return {
      dim,
      keys: exactly(keys.subarray(0, batch.numRows * KEY_BYTES), batch.numRows * KEY_BYTES),
      vectors: exactly(vectors.subarray(0, batch.numRows * dim), batch.numRows * dim),
    };
  });
}

function expectColumn(schema: Schema, name: string, type: string): void {
  const found = schema.fields.find((field) => field.name === name)?.type;
  if (`${found}` !== type) throw new Error(`expected a column \`${name}\` of ${type}, found ${found ?? "none"}`);
}

function column(batch: RecordBatch, name: string): Data {
  const data = batch.getChild(name)?.data[0];
  if (data === undefined || data.nullCount > 0) throw new Error(`column \`${name}\` has gaps`);
  return data;
}

function exactly<Values extends { readonly length: number }>(values: Values, length: number): Values {
  if (values.length !== length) throw new Error(`expected ${length} values in a column, found ${values.length}`);
  return values;
}
