import { rm } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { createNotedShards } from "../../harness/encode/noted-shards.ts";
import { openVectorIndex } from "../../harness/encode/vector-index.ts";
import { hashBytes } from "../../harness/storage/content-hash.ts";
import { cacheLab, embedRequest, fresh, TEXTS } from "./cache-lab.ts";
import { stream } from "./collection.ts";
import { countingEncoder } from "./counting-encoder.ts";
import { missingTexts, rowsOf } from "./stored-vectors.ts";

const lab = cacheLab();
const keyOf = (number: number) => Buffer.from(hashBytes(String(number)), "hex");

describe("createNotedShards", () => {
  it("names the files that hold some of the keys, as long as they are not forgotten", () => {
    const noted = createNotedShards();
    expect(noted.holding([keyOf(1)])).toEqual(new Set());
    expect(noted.note("a", Buffer.concat([keyOf(1), keyOf(2)]))).toBe(true);
    expect(noted.note("b", Buffer.concat([keyOf(2), keyOf(3)]))).toBe(true);
    expect(noted.holding([keyOf(1)])).toEqual(new Set(["a"]));
    expect(noted.holding([keyOf(3), keyOf(2)])).toEqual(new Set(["a", "b"]));
    expect(noted.holding([keyOf(4)])).toEqual(new Set());
    noted.forget("a");
    expect([...noted.files()]).toEqual(["b"]);
    expect(noted.holding([keyOf(1), keyOf(2)])).toEqual(new Set(["b"]));
    noted.note("a", keyOf(5));
    expect(noted.holding([keyOf(1), keyOf(5)])).toEqual(new Set(["a"]));
  });
});

/** As a cache of which not all keys may be in memory: of none, here. */
const openLarge = (folder = lab.folder()) => lab.open({ folder, heldKeys: 0 });

describe("a cache larger than the keys that are held", () => {
  it("finds every vector, and leaves the files that a small one leaves", async () => {
    await lab.open().embed(embedRequest(countingEncoder()));
    const before = await lab.contents();
    const cache = openLarge();
    for (const texts of [TEXTS, [...TEXTS].reverse(), TEXTS.slice(9, 11), ["text 19"]]) {
      const encoder = countingEncoder();
      const { vectors, encoded } = await cache.embed(embedRequest(encoder, texts));
      expect(encoded).toBe(0);
      expect([...rowsOf(vectors)]).toEqual(await fresh(texts));
    }
    expect(await lab.contents()).toEqual(before);
    const request = {
      encoder: countingEncoder(),
      role: "document",
      texts: stream([...TEXTS, "new", "text 3"]),
    } as const;
    expect(await missingTexts(openLarge(), request)).toEqual(["new"]);
  });

  it("encodes what is missing alone", async () => {
    await lab.open().embed(embedRequest(countingEncoder(), TEXTS.slice(5, 15)));
    const encoder = countingEncoder();
    const { vectors } = await openLarge().embed(embedRequest(encoder));
    expect(new Set(encoder.seen)).toEqual(new Set([...TEXTS.slice(0, 5), ...TEXTS.slice(15)]));
    expect([...rowsOf(vectors)]).toEqual(await fresh());
  });

  it("takes in what others add and seal after it has looked", async () => {
    const cache = openLarge();
    await lab.open().embed(embedRequest(countingEncoder(), TEXTS.slice(0, 4)));
    await cache.embed(embedRequest(countingEncoder(), TEXTS.slice(0, 2)));
    await lab.open().embed(embedRequest(countingEncoder(), TEXTS.slice(10)));
    const encoder = countingEncoder();
    await cache.embed(embedRequest(encoder));
    expect(new Set(encoder.seen)).toEqual(new Set(TEXTS.slice(4, 10)));
  });

  it("encodes again what was removed, whether it had looked there or not", async () => {
    const cache = openLarge();
    await lab.open().embed(embedRequest(countingEncoder()));
    await cache.embed(embedRequest(countingEncoder(), TEXTS.slice(0, 1)));
    for (const file of await lab.files()) await rm(file);
    const encoder = countingEncoder();
    const { vectors } = await cache.embed(embedRequest(encoder));
    expect(encoder.seen).toHaveLength(TEXTS.length);
    expect([...rowsOf(vectors)]).toEqual(await fresh());
  });
});

describe("lookUp", () => {
  const key = (letter: string) => letter.repeat(32);
  const open = (heldKeys?: number) =>
    openVectorIndex({
      ...{ root: lab.folder(), encoder: countingEncoder("counting", { dim: 2 }), storage: "float32", heldKeys },
      ...{ onWarning: () => undefined, systemTime: () => 0 },
    });

  it("makes known what was only noted, and what has gone is looked for elsewhere", async () => {
    const writer = open();
    const rows = (letters: string) =>
      new Map(
        [...letters].map((letter) => [writer.numberOf(key(letter)), { values: new Uint8Array(8), truncated: false }]),
      );
    await writer.write("journal", rows("ab"));
    await writer.write("sealed", rows("cd"));
    const index = open(0);
    await index.refresh();
    expect(["a", "c"].map((letter) => index.has(key(letter)))).toEqual([false, false]);
    await index.look([key("c")]);
    expect(["a", "c", "d"].map((letter) => index.has(key(letter)))).toEqual([false, true, true]);
    // sealed meanwhile, and the journal shard is gone
    await writer.write("sealed", rows("ab"));
    const [journal = ""] = await lab.files(".journal.arrow");
    await rm(journal);
    const numbers = [index.numberOf(key("a")), index.numberOf(key("b"))];
    await index.lookUp(numbers);
    expect(numbers.map((number) => index.find(number)?.shard.kind)).toEqual(["sealed", "sealed"]);
  });
});
