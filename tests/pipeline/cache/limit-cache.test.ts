import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { limitCache } from "../../../harness/pipeline/cache/limit-cache.ts";
import { makeVectorFolder } from "../../encode/vector-folder.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const folder = temporaryFolder();
let caches = 0;
const RUN_BEGAN = Date.UTC(2026, 5, 1);
const now = RUN_BEGAN + 3_600_000;

/** Three shards of one size: one from before the run, two that it used. */
async function madeCache() {
  const cache = folder.path(`cache-${caches++}`);
  const { path, shards } = await makeVectorFolder(join(cache, "vectors"), {
    shards: [{ lastUsed: RUN_BEGAN - 1_000 }, { lastUsed: RUN_BEGAN }, { lastUsed: RUN_BEGAN + 1_000 }],
  });
  const { size } = await stat(shards[0] ?? "");
  const left = async () => {
    const names = await readdir(path).catch(() => []);
    return shards.map((shard) => (names.some((name) => shard.endsWith(name)) ? "+" : "-")).join("");
  };
  const limit = (maxBytes: number) => limitCache(cache, { maxBytes, usedSince: RUN_BEGAN, now });
  return { size, left, limit };
}

describe("limitCache", () => {
  it("says and does nothing where everything fits, or where there is no cache", async () => {
    const { size, left, limit } = await madeCache();
    expect(await limit(3 * size)).toEqual([]);
    expect(await left()).toBe("+++");
    expect(await limitCache(folder.path("nowhere"), { maxBytes: 0, usedSince: 0, now })).toEqual([]);
  });

  it.each([
    [3, -1],
    [2, 0],
  ])("removes what the run did not use down to %i shards and %i bytes", async (shards, bytes) => {
    const { size, left, limit } = await madeCache();
    const said = await limit(shards * size + bytes);
    expect(await left()).toBe("-++");
    expect(said).toEqual([expect.stringContaining("1 file of vectors removed")]);
  });

  it("goes on with what the run used where that alone is too much, and says so", async () => {
    const { size, left, limit } = await madeCache();
    const said = await limit(2 * size - 1);
    expect(await left()).toBe("--+");
    expect(said).toEqual([expect.stringContaining("2 files"), expect.stringContaining("this run alone used")]);
  });
});
