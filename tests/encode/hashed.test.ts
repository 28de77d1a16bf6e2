import { describe, expect, it } from "vitest";
import { createEncoder } from "../../harness/encode/registry.ts";
import { collection, searched } from "./collection.ts";

const CORPUS = collection(["rain wind", "rain snow", "rain"]);

function hashed(options: Readonly<Record<string, unknown>> = {}) {
  return createEncoder({ kind: "hashed", ...options }, { folder: "." });
}

describe("hashed", () => {
  it("weighs terms by (1 + ln tf) * idf over the corpus", async () => {
    // without collisions the two non-zero places of the vector are the two terms
    const vector = (await (await hashed().open(searched(CORPUS))).encode(["rain wind wind"], "query")).vectors;
    const rain = Math.log(1 + (3 - 3 + 0.5) / (3 + 0.5));
    const wind = (1 + Math.log(2)) * Math.log(1 + (3 - 1 + 0.5) / (1 + 0.5));
    const norm = Math.hypot(rain, wind);
    const weights = [...vector].map(Math.abs).filter((value) => value > 0);
    expect(weights.sort()).toEqual([rain / norm, wind / norm].map(Math.fround).sort());
  });

  it("gives a term that the corpus does not have the weight of document frequency 0", async () => {
    const vector = (await (await hashed().open(searched(CORPUS))).encode(["wind zebra"], "query")).vectors;
    const wind = Math.log(1 + (3 - 1 + 0.5) / (1 + 0.5));
    const zebra = Math.log(1 + (3 + 0.5) / 0.5);
    const weights = [...vector].map(Math.abs).filter((value) => value > 0);
    expect(weights.sort()).toEqual([wind, zebra].map((weight) => Math.fround(weight / Math.hypot(wind, zebra))).sort());
  });

  it("signs about half of the terms negative", async () => {
    const terms = Array.from({ length: 1000 }, (_, index) => `term${index}`);
    const vectors = (await (await hashed({ dimensions: 64 }).open(searched(CORPUS))).encode(terms, "query")).vectors;
    const negative = vectors.filter((value) => value < 0).length;
    expect(negative).toBeGreaterThan(430);
    expect(negative).toBeLessThan(570);
  });

  it("reads the corpus once, at the first encode", async () => {
    let passes = 0;
    const counted = {
      ...CORPUS,
      views() {
        passes += 1;
        return CORPUS.views();
      },
    };
    const encoder = await hashed().open(searched(counted));
    expect(passes).toBe(0);
    await Promise.all([encoder.encode(["rain"], "query"), encoder.encode(["snow"], "document")]);
    expect(passes).toBe(1);
  });

  it("reads the corpus again after a pass that failed", async () => {
    let passes = 0;
    const flaky = {
      ...CORPUS,
      views() {
        passes += 1;
        if (passes === 1) throw new Error("disk gone");
        return CORPUS.views();
      },
    };
    const encoder = await hashed().open(searched(flaky));
    await expect(encoder.encode(["rain"], "query")).rejects.toThrow("disk gone");
    await expect(encoder.encode(["rain"], "query")).resolves.toHaveProperty("vectors.length", encoder.dim);
  });

  it("has another identity over another corpus, whose idf differs", async () => {
    const { identity } = await hashed().open(searched(CORPUS));
    expect((await hashed().open(searched(collection(["rain"])))).identity).not.toEqual(identity);
    expect((await hashed({ dimensions: 64 }).open(searched(CORPUS))).identity).not.toEqual(identity);
  });

  it.each([{ dimensions: 1 }, { dimensions: 2.5 }, { dimension: 64 }])("refuses the options %o", (options) => {
    expect(() => hashed({ ...options })).toThrow(expect.objectContaining({ code: "SPEC_INVALID" }));
  });
});
