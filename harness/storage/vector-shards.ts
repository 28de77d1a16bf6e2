import { hash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { basename, join } from "node:path";
import { crc32 } from "node:zlib";
import {
  decodeFooter,
  END_OF_STREAM,
  encodeShard,
  footerLength,
  type ShardRows,
  TRAILER_BYTES,
} from "./arrow-shards.ts";
import { writeFileAtomic } from "./atomic-write.ts";
import { KEY_BYTES, OPENING, type ShardLayout, VALUE_BYTES } from "./shard-layout.ts";

/** A journal shard holds what was encoded a moment ago; a sealed one a whole stretch of a collection, in its order. */
export type ShardKind = "sealed" | "journal";

/** A shard whose footer and keys are verified; its vectors are still unread. */
export type OpenedShard = {
  readonly path: string;
  readonly kind: ShardKind;
  readonly layout: ShardLayout;
  /** 32 bytes a row. */
  readonly keys: Uint8Array;
  /** A byte a row: 1 where only a part of the text was read, else 0. */
  readonly truncated: Uint8Array;
};

/** Vectors of one batch, as they lie on disk. */
export type VectorBlock = { readonly firstRow: number; readonly rows: number; readonly values: Uint8Array };

const NAME = /^([0-9a-f]{64})(\.journal)?\.arrow$/;
/** Read at once from the end of a file; most footers are in it. */
const TAIL_BYTES = 2 ** 15;
/** A longer one is none of ours. */
const MOST_FOOTER_BYTES = 2 ** 26;

/** What a file of that name is; undefined for no shard. The rest of the name is the hash of its content. */
export function shardKind(name: string): ShardKind | undefined {
  const match = NAME.exec(name);
  if (match === null) return undefined;
  return match[2] === undefined ? "sealed" : "journal";
}

/**
 * Writes rows as a file named by its content: writers of the same rows produce the same file and cannot disturb each other.
 *
 * @throws {HarnessError} `NOT_WRITABLE`, `DISK_FULL`; nothing is left behind then
 */
export async function writeShard(folder: string, kind: ShardKind, rows: ShardRows): Promise<OpenedShard> {
  const { pieces, hash: name, layout } = await encodeShard(rows);
  const path = join(folder, kind === "sealed" ? `${name}.arrow` : `${name}.journal.arrow`);
  await writeFileAtomic(path, pieces);
  return { path, kind, layout, keys: rows.keys, truncated: rows.truncated };
}

/**
 * Opens a shard by its footer and keys, without reading vectors. Holds no file open.
 *
 * @throws {Error} the system's, `ENOENT` where the file is gone; or one that says what is damaged or foreign about it
 */
export async function openShard(path: string): Promise<OpenedShard> {
  const kind = shardKind(basename(path));
  if (kind === undefined) throw new Error("its name is not that of a vector file");
  return await withFile(path, async (handle) => {
    const layout = await readLayout(handle, path);
    const keys = new Uint8Array(layout.rows * KEY_BYTES);
    const truncated = new Uint8Array(layout.rows);
    for (const { firstRow, rows, head, keysAt, bitsAt } of layout.batches) {
      const bytes = await readAt(handle, head.at, new Uint8Array(head.bytes));
      if (crc32(bytes) !== head.crc) throw new Error(`the checksum of its keys from row ${firstRow} on does not match`);
      keys.set(bytes.subarray(keysAt, bitsAt), firstRow * KEY_BYTES);
      for (let row = 0; row < rows; row++) {
        truncated[firstRow + row] = ((bytes[bitsAt + (row >> 3)] ?? 0) >> (row & 7)) & 1;
      }
    }
    return { path, kind, layout, keys, truncated };
  });
}

/**
 * The vectors of a shard, batch by batch, each verified. A block is overwritten by the next one.
 *
 * @throws {Error} as `openShard`
 */
export async function* readVectors({
  path,
  layout,
}: Pick<OpenedShard, "path" | "layout">): AsyncGenerator<VectorBlock> {
  const rowBytes = layout.dim * VALUE_BYTES[layout.precision];
  const room = new Uint8Array(Math.max(0, ...layout.batches.map(({ vectors }) => vectors.bytes)));
  const handle = await open(path, "r");
  try {
    for (const { firstRow, rows, vectors } of layout.batches) {
      const bytes = await readAt(handle, vectors.at, room.subarray(0, vectors.bytes));
      if (crc32(bytes) !== vectors.crc) {
        throw new Error(`the checksum of its vectors from row ${firstRow} on does not match`);
      }
      yield { firstRow, rows, values: bytes.subarray(0, rows * rowBytes) };
    }
  } finally {
    await handle.close();
  }
}

/** Verifies every byte of a shard. @throws {Error} as `openShard` */
export async function verifyShard(path: string): Promise<OpenedShard> {
  const shard = await openShard(path);
  for await (const _ of readVectors(shard));
  const last = shard.layout.batches.at(-1);
  const bodyEnd = last === undefined ? OPENING.length : last.vectors.at + last.vectors.bytes;
  await withFile(path, async (handle) => {
    const opening = await readAt(handle, 0, new Uint8Array(OPENING.length));
    const end = await readAt(handle, bodyEnd, new Uint8Array(END_OF_STREAM.length));
    if (!OPENING.equals(opening) || !END_OF_STREAM.equals(end)) throw new Error("it is no whole Arrow file");
  });
  return shard;
}

/** True when there is no such file (any more). */
export function isGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

async function readLayout(handle: FileHandle, path: string): Promise<ShardLayout> {
  const { size } = await handle.stat();
  const tail = await readAt(handle, Math.max(0, size - TAIL_BYTES), new Uint8Array(Math.min(size, TAIL_BYTES)));
  const length = footerLength(tail.subarray(-TRAILER_BYTES));
  const at = size - TRAILER_BYTES - length;
  if (length < 0 || length > MOST_FOOTER_BYTES || at < 0) throw new Error("its footer is longer than the file");
  const inTail = at - (size - tail.length);
  const footer =
    inTail >= 0 ? tail.subarray(inTail, inTail + length) : await readAt(handle, at, new Uint8Array(length));
  if (!basename(path).startsWith(hash("sha256", footer))) throw new Error("its footer does not match its name");
  return await decodeFooter(footer, size);
}

async function withFile<Result>(path: string, work: (handle: FileHandle) => Promise<Result>): Promise<Result> {
  const handle = await open(path, "r");
  try {
    return await work(handle);
  } finally {
    await handle.close();
  }
}

async function readAt(handle: FileHandle, at: number, into: Uint8Array): Promise<Uint8Array> {
  for (let done = 0; done < into.length; ) {
    const { bytesRead } = await handle.read(into, done, into.length - done, at + done);
    if (bytesRead === 0) throw new Error(`it ends at byte ${at + done}`);
    done += bytesRead;
  }
  return into;
}
