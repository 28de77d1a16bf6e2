import { stat, utimes } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { cacheLab, embedRequest } from "./cache-lab.ts";
import { stream } from "./collection.ts";
import { countingEncoder } from "./counting-encoder.ts";
import { missingTexts } from "./stored-vectors.ts";

const lab = cacheLab();

describe("missing", () => {
  const missing = (cache = lab.open(), texts: readonly string[] = ["a", "b", "a"]) =>
    missingTexts(cache, { encoder: countingEncoder(), role: "document", texts: stream(texts) });

  it("names the texts without a vector, in their order", async () => {
    const cache = lab.open();
    expect(await missing(cache)).toEqual(["a", "b", "a"]);
    await cache.embed(embedRequest(countingEncoder(), ["a"]));
    expect(await missing(cache)).toEqual(["b"]);
    expect(await missing()).toEqual(["b"]);
    const request = { encoder: countingEncoder(), texts: stream(["a"]) };
    expect(await missingTexts(cache, { ...request, role: "query" })).toEqual(["a"]);
    expect(
      await missingTexts(cache, { ...request, texts: stream(["a"]), role: "document", storage: "float16" }),
    ).toEqual(["a"]);
  });

  it("gives texts the key that tells equal ones", async () => {
    const keys: string[] = [];
    const request = { encoder: countingEncoder(), role: "document", texts: stream(["a", "b", "a"]) } as const;
    for await (const { key } of lab.open().missing(request)) keys.push(key);
    expect(keys[0]).toBe(keys[2]);
    expect(new Set(keys).size).toBe(2);
  });

  it("leaves the time of last use, which embedding renews", async () => {
    await lab.open().embed(embedRequest(countingEncoder(), ["a"]));
    const [file = ""] = await lab.files();
    await utimes(file, 1_600_000_000, 1_600_000_000);
    await missing();
    expect((await stat(file)).mtimeMs).toBe(1_600_000_000_000);
    await lab.open().embed(embedRequest(countingEncoder(), ["a"]));
    expect((await stat(file)).mtimeMs).toBeGreaterThan(1_700_000_000_000);
  });
});
