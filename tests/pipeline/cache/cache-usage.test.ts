import { mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cacheUsage, listCachedEncoders } from "../../../harness/pipeline/cache/cache-usage.ts";
import { makeVectorFolder } from "../../encode/vector-folder.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const folder = temporaryFolder();

describe("listCachedEncoders", () => {
  it("lists none without a cache", async () => {
    expect(await listCachedEncoders(folder.path("nowhere"))).toEqual([]);
  });

  it("lists the one that was used last first, and one without vectors at the end", async () => {
    const root = folder.path("listed/vectors");
    const make = (model: string, lastUsed?: number) =>
      makeVectorFolder(root, {
        identity: { kind: "made", model },
        shards: lastUsed === undefined ? [] : [{ lastUsed }],
      });
    await make("never");
    await make("first", Date.UTC(2026, 0, 1));
    await make("last", Date.UTC(2026, 0, 3));
    await make("second", Date.UTC(2026, 0, 2));
    const models = (await listCachedEncoders(folder.path("listed"))).map(({ model }) => model);
    expect(models).toEqual(["last", "second", "first", "never"]);
  });
});

describe("cacheUsage", () => {
  it("is nothing without a cache", async () => {
    const cache = folder.path("nowhere");
    expect(await cacheUsage(cache)).toEqual({ folder: cache, encoders: [], others: [], total: 0 });
  });

  it("adds up by encoder, the largest first, and by what else there is", async () => {
    const cache = folder.path("used");
    const small = await makeVectorFolder(join(cache, "vectors"), { identity: { kind: "made", model: "small" } });
    const large = await makeVectorFolder(join(cache, "vectors"), {
      identity: { kind: "made", model: "large" },
      shards: [{ vectors: Array.from({ length: 50 }, () => [1, 0]) }],
    });
    for (const [path, text] of [
      ["datasets/a/corpus.jsonl", "12345"],
      ["hub/datasets--x/trees/c.json", "123"],
      ["vectors/notes.txt", "1234567"],
      ["other", "1"],
    ] as const) {
      await mkdir(join(cache, path, ".."), { recursive: true });
      await writeFile(join(cache, path), text);
    }
    const bytes = async ({ path, shards }: typeof small) =>
      (await stat(join(path, "encoder.json"))).size + (await stat(shards[0] ?? "")).size;
    const [most, least] = [await bytes(large), await bytes(small)];
    expect(await cacheUsage(cache)).toEqual({
      folder: cache,
      encoders: [
        { id: large.id, kind: "made", model: "large", bytes: most },
        { id: small.id, kind: "made", model: "small", bytes: least },
      ],
      others: [
        { name: "datasets", bytes: 5 },
        { name: "hub", bytes: 3 },
        { name: "other", bytes: 1 },
        { name: "vectors of no encoder", bytes: 7 },
      ],
      total: most + least + 5 + 3 + 7 + 1,
    });
  });
});
