import { hash } from "node:crypto";
import type { RecordBatch, Schema } from "apache-arrow";
import { z } from "zod";
import type { VectorPrecision } from "../domain/embeddings.ts";
import {
  countRows,
  findBatches,
  KEY_BYTES,
  OPENING,
  padded,
  placeBatch,
  type ShardBatch,
  type ShardLayout,
  VALUE_BYTES,
  type VectorType,
} from "./shard-layout.ts";

/** Raised when these files change; others are then passed over. */
const FORMAT = "1";
const FORMAT_KEY = "spikebench:format";
const CHECKS_KEY = "spikebench:checks";
/** Vectors of one record batch, at most, unless one row is larger: what has to be read to verify a row. */
const BATCH_BYTES = 2 * 2 ** 20;

const MAGIC = Buffer.from("ARROW1", "latin1");

/** What stands between the last batch and the footer, for readers of streams. */
export const END_OF_STREAM = Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);
/** What follows the footer: its length and the magic bytes. */
export const TRAILER_BYTES = 4 + MAGIC.length;

/** Vectors beside their keys; row-major, little-endian. */
export type ShardRows = {
  readonly dim: number;
  readonly precision: VectorPrecision;
  /** 32 bytes a row. */
  readonly keys: Uint8Array;
  /** `dim` values a row as they lie on disk, aligned to their size. */
  readonly values: Uint8Array;
  /** A byte a row: 1 where only a part of the text was read, else 0. */
  readonly truncated: Uint8Array;
};

/**
 * A file in pieces. `hash` is the sha256 (hex) of its footer, which holds a checksum of everything before it: it stands for
 * the whole file.
 */
export type EncodedShard = {
  readonly pieces: readonly Uint8Array[];
  readonly hash: string;
  readonly layout: ShardLayout;
};

/**
 * An Arrow IPC file, uncompressed, without nulls: `key` FixedSizeBinary(32), `truncated` Bool, `vector`
 * FixedSizeList<Float32 or Float16>[dim]. Vectors come last in a batch, so that keys can be read without them; checksums
 * are in the schema's metadata, which is written after the data. Equal rows give equal bytes.
 *
 * The pieces are views of what was given, wherever they can be.
 *
 * Source: https://arrow.apache.org/docs/format/Columnar.html#ipc-file-format
 */
export async function encodeShard(shard: ShardRows): Promise<EncodedShard> {
  const arrow = await import("apache-arrow");
  const { FileBlock, Footer } = await import("apache-arrow/ipc/metadata/file");
  const { schema, batches: written } = recordBatches(arrow, shard);
  const queue = new arrow.AsyncByteQueue();
  const writer = new arrow.RecordBatchFileWriter();
  writer.reset(queue, schema); // a shard without rows still has its opening
  for (const batch of written) writer.write(batch);
  // the writer is left unfinished: the footer has to hold checksums of what comes before it
  queue.close();
  const body: Uint8Array[] = [];
  for await (const piece of queue) body.push(piece);
  const rows = written.map(({ numRows }) => numRows);
  const batches = findBatches(body, rows, shard);
  const blocks = batches.map(
    ({ head, keysAt, vectors }) => new FileBlock(keysAt, head.bytes - keysAt + vectors.bytes, head.at),
  );
  const checks = JSON.stringify(batches.map(({ rows, head, vectors }) => [rows, head.crc, vectors.crc]));
  schema.metadata.set(FORMAT_KEY, FORMAT).set(CHECKS_KEY, checks);
  const footer = Footer.encode(new Footer(schema, arrow.MetadataVersion.V5, blocks, []));
  const length = Buffer.alloc(4);
  length.writeInt32LE(footer.length);
  const pieces = [...body, END_OF_STREAM, footer, length, MAGIC];
  const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const { dim, precision } = shard;
  return { pieces, hash: hash("sha256", footer), layout: { dim, precision, rows: countRows(batches), batches, bytes } };
}

/** The length of the footer that the last bytes of a file speak of. @throws {Error} when they are not those of a shard */
export function footerLength(trailer: Uint8Array): number {
  const bytes = Buffer.from(trailer.buffer, trailer.byteOffset, trailer.byteLength);
  if (bytes.length !== TRAILER_BYTES || !bytes.subarray(4).equals(MAGIC)) throw new Error("it is no whole Arrow file");
  return bytes.readInt32LE();
}

/**
 * Reads the footer of a file of `bytes` bytes. The caller has made sure that it is the footer that was written: Arrow's
 * reader may never come back from arbitrary bytes.
 *
 * @throws {Error} saying what is wrong, when it is no shard's, of another format, or does not fit the file
 */
export async function decodeFooter(footer: Uint8Array, bytes: number): Promise<ShardLayout> {
  // the footer's module alone lacks the decoders of what is in it
  await import("apache-arrow");
  const { Footer } = await import("apache-arrow/ipc/metadata/file");
  const decoded = Footer.decode(footer);
  const { schema } = decoded;
  const format = schema.metadata.get(FORMAT_KEY);
  if (format !== FORMAT) throw new Error(`expected vectors in format ${FORMAT}, found ${format ?? "none"}`);
  const type = vectorType(schema);
  const checks = checksSchema.parse(JSON.parse(schema.metadata.get(CHECKS_KEY) ?? ""));
  const batches: ShardBatch[] = [];
  let end = OPENING.length;
  for (const [index, [rows, head, vectors]] of checks.entries()) {
    const block = decoded.getRecordBatch(index);
    if (block?.offset !== end) throw new Error(`its batch ${index + 1} is not where it belongs`);
    const batch = placeBatch({ ...type, firstRow: countRows(batches), rows, at: end, keysAt: block.metaDataLength });
    batches.push({ ...batch, head: { ...batch.head, crc: head }, vectors: { ...batch.vectors, crc: vectors } });
    end = batch.vectors.at + batch.vectors.bytes;
  }
  end += END_OF_STREAM.length + footer.length + TRAILER_BYTES;
  if (end !== bytes) throw new Error(`expected ${end} bytes, found ${bytes}`);
  return { ...type, rows: countRows(batches), batches, bytes };
}

/** By batch: rows, CRC-32 of the head, CRC-32 of the vectors. */
const checksSchema = z.array(z.tuple([z.int().positive(), z.int().nonnegative(), z.int().nonnegative()]));

type ArrowLibrary = typeof import("apache-arrow");

function columnsOf({ Bool, Field, FixedSizeBinary, FixedSizeList, Float16, Float32 }: ArrowLibrary, type: VectorType) {
  const value = type.precision === "float32" ? new Float32() : new Float16();
  const vector = new FixedSizeList(type.dim, new Field("item", value, false));
  return { key: new FixedSizeBinary(KEY_BYTES), truncated: new Bool(), vector };
}

/** @throws {Error} when the columns are not those of a shard */
function vectorType({ fields }: Schema): VectorType {
  const found = fields.map(({ name, type }) => `${name} ${type}`).join(", ");
  const columns = /^key FixedSizeBinary\[32\], truncated Bool, vector FixedSizeList\[(\d+)\]<Float(32|16)>$/.exec(
    found,
  );
  if (columns === null) throw new Error(`expected columns of keys and vectors, found ${found}`);
  return { dim: Number(columns[1]), precision: columns[2] === "32" ? "float32" : "float16" };
}

function recordBatches(arrow: ArrowLibrary, shard: ShardRows): { schema: Schema; batches: readonly RecordBatch[] } {
  const { Field, makeData, RecordBatch, Schema, Struct } = arrow;
  const columns = columnsOf(arrow, shard);
  const fields = Object.entries(columns).map(([name, type]) => new Field(name, type, false));
  const schema = new Schema(fields);
  const batches = sliceRows(shard).map(({ length, keys, bits, values }) => {
    const size = { length, nullCount: 0 };
    const children = [
      makeData({ type: columns.key, ...size, data: keys }),
      makeData({ type: columns.truncated, ...size, data: bits }),
      makeData({ type: columns.vector, ...size, child: valueData(arrow, values) }),
    ];
    return new RecordBatch(schema, makeData({ type: new Struct(fields), ...size, children }));
  });
  return { schema, batches };
}

function valueData({ Float16, Float32, makeData }: ArrowLibrary, data: Float32Array | Uint16Array) {
  const size = { length: data.length, nullCount: 0 };
  if (data instanceof Float32Array) return makeData({ type: new Float32(), ...size, data });
  return makeData({ type: new Float16(), ...size, data });
}

/** The rows of each batch, as views wherever they can be. */
function sliceRows({ dim, precision, keys, values, truncated }: ShardRows) {
  const rowBytes = dim * VALUE_BYTES[precision];
  const most = Math.max(1, Math.floor(BATCH_BYTES / rowBytes));
  return Array.from({ length: Math.ceil(truncated.length / most) }, (_, index) => {
    const [first, end] = [index * most, Math.min((index + 1) * most, truncated.length)];
    const { buffer, byteOffset, length } = values.subarray(first * rowBytes, end * rowBytes);
    return {
      length: end - first,
      keys: keys.subarray(first * KEY_BYTES, end * KEY_BYTES),
      bits: packBits(truncated.subarray(first, end)),
      values:
        precision === "float32"
          ? new Float32Array(buffer, byteOffset, length / 4)
          : new Uint16Array(buffer, byteOffset, length / 2),
    };
  });
}

/** A bit a row, the lowest first, padded to 8 bytes. */
function packBits(flags: Uint8Array): Uint8Array {
  const bits = new Uint8Array(padded(Math.ceil(flags.length / 8)));
  for (const [row, flag] of flags.entries()) bits[row >> 3] = (bits[row >> 3] ?? 0) | (flag << (row & 7));
  return bits;
}
