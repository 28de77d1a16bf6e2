import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { tableFromArrays, tableToIPC } from "apache-arrow";
import { describe, expect, it } from "vitest";
import type { VectorPrecision } from "../../harness/domain/embeddings.ts";
import { hashBytes } from "../../harness/storage/content-hash.ts";
import {
  isGone,
  openShard,
  readVectors,
  shardKind,
  verifyShard,
  writeShard,
} from "../../harness/storage/vector-shards.ts";
import { fc } from "../seeded-fast-check.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { shardRows } from "./shard-rows.ts";

const folder = temporaryFolder();

async function write(count: number, dim: number, precision: VectorPrecision = "float32") {
  const rows = shardRows(count, dim, precision);
  return { rows, path: (await writeShard(folder.path("shards"), "sealed", rows)).path };
}

/** Everything that a cache takes from a file. */
async function readAll(path: string) {
  const { keys, truncated, layout, ...shard } = await openShard(path);
  const values: Uint8Array[] = [];
  for await (const block of readVectors({ ...shard, layout })) values.push(block.values.slice());
  const { rows, dim, precision } = layout;
  return { rows, dim, precision, keys, truncated, values: Buffer.concat(values) };
}

async function failure(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("writeShard", () => {
  it.each<{ count: number; dim: number; precision: VectorPrecision }>([
    { count: 0, dim: 3, precision: "float32" },
    { count: 1, dim: 1, precision: "float16" },
    { count: 9, dim: 3, precision: "float32" },
    { count: 1500, dim: 1024, precision: "float32" },
    { count: 2100, dim: 1024, precision: "float16" },
  ])("writes $count x $dim values of $precision that come back as they were", async ({ count, dim, precision }) => {
    const { rows, path } = await write(count, dim, precision);
    const found = await readAll(path);
    expect(found).toMatchObject({ rows: count, dim, precision });
    // one comparison each: `toEqual` takes seconds for so many values
    expect(Buffer.from(found.keys).equals(rows.keys)).toBe(true);
    expect(Buffer.from(found.truncated).equals(rows.truncated)).toBe(true);
    expect(found.values.equals(rows.values)).toBe(true);
  });

  it("says by the name what kind it is and what is in it, and leaves nothing else behind", async () => {
    const place = folder.path("names");
    const sealed = await writeShard(place, "sealed", shardRows(5, 3));
    const journal = await writeShard(place, "journal", shardRows(5, 3));
    await writeShard(place, "sealed", shardRows(5, 3));
    expect(await readdir(place)).toEqual([sealed.path, journal.path].map((path) => basename(path)).sort());
    expect(shardKind(basename(sealed.path))).toBe("sealed");
    expect(shardKind(basename(journal.path))).toBe("journal");
    expect((await readFile(sealed.path)).equals(await readFile(journal.path))).toBe(true);
  });

  it("fails with the disk's reason", async () => {
    await folder.write("occupied", "a file");
    await expect(writeShard(folder.path("occupied"), "sealed", shardRows(1, 1))).rejects.toMatchObject({
      code: "NOT_WRITABLE",
    });
  });
});

describe("shardKind", () => {
  it.each(["notes.txt", `${"a".repeat(63)}.arrow`, `${"a".repeat(64)}.arrow.1.tmp`, `${"A".repeat(64)}.arrow`])(
    "knows nothing of %s",
    (name) => expect(shardKind(name)).toBeUndefined(),
  );
});

describe("openShard and readVectors", () => {
  const region = fc.constantFrom("anywhere", "the end");

  it("never crash and never give anything but what was written, whatever bits are flipped or bytes are lost", async () => {
    const { rows, path } = await write(20, 5, "float16");
    const bytes = await readFile(path);
    const damaged = fc.oneof(
      fc.record({ where: region, at: fc.nat(bytes.length - 1), bit: fc.nat(7) }).map(({ where, at, bit }) => {
        const place = where === "anywhere" ? at : bytes.length - 1 - (at % 64);
        const copy = Buffer.from(bytes);
        copy.writeUInt8(copy.readUInt8(place) ^ (1 << bit), place);
        return copy;
      }),
      fc.nat(bytes.length - 1).map((length) => bytes.subarray(0, length)),
      fc.nat(bytes.length - 1).map((length) => bytes.subarray(length + 1)),
      fc.uint8Array({ minLength: 1, maxLength: 40 }).map((more) => Buffer.concat([bytes, more])),
      fc.nat(bytes.length - 9).map((at) => Buffer.from(bytes).fill(0, at, at + 8)),
    );
    await fc.assert(
      fc.asyncProperty(damaged, async (content) => {
        await writeFile(path, content);
        const found = await readAll(path).catch(() => undefined);
        if (found === undefined) return;
        expect(Buffer.from(found.keys).equals(rows.keys)).toBe(true);
        expect(Buffer.from(found.truncated).equals(rows.truncated)).toBe(true);
        expect(found.values.equals(rows.values)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it("find a flipped bit in each part that is read", async () => {
    const { path } = await write(9, 3);
    const bytes = await readFile(path);
    const { layout } = await openShard(path);
    const [batch] = layout.batches;
    if (batch === undefined) throw new Error("expected a batch");
    const places = {
      message: batch.head.at + 9,
      keys: batch.head.at + batch.keysAt,
      bits: batch.head.at + batch.bitsAt,
      vectors: batch.vectors.at,
      padding: batch.vectors.at + batch.vectors.bytes - 1,
      footer: bytes.length - 40,
      length: bytes.length - 10,
      magic: bytes.length - 1,
    };
    for (const at of Object.values(places)) {
      const copy = Buffer.from(bytes);
      copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
      await writeFile(path, copy);
      expect(await failure(readAll(path))).toBeInstanceOf(Error);
    }
  });

  it("open a shard whose vectors are damaged: they are not read for that", async () => {
    const { rows, path } = await write(9, 3);
    const bytes = await readFile(path);
    const at = (await openShard(path)).layout.batches[0]?.vectors.at ?? 0;
    await writeFile(path, Buffer.from(bytes).fill(7, at, at + 4));
    expect(Buffer.from((await openShard(path)).keys).equals(rows.keys)).toBe(true);
    await expect(readAll(path)).rejects.toThrow("checksum");
  });

  it.each([
    { why: "is no Arrow file", bytes: Buffer.from("foreign") },
    { why: "is empty", bytes: Buffer.alloc(0) },
    { why: "has other columns", bytes: Buffer.from(tableToIPC(tableFromArrays({ key: Uint8Array.of(1) }), "file")) },
  ])("refuse a file that $why, under any name", async ({ bytes }) => {
    const path = await folder.write(`${hashBytes(bytes)}.arrow`, bytes);
    await expect(openShard(path)).rejects.toThrow(Error);
    // under the name that its footer would have
    const length = bytes.length < 14 ? 0 : bytes.readInt32LE(bytes.length - 10);
    const footer = bytes.subarray(Math.max(0, bytes.length - 10 - length), Math.max(0, bytes.length - 10));
    await expect(openShard(await folder.write(`${hashBytes(footer)}.arrow`, bytes))).rejects.toThrow(Error);
  });

  it("tell a file that is gone from one that is damaged", async () => {
    const { path } = await write(9, 3);
    const shard = await openShard(path);
    await rm(path);
    expect(isGone(await failure(openShard(path)))).toBe(true);
    expect(isGone(await failure(readVectors(shard).next()))).toBe(true);
    expect(isGone(new Error("damaged"))).toBe(false);
  });
});

describe("verifyShard", () => {
  it("finds a flipped bit anywhere in the file", async () => {
    const { path } = await write(1, 1);
    const bytes = await readFile(path);
    expect((await verifyShard(path)).layout.rows).toBe(1);
    for (let at = 0; at < bytes.length; at++) {
      const copy = Buffer.from(bytes);
      copy.writeUInt8(copy.readUInt8(at) ^ (1 << (at % 8)), at);
      await writeFile(path, copy);
      expect(await failure(verifyShard(path)), `byte ${at} of ${bytes.length}`).toBeInstanceOf(Error);
    }
  });
});
