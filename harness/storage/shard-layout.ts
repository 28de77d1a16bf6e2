import { crc32 } from "node:zlib";
import type { VectorPrecision } from "../domain/embeddings.ts";

/** Length of a vector's key: a sha256. */
export const KEY_BYTES = 32;
export const VALUE_BYTES: Readonly<Record<VectorPrecision, number>> = { float32: 4, float16: 2 };

/** What every Arrow file begins with: the magic bytes, padded. */
export const OPENING = Buffer.from("ARROW1\0\0", "latin1");
/** Of a message, before its metadata: a continuation marker and the metadata's length. */
const MESSAGE_PREFIX = 8;

type Place = { readonly at: number; readonly bytes: number };

/** Bytes that follow each other in a file, and their CRC-32. */
type Checked = Place & { readonly crc: number };

/** Where a record batch is: its head (message, keys, truncation bits) and, right behind, its vectors (padded to 8 bytes). */
export type ShardBatch = {
  readonly firstRow: number;
  readonly rows: number;
  readonly head: Checked;
  /** Where keys and bits begin, within the head. */
  readonly keysAt: number;
  readonly bitsAt: number;
  readonly vectors: Checked;
};

/** What a shard's footer says; `bytes` of the whole file. */
export type ShardLayout = {
  readonly dim: number;
  readonly precision: VectorPrecision;
  readonly rows: number;
  readonly batches: readonly ShardBatch[];
  readonly bytes: number;
};

export type VectorType = Pick<ShardLayout, "dim" | "precision">;

/** The batches as they lie in the file, with their checksums. @param body pieces; none holds the end of a part in its middle */
export function findBatches(
  body: readonly Uint8Array[],
  rows: readonly number[],
  type: VectorType,
): readonly ShardBatch[] {
  const batches: ShardBatch[] = [];
  let next = 0;
  let at = 0;

  function crcUpTo(end: number, start = 0): number {
    let crc = start;
    for (const piece of body.slice(next)) {
      if (at >= end) break;
      crc = crc32(piece, crc);
      at += piece.length;
      next += 1;
    }
    if (at !== end) throw new Error(`expected the end of a part at byte ${end}, found it at ${at}`);
    return crc;
  }

  crcUpTo(OPENING.length);
  for (const count of rows) {
    const start = at;
    const prefix = crcUpTo(start + MESSAGE_PREFIX);
    const length = body[next - 1] ?? new Uint8Array();
    const metadata = new DataView(length.buffer, length.byteOffset).getInt32(0, true);
    const keysAt = MESSAGE_PREFIX + metadata;
    const batch = placeBatch({ ...type, firstRow: countRows(batches), rows: count, at: start, keysAt });
    const head = { ...batch.head, crc: crcUpTo(batch.vectors.at, prefix) };
    batches.push({
      ...batch,
      head,
      vectors: { ...batch.vectors, crc: crcUpTo(batch.vectors.at + batch.vectors.bytes) },
    });
  }
  return batches;
}

type PlaceRequest = VectorType & {
  readonly firstRow: number;
  readonly rows: number;
  readonly at: number;
  readonly keysAt: number;
};

/** Buffers follow each other, padded to 8 bytes; those that would say which values are null are empty. */
export function placeBatch({ dim, precision, firstRow, rows, at, keysAt }: PlaceRequest) {
  const bitsAt = keysAt + rows * KEY_BYTES;
  const headBytes = bitsAt + padded(Math.ceil(rows / 8));
  const vectors: Place = { at: at + headBytes, bytes: padded(rows * dim * VALUE_BYTES[precision]) };
  const head: Place = { at, bytes: headBytes };
  return { firstRow, rows, head, keysAt, bitsAt, vectors };
}

export function padded(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

export function countRows(batches: readonly ShardBatch[]): number {
  const last = batches.at(-1);
  return last === undefined ? 0 : last.firstRow + last.rows;
}
