import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { RecordBatchReader, tableFromIPC } from "apache-arrow";
import { describe, expect, it } from "vitest";
import type { VectorPrecision } from "../../harness/domain/embeddings.ts";
import { decodeFooter, encodeShard, footerLength, TRAILER_BYTES } from "../../harness/storage/arrow-shards.ts";
import { keyOf, shardRows, valueAt } from "./shard-rows.ts";

const MIB = 2 ** 20;

async function encoded(count: number, dim: number, precision?: VectorPrecision) {
  const shard = await encodeShard(shardRows(count, dim, precision));
  const bytes = Buffer.concat(shard.pieces);
  const trailer = bytes.subarray(-TRAILER_BYTES);
  const footer = bytes.subarray(bytes.length - TRAILER_BYTES - footerLength(trailer), -TRAILER_BYTES);
  return { ...shard, bytes, footer };
}

describe("encodeShard", () => {
  // odd counts and dimensions make buffers that Arrow pads
  it.each<{ count: number; dim: number; precision: VectorPrecision }>([
    { count: 1, dim: 1, precision: "float32" },
    { count: 9, dim: 3, precision: "float32" },
    { count: 9, dim: 3, precision: "float16" },
    { count: 70, dim: 5, precision: "float16" },
  ])(
    "writes $count x $dim values of $precision as any Arrow reader expects them",
    async ({ count, dim, precision }) => {
      const table = tableFromIPC((await encoded(count, dim, precision)).bytes);
      expect(table.schema.fields.map((field) => `${field.name}: ${field.type}, ${field.nullable}`)).toEqual([
        "key: FixedSizeBinary[32], false",
        "truncated: Bool, false",
        `vector: FixedSizeList[${dim}]<Float${precision === "float32" ? 32 : 16}>, false`,
      ]);
      expect(table.numRows).toBe(count);
      for (const [row, { key, truncated, vector }] of table.toArray().entries()) {
        expect(Buffer.from(key).equals(keyOf(row))).toBe(true);
        expect(truncated).toBe(row % 3 === 0);
        expect([...vector]).toEqual(Array.from({ length: dim }, (_, d) => valueAt(row, d)));
      }
    },
  );

  it("keeps the vectors of a batch within 2 MiB", async () => {
    const { bytes, layout } = await encoded(1500, 1024); // 4 KiB a row: 512 rows make 2 MiB
    expect(layout.batches.map(({ rows }) => rows)).toEqual([512, 512, 1500 - 2 * 512]);
    expect(layout.batches.map(({ vectors }) => vectors.bytes)).toEqual([2 * MIB, 2 * MIB, 476 * 4096]);
    expect([...RecordBatchReader.from(bytes)].map(({ numRows }) => numRows)).toEqual([512, 512, 476]);
  });

  it("puts a row that is larger in a batch of its own", async () => {
    const { layout } = await encoded(2, (2 * MIB) / 4 + 1);
    expect(layout.batches.map(({ rows }) => rows)).toEqual([1, 1]);
  });

  it("gives equal bytes for equal rows, and other bytes for others", async () => {
    const { bytes, hash } = await encoded(9, 3);
    const again = await encoded(9, 3);
    expect(again.bytes.equals(bytes)).toBe(true);
    expect(again.hash).toBe(hash);
    const rows = shardRows(9, 3);
    const others = [
      { ...rows, truncated: new Uint8Array(9) },
      { ...rows, keys: rows.keys.map((byte, at) => (at === 0 ? byte ^ 1 : byte)) },
      { ...rows, values: rows.values.map((byte, at) => (at === 0 ? byte ^ 1 : byte)) },
    ];
    for (const other of others) expect((await encodeShard(other)).hash).not.toBe(hash);
  });

  it("has a checksum over every byte between the opening and the end mark, in the schema's metadata", async () => {
    const { bytes, footer, hash, layout } = await encoded(1500, 1024);
    expect(createHash("sha256").update(footer).digest("hex")).toBe(hash);
    const checks: unknown = JSON.parse(tableFromIPC(bytes).schema.metadata.get("spikebench:checks") ?? "");
    let at = 8;
    const expected = layout.batches.map(({ rows, head, vectors }) => {
      expect([head.at, vectors.at]).toEqual([at, at + head.bytes]);
      at += head.bytes + vectors.bytes;
      const crc = (part: { at: number; bytes: number }) => crc32(bytes.subarray(part.at, part.at + part.bytes));
      return [rows, crc(head), crc(vectors)];
    });
    expect(checks).toEqual(expected);
    expect(at + 8 + footer.length + TRAILER_BYTES).toBe(bytes.length);
    expect(layout.bytes).toBe(bytes.length);
  });
});

describe("decodeFooter", () => {
  it.each<{ count: number; dim: number; precision: VectorPrecision }>([
    { count: 0, dim: 3, precision: "float32" },
    { count: 9, dim: 3, precision: "float16" },
    { count: 1500, dim: 1024, precision: "float32" },
  ])("finds of $count x $dim values of $precision what was written", async ({ count, dim, precision }) => {
    const { bytes, footer, layout } = await encoded(count, dim, precision);
    expect(layout).toMatchObject({ rows: count, dim, precision });
    expect(await decodeFooter(footer, bytes.length)).toEqual(layout);
  });

  it("refuses a footer that does not fit the file, or is of another format", async () => {
    const { bytes, footer } = await encoded(9, 3);
    await expect(decodeFooter(footer, bytes.length + 8)).rejects.toThrow("bytes");
    const at = footer.indexOf("spikebench:format");
    const renamed = Buffer.from(footer).fill("x", at, at + 1);
    await expect(decodeFooter(renamed, bytes.length)).rejects.toThrow("format");
  });
});

describe("footerLength", () => {
  it("refuses what no Arrow file ends with", async () => {
    const { bytes } = await encoded(1, 1);
    expect(() => footerLength(bytes.subarray(-TRAILER_BYTES - 1, -1))).toThrow("Arrow");
    expect(() => footerLength(new Uint8Array())).toThrow("Arrow");
  });
});
