import { appendFile, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { listEncoderFolders } from "../../harness/encode/cache-inventory.ts";
import { checkShard } from "../../harness/encode/check-shard.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { type MadeFolder, makeVectorFolder } from "./vector-folder.ts";

const folder = temporaryFolder();
let roots = 0;

async function madeShard(made: MadeFolder = {}) {
  const root = folder.path(`root-${roots++}`);
  const { shards } = await makeVectorFolder(root, made);
  const [found] = await listEncoderFolders(root);
  return { path: shards[0] ?? "", record: found?.record };
}

describe("checkShard", () => {
  it.each(["float32", "float16"] as const)("counts the rows of a sound shard of %s", async (precision) => {
    const vectors = [
      [0.6, 0.8, 0],
      [0, 0, 0],
      [1, 0, 0],
    ];
    const { path, record } = await madeShard({ dim: 3, precision, shards: [{ vectors }] });
    expect(await checkShard(path, record)).toEqual({ rows: 3 });
    expect(await checkShard(path, undefined)).toEqual({ rows: 3 });
  });

  it("finds every byte that is another", async () => {
    const { path, record } = await madeShard({ shards: [{ vectors: [[1, 0]] }] });
    const sound = await readFile(path);
    for (let at = 0; at < sound.length; at++) {
      const bytes = Buffer.from(sound);
      bytes.writeUInt8(bytes.readUInt8(at) ^ 0x10, at);
      await writeFile(path, bytes);
      expect(await checkShard(path, record), `byte ${at} of ${sound.length}`).toEqual({ why: expect.any(String) });
    }
    await writeFile(path, sound);
    expect(await checkShard(path, record)).toEqual({ rows: 1 });
  });

  it.each<{ readonly why: string; readonly damage: (path: string) => Promise<void> }>([
    { why: "is cut short", damage: (path) => truncate(path, 300) },
    { why: "is empty", damage: (path) => truncate(path, 0) },
    { why: "has something behind it", damage: (path) => appendFile(path, "x") },
    { why: "is another file", damage: (path) => writeFile(path, "ARROW1") },
  ])("refuses a shard that $why", async ({ damage }) => {
    const { path, record } = await madeShard();
    await damage(path);
    expect(await checkShard(path, record)).toEqual({ why: expect.stringMatching(/^[^/]+[^.]$/) });
  });

  it("refuses a sound shard under another's name, or of another encoder", async () => {
    const { path, record } = await madeShard();
    const other = join(dirname(path), `${"0".repeat(64)}.arrow`);
    await writeFile(other, await readFile(path));
    expect(await checkShard(other, record)).toEqual({ why: expect.stringContaining("name") });
    const longer = await madeShard({ dim: 3 });
    expect(await checkShard(path, longer.record)).toEqual({ why: expect.stringContaining("2 float32 values") });
    const halves = await madeShard({ precision: "float16" });
    expect(await checkShard(path, halves.record)).toEqual({ why: expect.stringContaining("float16") });
  });

  it.each([
    {
      why: "not a number",
      vectors: [
        [1, 0],
        [Number.NaN, 0],
      ],
    },
    {
      why: "infinite",
      vectors: [
        [1, 0],
        [Number.POSITIVE_INFINITY, 0],
      ],
    },
    {
      why: "of another norm",
      vectors: [
        [1, 0],
        [1, 0.1],
      ],
    },
  ])("names the first vector that is $why", async ({ vectors }) => {
    for (const precision of ["float32", "float16"] as const) {
      const { path, record } = await madeShard({ precision, shards: [{ vectors }] });
      expect(await checkShard(path, record)).toEqual({ why: expect.stringContaining("row 1 ") });
    }
  });

  it("takes a shard that is gone for none", async () => {
    const { path, record } = await madeShard();
    await rm(path);
    expect(await checkShard(path, record)).toEqual({ rows: 0 });
  });
});
