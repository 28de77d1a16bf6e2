import { copyFile, cp, mkdir, rename, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { exportVectors, importVectors } from "../../../harness/pipeline/cache/move-vectors.ts";
import { silentProgress } from "../../../harness/runtime/progress.ts";
import { makeVectorFolder } from "../../encode/vector-folder.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { filesBelow } from "../workspace.ts";

const folder = temporaryFolder();
let places = 0;
const progress = silentProgress;

/** A cache with two encoders, and a place beside it. */
async function madeCache() {
  const place = folder.path(`place-${places++}`);
  const cache = join(place, "cache");
  const moved = await makeVectorFolder(join(cache, "vectors"), {
    identity: { kind: "made", model: "moved" },
    shards: [{}, { kind: "journal", vectors: [[0.6, 0.8]] }],
  });
  await makeVectorFolder(join(cache, "vectors"), { identity: { kind: "made", model: "stays" } });
  return { cache, moved, to: join(place, "exported"), other: join(place, "other") };
}

describe("exportVectors", () => {
  it("copies one encoder byte by byte, and skips the second time what is there", async () => {
    const { cache, moved, to } = await madeCache();
    const request = { cache, encoder: moved.id.slice(0, 10), to, progress };
    expect(await exportVectors(request)).toMatchObject({ encoders: 1, files: 2, present: 0, refused: [] });
    expect(await filesBelow(join(to, moved.id))).toEqual(await filesBelow(moved.path));
    expect([...(await filesBelow(to)).keys()].every((name) => name.startsWith(moved.id))).toBe(true);
    expect(await exportVectors(request)).toMatchObject({ encoders: 1, files: 0, bytes: 0, present: 2 });
  });

  it("does not copy what is broken, and replaces what is broken there", async () => {
    const { cache, moved, to } = await madeCache();
    const request = { cache, encoder: moved.id, to, progress };
    await exportVectors(request);
    const [first = "", second = ""] = moved.shards;
    await truncate(join(to, moved.id, basename(first)), 10);
    expect(await exportVectors(request)).toMatchObject({ files: 1, present: 1 });
    expect(await filesBelow(join(to, moved.id))).toEqual(await filesBelow(moved.path));
    await rm(to, { recursive: true });
    await truncate(second, 10);
    expect(await exportVectors(request)).toMatchObject({ files: 1, refused: [{ path: second }] });
    expect([...(await filesBelow(to)).keys()].map((name) => basename(name)).toSorted()).toEqual(
      [basename(first), "encoder.json"].toSorted(),
    );
  });

  it("refuses an encoder that is not there, also of a cache that is not there", async () => {
    const { cache, to, other } = await madeCache();
    for (const from of [cache, other]) {
      const failed = exportVectors({ cache: from, encoder: "xyz", to, progress });
      await expect(failed).rejects.toMatchObject({ code: "USAGE" });
    }
  });
});

describe("importVectors", () => {
  it("makes a cache of what was exported, and skips the second time what is there", async () => {
    const { cache, moved, to, other } = await madeCache();
    await exportVectors({ cache, encoder: moved.id, to, progress });
    const request = { cache: other, from: to, progress };
    expect(await importVectors(request)).toMatchObject({ encoders: 1, files: 2, present: 0, refused: [] });
    expect(await filesBelow(join(other, "vectors", moved.id))).toEqual(await filesBelow(moved.path));
    expect(await importVectors(request)).toMatchObject({ files: 0, present: 2, refused: [] });
    expect([...(await filesBelow(other)).keys()].filter((name) => name.includes(".tmp"))).toEqual([]);
  });

  it("adds to vectors that are there", async () => {
    const { cache, moved, to, other } = await madeCache();
    await exportVectors({ cache, encoder: moved.id, to, progress });
    await cp(join(cache, "vectors"), join(other, "vectors"), { recursive: true });
    await rm(join(other, "vectors", moved.id, basename(moved.shards[1] ?? "")));
    expect(await importVectors({ cache: other, from: to, progress })).toMatchObject({ files: 1, present: 1 });
    expect(await filesBelow(other)).toEqual(await filesBelow(cache));
  });

  it("believes no name", async () => {
    const { cache, moved, to, other } = await madeCache();
    await exportVectors({ cache, encoder: moved.id, to, progress });
    const [sealed = "", journal = ""] = moved.shards;
    const inExport = (name: string) => join(to, moved.id, name);
    const renamed = inExport(`${"0".repeat(64)}.arrow`);
    await rename(inExport(basename(sealed)), renamed);
    const link = inExport(`${"1".repeat(64)}.arrow`);
    await symlink(sealed, link);
    const elsewhere = join(to, "0123456789abcdef0123456789abcdef");
    await cp(join(to, moved.id), elsewhere, { recursive: true });
    const { refused, ...rest } = await importVectors({ cache: other, from: to, progress });
    expect(rest).toMatchObject({ encoders: 1, files: 1, present: 0 });
    expect(refused.map(({ path }) => path).toSorted()).toEqual([elsewhere, link, renamed].toSorted());
    expect([...(await filesBelow(other)).keys()].map((name) => basename(name)).toSorted()).toEqual(
      [basename(journal), "encoder.json"].toSorted(),
    );
  });

  it("refuses vectors that are not those of the record beside them", async () => {
    const { cache, moved, to, other } = await madeCache();
    const longer = await makeVectorFolder(join(cache, "vectors"), { identity: { kind: "made" }, dim: 3 });
    await exportVectors({ cache, encoder: moved.id, to, progress });
    const [foreign = ""] = longer.shards;
    await copyFile(foreign, join(to, moved.id, basename(foreign)));
    const { refused } = await importVectors({ cache: other, from: to, progress });
    expect(refused).toEqual([{ path: join(to, moved.id, basename(foreign)), why: expect.stringContaining("3") }]);
  });

  it("refuses a folder without exported vectors", async () => {
    const { to, other } = await madeCache();
    await expect(importVectors({ cache: other, from: to, progress })).rejects.toMatchObject({ code: "USAGE" });
    await mkdir(to);
    await writeFile(join(to, "encoder.json"), "{}");
    await expect(importVectors({ cache: other, from: to, progress })).rejects.toMatchObject({ code: "USAGE" });
    expect(await filesBelow(other)).toEqual(new Map());
  });

  it("leaves nothing unfinished behind when it is stopped", async () => {
    const { cache, moved, to, other } = await madeCache();
    await exportVectors({ cache, encoder: moved.id, to, progress });
    const signal = AbortSignal.abort(new Error("stopped"));
    await expect(importVectors({ cache: other, from: to, progress, signal })).rejects.toThrow("stopped");
    expect([...(await filesBelow(other)).keys()]).toEqual([join("vectors", moved.id, "encoder.json")]);
    expect(await importVectors({ cache: other, from: to, progress })).toMatchObject({ files: 2, refused: [] });
  });
});
