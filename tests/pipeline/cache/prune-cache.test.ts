import { mkdir, readdir, stat, utimes, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { type PruneRequest, pruneCache } from "../../../harness/pipeline/cache/prune-cache.ts";
import { makeVectorFolder } from "../../encode/vector-folder.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { filesBelow } from "../workspace.ts";

const folder = temporaryFolder();
let caches = 0;
const DAY = 24 * 3_600_000;
const NOW = Date.UTC(2026, 5, 1);
const daysAgo = (days: number) => NOW - days * DAY;

/** Two encoders: `old` was used 40 and 20 days ago, `lately` 30 and 10 days ago. All shards are of one size. */
async function madeCache() {
  const cache = folder.path(`cache-${caches++}`);
  const root = join(cache, "vectors");
  const old = await makeVectorFolder(root, {
    identity: { kind: "made", model: "old" },
    shards: [{ lastUsed: daysAgo(40) }, { kind: "journal", lastUsed: daysAgo(20) }],
  });
  const lately = await makeVectorFolder(root, {
    identity: { kind: "made", model: "lately" },
    shards: [{ lastUsed: daysAgo(30) }, { lastUsed: daysAgo(10) }],
  });
  const { size } = await stat(old.shards[0] ?? "");
  for (const shard of [...old.shards, ...lately.shards]) expect((await stat(shard)).size).toBe(size);
  const by = new Map([
    [old.shards[0], "40"],
    [old.shards[1], "20"],
    [lately.shards[0], "30"],
    [lately.shards[1], "10"],
  ]);
  /** Ages in days of the shards that are there. */
  async function ages(): Promise<string> {
    const names = [...(await filesBelow(root)).keys()].map((name) => join(root, name));
    return names
      .flatMap((name) => by.get(name) ?? [])
      .toSorted()
      .join(" ");
  }
  const prune = (rules: Partial<PruneRequest>) => pruneCache({ cache, dryRun: false, now: NOW, ...rules });
  return { cache, old, lately, size, ages, prune };
}

describe("pruneCache", () => {
  it("removes nothing from a cache that is not there, or without a rule", async () => {
    const nothing = { encoders: [], leftovers: { files: 0, bytes: 0 }, freedBytes: 0 };
    const absent = { cache: folder.path("nowhere"), maxBytes: 0, dryRun: false, now: NOW };
    expect(await pruneCache(absent)).toEqual({ dryRun: false, ...nothing, leftBytes: 0 });
    const { size, ages, prune } = await madeCache();
    expect(await prune({})).toEqual({ dryRun: false, ...nothing, leftBytes: 4 * size });
    expect(await ages()).toBe("10 20 30 40");
  });

  it.each<{ readonly rules: (made: Awaited<ReturnType<typeof madeCache>>) => Partial<PruneRequest>; left: string }>([
    { rules: ({ size }) => ({ maxBytes: 4 * size }), left: "10 20 30 40" },
    { rules: ({ size }) => ({ maxBytes: 4 * size - 1 }), left: "10 20 30" },
    { rules: ({ size }) => ({ maxBytes: 2 * size }), left: "10 20" },
    { rules: () => ({ maxBytes: 0 }), left: "" },
    { rules: () => ({ olderThan: 25 * DAY }), left: "10 20" },
    { rules: () => ({ olderThan: 40 * DAY }), left: "10 20 30 40" },
    { rules: ({ old }) => ({ encoder: old.id }), left: "10 30" },
    { rules: ({ old }) => ({ encoder: old.id.slice(0, 8).toUpperCase() }), left: "10 30" },
    { rules: ({ lately }) => ({ encoder: lately.id, olderThan: 15 * DAY }), left: "10 20 40" },
    { rules: ({ lately, size }) => ({ encoder: lately.id, maxBytes: 3 * size }), left: "10 20 40" },
    { rules: ({ size }) => ({ olderThan: 35 * DAY, maxBytes: size }), left: "10 20 30" },
  ])("leaves $left by rule $#", async ({ rules, left }) => {
    const made = await madeCache();
    const dry = await made.prune({ ...rules(made), dryRun: true });
    expect(await made.ages()).toBe("10 20 30 40");
    const report = await made.prune(rules(made));
    expect(await made.ages()).toBe(left);
    expect(dry).toEqual({ ...report, dryRun: true });
    const count = left === "" ? 0 : left.split(" ").length;
    expect(report).toMatchObject({ freedBytes: (4 - count) * made.size, leftBytes: count * made.size });
  });

  it("says which encoders lost how much, and removes the folder of one that lost all", async () => {
    const { cache, old, lately, size, prune } = await madeCache();
    expect(await prune({ maxBytes: size })).toMatchObject({
      encoders: [
        { id: old.id, files: 2, bytes: 2 * size, whole: true },
        { id: lately.id, files: 1, bytes: size, whole: false },
      ].toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    });
    expect(await readdir(join(cache, "vectors"))).toEqual([lately.id]);
  });

  it("leaves a folder with files of others", async () => {
    const { old, prune } = await madeCache();
    await writeFile(join(old.path, "notes.txt"), "mine");
    await prune({ maxBytes: 0 });
    expect((await readdir(old.path)).toSorted()).toEqual(["encoder.json", "notes.txt"]);
  });

  it("refuses a beginning that no encoder has, or that several have", async () => {
    const { prune, ages } = await madeCache();
    await expect(prune({ encoder: "xyz" })).rejects.toMatchObject({ code: "USAGE" });
    await expect(prune({ encoder: "" })).rejects.toMatchObject({ code: "USAGE" });
    expect(await ages()).toBe("10 20 30 40");
  });

  it("removes files that were never finished, once they are older than a day", async () => {
    const { cache, old, prune } = await madeCache();
    const ends = ".4711.0123abcd.tmp";
    const unfinished = [
      join(old.path, `half.arrow${ends}`),
      join(cache, "hub", `tree.json${ends}`),
      join(cache, "vectors", `${old.id}${ends}`, basename(old.shards[0] ?? "")),
    ];
    const kept = [join(old.path, `young.arrow${ends}`), join(cache, "datasets", "mine.tmp")];
    for (const path of [...unfinished, ...kept]) {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, "half");
      const time = (path === kept[0] ? NOW - DAY : NOW - DAY - 1_000) / 1_000;
      await utimes(path, time, time);
    }
    expect(await prune({})).toMatchObject({ leftovers: { files: 3, bytes: 3 * "half".length }, freedBytes: 12 });
    const left = [...(await filesBelow(cache)).keys()].map((name) => join(cache, name));
    expect(left).toEqual(expect.arrayContaining(kept));
    for (const path of unfinished) expect(left).not.toContain(path);
    expect(await readdir(join(cache, "vectors"))).not.toContain(`${old.id}${ends}`);
  });

  it("removes the folder of an encoder that never had vectors, but not one made within a day", async () => {
    const cache = folder.path(`cache-${caches++}`);
    const { path, id } = await makeVectorFolder(join(cache, "vectors"), { shards: [] });
    const prune = (now: number) => pruneCache({ cache, dryRun: false, now });
    const made = (await stat(join(path, "encoder.json"))).mtimeMs;
    await prune(made + DAY);
    expect(await readdir(join(cache, "vectors"))).toEqual([id]);
    await prune(made + DAY + 1);
    expect(await readdir(join(cache, "vectors"))).toEqual([]);
  });
});
