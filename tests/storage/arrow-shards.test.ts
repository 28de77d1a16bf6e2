import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tableFromArrays, tableFromIPC, tableToIPC } from "apache-arrow";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isShardName, KEY_BYTES, readShard, vectorAt, writeShard } from "../../harness/storage/arrow-shards.ts";
import { hashBytes } from "../../harness/storage/content-hash.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "shards-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** Row `r` is [r, r + 1/2, ...]; its key is filled with `r`. */
function shard(count: number, dim: number) {
  return {
    dim,
    keys: Uint8Array.from({ length: count * KEY_BYTES }, (_, at) => Math.floor(at / KEY_BYTES)),
    vectors: Float32Array.from({ length: count * dim }, (_, at) => Math.floor(at / dim) + (at % dim) / 2),
  };
}

async function read(name: string, dim: number) {
  const warnings: string[] = [];
  const found = await readShard(join(folder, name), dim, (text) => warnings.push(text));
  return { found, warnings };
}

describe("writeShard", () => {
  // odd dimensions and counts make buffers that Arrow pads; 20,001 rows make three batches
  it.each([
    { count: 0, dim: 3 },
    { count: 1, dim: 1 },
    { count: 5, dim: 3 },
    { count: 20_001, dim: 3 },
  ])("writes $count x $dim values that come back as they were", async ({ count, dim }) => {
    const written = shard(count, dim);
    const name = await writeShard(folder, written);
    const { found, warnings } = await read(name, dim);
    expect(warnings).toEqual([]);
    const batches = found?.batches ?? [];
    // one comparison each: `toEqual` takes seconds for so many values
    expect(Buffer.concat(batches.map(({ keys }) => keys)).equals(written.keys)).toBe(true);
    expect(Float32Array.from(batches.flatMap(({ vectors }) => [...vectors])).join()).toBe(written.vectors.join());
    expect(batches).toHaveLength(Math.max(1, Math.ceil(count / 10_000)));
  });

  it("names a file by the sha256 of its bytes, the same for the same vectors", async () => {
    const name = await writeShard(folder, shard(5, 3));
    expect(isShardName(name)).toBe(true);
    expect(name).toBe(`${hashBytes(await readFile(join(folder, name)))}.arrow`);
    expect(await writeShard(folder, shard(5, 3))).toBe(name);
    expect(await readdir(folder)).toEqual([name]);
  });

  it("writes columns as any Arrow reader expects them", async () => {
    const table = tableFromIPC(await readFile(join(folder, await writeShard(folder, shard(5, 3)))));
    expect(table.schema.fields.map((field) => `${field.name}: ${field.type}, ${field.nullable}`)).toEqual([
      "key: FixedSizeBinary[32], false",
      "vector: FixedSizeList[3]<Float32>, false",
    ]);
    expect(table.numRows).toBe(5);
    expect([...(table.getChild("vector")?.get(4) ?? [])]).toEqual([4, 4.5, 5]);
  });
});

describe("readShard", () => {
  it("returns views over the bytes of the file", async () => {
    const { found } = await read(await writeShard(folder, shard(5, 3)), 3);
    const [batch] = found?.batches ?? [];
    expect(batch?.vectors.buffer).toBe(batch?.keys.buffer);
    expect(found?.byteLength).toBeGreaterThan(5 * (KEY_BYTES + 3 * 4));
  });

  it.each([
    { why: "a truncated file", damage: (bytes: Buffer) => bytes.subarray(0, bytes.length - 1) },
    { why: "an empty file", damage: () => Buffer.alloc(0) },
    { why: "a file of something else", damage: () => Buffer.from("not an Arrow file") },
    { why: "a file with one bit flipped", damage: (bytes: Buffer) => bytes.fill((bytes[400] ?? 0) ^ 1, 400, 401) },
  ])("passes over $why with a warning", async ({ damage }) => {
    const name = await writeShard(folder, shard(5, 3));
    await writeFile(join(folder, name), damage(await readFile(join(folder, name))));
    const { found, warnings } = await read(name, 3);
    expect(found).toBeUndefined();
    expect(warnings).toEqual([expect.stringContaining(name)]);
  });

  it.each([
    { why: "is no Arrow file", bytes: Buffer.from("foreign") },
    { why: "has other columns", bytes: tableToIPC(tableFromArrays({ key: Uint8Array.of(1) }), "file") },
  ])("passes over a rightly named file that $why", async ({ bytes }) => {
    await writeFile(join(folder, `${hashBytes(bytes)}.arrow`), bytes);
    expect(await read(`${hashBytes(bytes)}.arrow`, 3)).toEqual({ found: undefined, warnings: [expect.any(String)] });
  });

  it("passes over vectors of another dimension, and a file that is gone", async () => {
    const name = await writeShard(folder, shard(5, 3));
    expect(await read(name, 4)).toEqual({ found: undefined, warnings: [expect.stringContaining("Float")] });
    await rm(join(folder, name));
    expect(await read(name, 3)).toEqual({ found: undefined, warnings: [expect.any(String)] });
  });
});

describe("vectorAt", () => {
  it("counts rows through all batches", async () => {
    const { found } = await read(await writeShard(folder, shard(20_001, 2)), 2);
    const at = (row: number) => [...vectorAt(found ?? { byteLength: 0, batches: [] }, row)];
    for (const row of [0, 9_999, 10_000, 19_999, 20_000]) expect(at(row)).toEqual([row, row + 0.5]);
    expect(() => at(20_001)).toThrow(RangeError);
  });
});
