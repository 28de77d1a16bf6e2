import type { StoredVectors } from "../domain/embeddings.ts";
import { HarnessError } from "../errors.ts";
import { writeFileAtomic } from "./atomic-write.ts";
import {
  damagedFaiss,
  type FaissCursor,
  type FaissHeader,
  type FaissList,
  stepOverGraph,
  walkFaissFile,
} from "./faiss-cursor.ts";

/** How an index compares vectors; its vectors are the same either way. */
type FaissMetric = "inner-product" | "l2";

/** The vectors of an index file, which stay in the file. */
export type FaissVectors = {
  readonly vectors: StoredVectors;
  /** The label that FAISS returns for each row; undefined where that is the row's own number. */
  readonly ids: BigInt64Array | undefined;
  readonly metric: FaissMetric;
};

export type FaissContent = {
  readonly count: number;
  readonly dim: number;
  readonly metric: FaissMetric;
  readonly ids?: BigInt64Array | undefined;
  /** `count * dim` values in all, row-major, in pieces of any length; a piece may be overwritten once the next is asked for. */
  readonly pieces: AsyncIterable<Float32Array> | Iterable<Float32Array>;
};

type Parsed = FaissHeader & { readonly values: FaissList; readonly ids?: FaissList };

const METRICS: readonly FaissMetric[] = ["inner-product", "l2"];
const FLAT_KINDS = ["IxFI", "IxF2", "IxFl"];
const HNSW_KINDS = ["IHNf"];
const MAP_KINDS = ["IxMp", "IxM2"];
/** Written by FAISS where it once kept two numbers; it reads and ignores them. */
const UNUSED = 1n << 20n;

/**
 * The vectors of an index that holds them whole: flat, or HNSW over flat vectors, with or without an id map
 * (`IndexFlatIP`, `IndexFlatL2`, `IndexHNSWFlat`, `IndexIDMap`, `IndexIDMap2`). Reads the headers and the ids; the vectors are
 * left in the file and checked by whoever reads them.
 *
 * @throws {HarnessError} `FILE_MISSING`, `FILE_UNREADABLE`; `DATA_INVALID` for a file of another kind, or one whose parts do
 *   not fit each other or the file
 * Source: FAISS 1.7.3 to 1.15.1, faiss/impl/index_write.cpp
 */
export async function readFaissVectors(path: string): Promise<FaissVectors> {
  return await walkFaissFile(path, async (cursor) => {
    const { dim, count, metric, values, ids } = await parseIndex(cursor, [...MAP_KINDS, ...HNSW_KINDS, ...FLAT_KINDS]);
    const rest = cursor.size - cursor.position();
    if (rest > 0) throw damagedFaiss(path, `${rest} bytes follow its end`);
    const name = METRICS[metric];
    if (name === undefined) {
      throw new HarnessError("DATA_INVALID", `expected the metric inner product (0) or L2 (1), found ${metric}.`, {
        where: path,
      });
    }
    return {
      vectors: storedAt(cursor.path, { count: Number(count), dim, offset: values.at }),
      ids: ids === undefined ? undefined : toIds(await cursor.bytes(ids)),
      metric: name,
    };
  });
}

/**
 * Writes a flat index, which FAISS opens with `read_index`: `IndexFlatIP` or `IndexFlatL2`, within an `IndexIDMap` when there
 * are ids. The file appears whole or not at all, and needs no more memory than one piece.
 *
 * @throws {HarnessError} `DIMENSION_MISMATCH` when ids or values are not as many as declared; `NOT_WRITABLE`, `DISK_FULL`
 */
export async function writeFaissVectors(path: string, content: FaissContent): Promise<void> {
  const { count, ids } = content;
  if (ids !== undefined && ids.length !== count) {
    throw new HarnessError("DIMENSION_MISMATCH", `expected ${count} ids, got ${ids.length}.`, { where: path });
  }
  await writeFileAtomic(path, encode(path, content));
}

async function* encode(path: string, { count, dim, metric, ids, pieces }: FaissContent): AsyncGenerator<Uint8Array> {
  if (ids !== undefined) yield encodeHeader("IxMp", { count, dim, metric });
  yield encodeHeader(metric === "l2" ? "IxF2" : "IxFI", { count, dim, metric });
  const expected = count * dim;
  yield encodeLength(expected);
  let written = 0;
  for await (const { buffer, byteOffset, byteLength, length } of pieces) {
    written += length;
    yield new Uint8Array(buffer, byteOffset, byteLength);
  }
  if (written !== expected) {
    throw new HarnessError("DIMENSION_MISMATCH", `expected ${count} vectors of ${dim} values, got ${written} values.`, {
      where: path,
    });
  }
  if (ids === undefined) return;
  yield encodeLength(ids.length);
  yield new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength);
}

function encodeHeader(
  kind: string,
  { count, dim, metric }: Pick<FaissContent, "count" | "dim" | "metric">,
): Uint8Array {
  const bytes = Buffer.alloc(37);
  bytes.write(kind, "latin1");
  bytes.writeInt32LE(dim, 4);
  bytes.writeBigInt64LE(BigInt(count), 8);
  bytes.writeBigInt64LE(UNUSED, 16);
  bytes.writeBigInt64LE(UNUSED, 24);
  bytes.writeUInt8(1, 32); // trained
  bytes.writeInt32LE(METRICS.indexOf(metric), 33);
  return bytes;
}

function encodeLength(length: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(length));
  return bytes;
}

async function parseIndex(cursor: FaissCursor, kinds: readonly string[]): Promise<Parsed> {
  const kind = await cursor.kind();
  if (!kinds.includes(kind)) throw unexpectedKind(cursor.path, kind, kinds);
  const header = await cursor.header();
  if (FLAT_KINDS.includes(kind)) return await parseFlat(cursor, header);
  if (HNSW_KINDS.includes(kind)) {
    await stepOverGraph(cursor);
    return sameShape(cursor.path, header, await parseIndex(cursor, FLAT_KINDS));
  }
  const inner = sameShape(cursor.path, header, await parseIndex(cursor, [...HNSW_KINDS, ...FLAT_KINDS]));
  const ids = await cursor.list(BigInt64Array.BYTES_PER_ELEMENT);
  if (BigInt(ids.length) !== header.count) {
    throw damagedFaiss(cursor.path, `it declares ${header.count} vectors and holds ${ids.length} ids`);
  }
  return { ...inner, ids };
}

async function parseFlat(cursor: FaissCursor, header: FaissHeader): Promise<Parsed> {
  const values = await cursor.list(Float32Array.BYTES_PER_ELEMENT);
  if (BigInt(values.length) !== header.count * BigInt(header.dim)) {
    const declared = `${header.count} vectors of dimension ${header.dim}`;
    throw damagedFaiss(cursor.path, `it declares ${declared} and holds ${values.length} values`);
  }
  return { ...header, values };
}

function sameShape(path: string, outer: FaissHeader, inner: Parsed): Parsed {
  if (outer.dim === inner.dim && outer.count === inner.count) return inner;
  const [declared, found] = [outer, inner].map(({ count, dim }) => `${count} vectors of dimension ${dim}`);
  throw damagedFaiss(path, `it declares ${declared} and holds ${found}`);
}

function storedAt(path: string, { count, dim, offset }: { count: number; dim: number; offset: number }): StoredVectors {
  const runs = count === 0 ? [] : [offset];
  return {
    count,
    dim,
    precision: "float32",
    files: [path],
    runs: {
      firstRows: new Uint32Array(runs.length),
      files: new Uint32Array(runs.length),
      offsets: Float64Array.from(runs),
    },
  };
}

function toIds(bytes: Buffer): BigInt64Array {
  return BigInt64Array.from({ length: bytes.length / 8 }, (_, row) => bytes.readBigInt64LE(row * 8));
}

function unexpectedKind(path: string, kind: string, kinds: readonly string[]): HarnessError {
  const isText = /^[ -~]{4}$/.test(kind);
  const found = isText ? `\`${kind}\`` : `the bytes ${Buffer.from(kind, "latin1").toString("hex")}`;
  const message = `expected a FAISS index of whole vectors (${kinds.join(", ")}), found ${found}.`;
  return new HarnessError("DATA_INVALID", message, {
    where: path,
    hint: "Add the vectors to an `IndexFlatIP` and write that with `faiss.write_index`.",
  });
}
