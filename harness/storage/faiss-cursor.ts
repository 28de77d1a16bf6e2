import { type FileHandle, open } from "node:fs/promises";
import { resolve } from "node:path";
import { HarnessError } from "../errors.ts";
import { fileError } from "./file-error.ts";

/** Walks through a FAISS index file front to back, a few bytes at a time, however large it is. */
export type FaissCursor = {
  /** Absolute. */
  readonly path: string;
  /** The byte that comes next, and how many bytes the file has. */
  position(): number;
  readonly size: number;
  /** The four characters that every index begins with. */
  kind(): Promise<string>;
  header(): Promise<FaissHeader>;
  int32(): Promise<number>;
  int64(): Promise<bigint>;
  /** Steps over a list: a 64-bit length, then as many elements. */
  list(elementBytes: number): Promise<FaissList>;
  /** Bytes of a list that was stepped over. */
  bytes(list: FaissList): Promise<Buffer>;
};

/** What every kind of index begins with, after its four characters. */
export type FaissHeader = { readonly dim: number; readonly count: bigint; readonly metric: number };

/** Where the elements of a list lie. */
export type FaissList = { readonly at: number; readonly length: number; readonly byteLength: number };

const HEADER_BYTES = 33;

/**
 * Opens an index file for the time of `walk`.
 *
 * @throws {HarnessError} `FILE_MISSING`, `FILE_UNREADABLE`; `DATA_INVALID` where the file ends before what is asked for
 * Source: FAISS 1.7.3 to 1.15.1, faiss/impl/index_write.cpp (the byte order is the writer's: little-endian)
 */
export async function walkFaissFile<Result>(
  path: string,
  walk: (cursor: FaissCursor, handle: FileHandle) => Promise<Result>,
  flags: "r" | "r+" = "r",
): Promise<Result> {
  try {
    const handle = await open(path, flags);
    try {
      const { size } = await handle.stat();
      return await walk(openCursor(handle, resolve(path), size), handle);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw fileError(path, "read", cause);
  }
}

/**
 * Steps over the links of an HNSW index, after which its vectors come.
 *
 * @returns where its parameters lie: efConstruction, and efSearch four bytes later
 */
export async function stepOverGraph(cursor: FaissCursor): Promise<number> {
  // probability and number of links by level; level, offset and links by vector
  for (const elementBytes of [8, 4, 4, 8, 4]) await cursor.list(elementBytes);
  await cursor.int32(); // entry point
  await cursor.int32(); // highest level
  const at = cursor.position();
  for (let field = 0; field < 3; field++) await cursor.int32(); // the two, and one that is not used any more
  return at;
}

/** @param found completes "expected a whole FAISS index, but ..." */
export function damagedFaiss(path: string, found: string): HarnessError {
  return new HarnessError("DATA_INVALID", `expected a whole FAISS index, but ${found}.`, {
    where: path,
    hint: "Write it again with `faiss.write_index`.",
  });
}

function openCursor(handle: FileHandle, path: string, size: number): FaissCursor {
  let position = 0;

  async function take(length: number): Promise<Buffer> {
    const bytes = await readAt(position, length);
    position += length;
    return bytes;
  }

  async function readAt(at: number, length: number): Promise<Buffer> {
    if (at + length > size) throw damagedFaiss(path, `it has ${size} bytes where byte ${at + length} is needed`);
    const bytes = Buffer.alloc(length);
    for (let read = 0; read < length; ) {
      const { bytesRead } = await handle.read(bytes, read, length - read, at + read);
      if (bytesRead === 0) throw damagedFaiss(path, `it became shorter while it was read`);
      read += bytesRead;
    }
    return bytes;
  }

  return {
    path,
    size,
    position: () => position,
    kind: async () => (await take(4)).toString("latin1"),
    int32: async () => (await take(4)).readInt32LE(),
    int64: async () => (await take(8)).readBigInt64LE(),
    async header() {
      const bytes = await take(HEADER_BYTES); // dim, count, two constants, trained, metric
      const [dim, count, metric] = [bytes.readInt32LE(0), bytes.readBigInt64LE(4), bytes.readInt32LE(29)];
      if (dim < 1 || count < 0n) throw damagedFaiss(path, `it declares ${count} vectors of dimension ${dim}`);
      if (metric > 1) await take(4); // the argument of a metric beyond inner product and L2
      return { dim, count, metric };
    },
    async list(elementBytes) {
      const length = (await take(8)).readBigUInt64LE();
      // compared before it becomes a double, which cannot hold every 64-bit length
      if (length * BigInt(elementBytes) > BigInt(size - position)) {
        throw damagedFaiss(path, `a list of ${length} elements begins at byte ${position} of ${size}`);
      }
      const list = { at: position, length: Number(length), byteLength: Number(length) * elementBytes };
      position += list.byteLength;
      return list;
    },
    bytes: ({ at, byteLength }) => readAt(at, byteLength),
  };
}
