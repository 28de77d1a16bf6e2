import { rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { verifyCache } from "../../../harness/pipeline/cache/verify-cache.ts";
import { silentProgress } from "../../../harness/runtime/progress.ts";
import { makeVectorFolder } from "../../encode/vector-folder.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { filesBelow } from "../workspace.ts";

const folder = temporaryFolder();
let caches = 0;
const freshCache = () => folder.path(`cache-${caches++}`);
const verify = (cache: string, remove = false) => verifyCache({ cache, remove, progress: silentProgress });

describe("verifyCache", () => {
  it("finds nothing to read in a cache that is not there", async () => {
    expect(await verify(freshCache())).toEqual({ files: 0, bytes: 0, vectors: 0, broken: [], foreign: [] });
  });

  it("counts what is sound, names what is broken and what it does not know, and changes nothing", async () => {
    const cache = freshCache();
    const { path, shards } = await makeVectorFolder(join(cache, "vectors"), {
      shards: [
        { vectors: [[1, 0]] },
        {
          vectors: [
            [0, 1],
            [1, 0],
          ],
        },
        { kind: "journal", vectors: [[0, 1]] },
      ],
    });
    const [first = "", second = "", third = ""] = shards;
    await truncate(first, 200);
    await writeFile(join(path, "notes.txt"), "mine");
    const before = await filesBelow(cache);
    const sizes = await Promise.all([first, second, third].map(async (shard) => (await stat(shard)).size));
    expect(await verify(cache)).toEqual({
      files: 3,
      bytes: sizes.reduce((sum, size) => sum + size, 0),
      vectors: 2 + 1,
      broken: [{ path: first, why: expect.any(String), removed: false }],
      foreign: [join(path, "notes.txt")],
    });
    expect(await filesBelow(cache)).toEqual(before);
  });

  it("removes what is broken when it is told to, and that alone", async () => {
    const cache = freshCache();
    const { path, shards } = await makeVectorFolder(join(cache, "vectors"), {
      shards: [{}, { vectors: [[0.6, 0.8]] }],
    });
    const [first = "", second = ""] = shards;
    await truncate(first, 0);
    const record = join(path, "encoder.json");
    await writeFile(record, "{}");
    await writeFile(join(path, "notes.txt"), "mine");
    const { broken } = await verify(cache, true);
    expect(broken).toMatchObject([
      { path: record, removed: true },
      { path: first, removed: true },
    ]);
    const left = [...(await filesBelow(cache)).keys()].map((name) => join(cache, name));
    expect(left.toSorted()).toEqual([second, join(path, "notes.txt")].toSorted());
    expect(await verify(cache)).toMatchObject({ broken: [], vectors: 1 });
  });

  it("does without the record of an encoder", async () => {
    const cache = freshCache();
    const { path } = await makeVectorFolder(join(cache, "vectors"));
    await rm(join(path, "encoder.json"));
    expect(await verify(cache)).toMatchObject({ broken: [], vectors: 2 });
  });
});
