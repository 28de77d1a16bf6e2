import { mkdir, readdir, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readThroughput, recordThroughput } from "../../harness/encode/throughput.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { countingEncoder } from "./counting-encoder.ts";

const folder = temporaryFolder();
const encoder = countingEncoder();

async function onlyFile(cache: string): Promise<string> {
  const [name = "none", ...others] = await readdir(join(cache, "throughput"));
  expect(others).toEqual([]);
  return join(cache, "throughput", name);
}

describe("recordThroughput and readThroughput", () => {
  it("give the speed of the first run, and know nothing of other encoders", async () => {
    const cache = folder.path("first");
    expect(await readThroughput(cache, encoder)).toBeUndefined();
    await recordThroughput(cache, [{ encoder, texts: 30, tokens: 600, seconds: 4 }]);
    expect(await readThroughput(cache, countingEncoder())).toEqual({
      textsPerSecond: 30 / 4,
      tokensPerSecond: 600 / 4,
    });
    expect(await readThroughput(cache, countingEncoder("other"))).toBeUndefined();
    expect(await readThroughput(cache, countingEncoder("counting", { dim: 8 }))).toBeUndefined();
  });

  it("give earlier runs half the weight", async () => {
    const cache = folder.path("weights");
    for (const [texts, tokens, seconds] of [
      [80, 800, 8],
      [20, 100, 4],
      [5, 10, 1],
    ] as const) {
      await recordThroughput(cache, [{ encoder, texts, tokens, seconds }]);
    }
    const seconds = 8 / 4 + 4 / 2 + 1;
    expect(await readThroughput(cache, encoder)).toEqual({
      textsPerSecond: (80 / 4 + 20 / 2 + 5) / seconds,
      tokensPerSecond: (800 / 4 + 100 / 2 + 10) / seconds,
    });
  });

  it("take what one encoder did for several retrievers as one work", async () => {
    const cache = folder.path("shared");
    const work = [10, 30].map((texts) => ({ encoder: countingEncoder(), texts, tokens: 0, seconds: 1 }));
    await recordThroughput(cache, work);
    expect(await readThroughput(cache, encoder)).toEqual({ textsPerSecond: 40 / 2, tokensPerSecond: 0 });
  });

  it("leave out work that took no time or made no vector", async () => {
    const cache = folder.path("nothing");
    const work = [
      { encoder, texts: 3, tokens: 3, seconds: 0 },
      { encoder: countingEncoder("other"), texts: 0, tokens: 0, seconds: 5 },
    ];
    await recordThroughput(cache, work);
    await expect(readdir(cache)).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("say in the record which encoder it is of, and nothing of time and machine", async () => {
    const cache = folder.path("record");
    await recordThroughput(cache, [{ encoder, texts: 3, tokens: 6, seconds: 2 }]);
    expect(JSON.parse(await readFile(await onlyFile(cache), "utf8"))).toEqual({
      ...{ schema: 1, encoder: "counting", texts: 3, tokens: 6, seconds: 2 },
    });
  });

  it.each([
    { why: "torn", damage: (path: string) => truncate(path, 20) },
    { why: "empty", damage: (path: string) => truncate(path, 0) },
    { why: "of no time", damage: (path: string) => writeFile(path, recordOf({ seconds: 0 })) },
    { why: "of less than nothing", damage: (path: string) => writeFile(path, recordOf({ tokens: -1 })) },
    { why: "of another form", damage: (path: string) => writeFile(path, recordOf({ schema: 2 })) },
    { why: "no object", damage: (path: string) => writeFile(path, "3") },
  ])("take a record that is $why for none, and replace it", async ({ why, damage }) => {
    const cache = folder.path(`damaged ${why}`);
    const work = [{ encoder, texts: 3, tokens: 6, seconds: 2 }];
    await recordThroughput(cache, work);
    await damage(await onlyFile(cache));
    expect(await readThroughput(cache, encoder)).toBeUndefined();
    await recordThroughput(cache, work);
    expect(await readThroughput(cache, encoder)).toEqual({ textsPerSecond: 3 / 2, tokensPerSecond: 6 / 2 });
  });

  it("fail as files do when there is no place to write", async () => {
    const cache = folder.path("blocked");
    await mkdir(cache, { recursive: true });
    await writeFile(join(cache, "throughput"), "in the way");
    const work = [{ encoder, texts: 3, tokens: 6, seconds: 2 }];
    await expect(recordThroughput(cache, work)).rejects.toMatchObject({ code: "NOT_WRITABLE" });
  });
});

function recordOf(changed: object): string {
  return JSON.stringify({ schema: 1, encoder: "counting", texts: 3, tokens: 6, seconds: 2, ...changed });
}
