import { stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { listShards, namesIn, removeShard, syncFolder, touchShard } from "../../harness/storage/shard-folder.ts";
import { writeShard } from "../../harness/storage/vector-shards.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { shardRows } from "./shard-rows.ts";

const folder = temporaryFolder();

describe("namesIn", () => {
  it("tells shards, half-written files and foreign ones apart", async () => {
    const place = folder.path("names");
    const { path } = await writeShard(place, "sealed", shardRows(2, 2));
    for (const name of ["encoder.json", ".DS_Store", "notes.txt", "x.arrow", "x.arrow.1.ab.tmp"]) {
      await folder.write(join("names", name), "");
    }
    expect(await namesIn(place)).toEqual({
      shards: [path.slice(place.length + 1)],
      temporary: ["x.arrow.1.ab.tmp"],
      foreign: ["notes.txt", "x.arrow"],
    });
  });

  it("finds nothing in a folder that is not there, and refuses a file in its place", async () => {
    expect(await namesIn(folder.path("nowhere"))).toEqual({ shards: [], temporary: [], foreign: [] });
    await expect(namesIn(await folder.write("file", ""))).rejects.toMatchObject({ name: "HarnessError" });
  });
});

describe("listShards", () => {
  it("says of every shard its kind, size and last use", async () => {
    const place = folder.path("list");
    const shards = [
      await writeShard(place, "sealed", shardRows(2, 2)),
      await writeShard(place, "journal", shardRows(3, 2)),
    ];
    for (const { path } of shards) await touchShard(path, 1_600_000_000_000);
    const expected = shards.map(({ path, kind, layout }) => ({
      ...{ path, kind, bytes: layout.bytes, lastUsed: 1_600_000_000_000 },
    }));
    expect(await listShards(place)).toEqual(expected.sort((a, b) => (a.path < b.path ? -1 : 1)));
  });
});

describe("touchShard, removeShard and syncFolder", () => {
  it("take no offence at what is gone", async () => {
    const { path } = await writeShard(folder.path("gone"), "sealed", shardRows(2, 2));
    await removeShard(path);
    await expect(stat(path)).rejects.toMatchObject({ code: "ENOENT" });
    await removeShard(path);
    await touchShard(path, 0);
    await syncFolder(folder.path("nowhere"));
  });
});
