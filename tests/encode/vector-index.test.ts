import { renameSync, rmSync } from "node:fs";
import { rm, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { createShardPlaces, type KnownShard } from "../../harness/encode/shard-places.ts";
import type { VectorIndex } from "../../harness/encode/vector-index.ts";
import { isSafe, openVectorIndex } from "../../harness/encode/vector-index.ts";
import { openJournal } from "../../harness/encode/vector-journal.ts";
import { openShard } from "../../harness/storage/vector-shards.ts";
import { fc } from "../seeded-fast-check.ts";
import { cacheLab } from "./cache-lab.ts";
import { countingEncoder } from "./counting-encoder.ts";

const lab = cacheLab();
const NONE = new Map<number, never>();

function openIndex(onWarning: (text: string) => void = () => undefined): VectorIndex {
  return openVectorIndex({
    root: lab.folder(),
    encoder: countingEncoder("counting", { dim: 2 }),
    storage: "float32",
    onWarning,
    systemTime: () => 1_600_000_000_000,
  });
}

/** The key of a letter, 32 bytes; its vector is (its code, 0). */
const key = (letter: string) => letter.repeat(32);

function rows(index: VectorIndex, letters: string) {
  return new Map(
    [...letters].map((letter) => {
      const values = new Uint8Array(Float32Array.of(letter.charCodeAt(0), 0).buffer);
      return [index.numberOf(key(letter)), { values, truncated: letter === "t" }] as const;
    }),
  );
}

const numbers = (index: VectorIndex, letters: string) => [...letters].map((letter) => index.numberOf(key(letter)));

describe("openVectorIndex", () => {
  it("reads the rows of journal shards and verifies sealed ones", async () => {
    const writer = openIndex();
    await writer.write("sealed", rows(writer, "ab"));
    await writer.write("journal", rows(writer, "bt"));
    const index = openIndex();
    await index.refresh();
    const [a = 0, b = 0, t = 0] = numbers(index, "abt");
    expect([a, b, t].map((number) => isSafe(index.find(number)))).toEqual([false, false, false]);
    expect(await index.settle([a, b, t], NONE)).toEqual(new Map([[t, rows(index, "t").get(t)]]));
    expect([a, b, t].map((number) => isSafe(index.find(number)))).toEqual([true, true, false]);
  });

  it("looks again when a journal shard goes after it was found", async () => {
    const other = openIndex();
    await other.write("journal", rows(other, "ab"));
    const index = openIndex();
    await index.refresh();
    await other.write("sealed", rows(other, "abc"));
    await other.sweep();
    expect(await index.settle(numbers(index, "ab"), NONE)).toEqual(new Map());
    expect(numbers(index, "abc").map((number) => isSafe(index.find(number)))).toEqual([true, true, true]);
  });

  it("looks again when a file goes between the listing of the folder and its opening", async () => {
    const other = openIndex();
    await other.write("journal", rows(other, "ab"));
    const [journalled = ""] = await lab.files(".journal.arrow");
    await other.write("sealed", rows(other, "ab"));
    const sealed = (await lab.files()).find((file) => file !== journalled) ?? "";
    const elsewhere = join(lab.folder(), "sealed");
    renameSync(sealed, elsewhere);
    await writeFile(join(dirname(sealed), "notes.txt"), "");
    const index = openIndex((warning) => {
      // the folder has been listed when its foreign files are named
      expect(warning).toContain("notes.txt");
      rmSync(journalled);
      renameSync(elsewhere, sealed);
    });
    await index.refresh();
    expect([index.has(key("a")), index.has(key("b"))]).toEqual([true, true]);
  });

  it("comes to an end where a file is listed and never there", async () => {
    const index = openIndex();
    await index.write("sealed", rows(index, "ab"));
    const [file = ""] = await lab.files();
    await symlink("nowhere", join(dirname(file), `${"0".repeat(64)}.arrow`));
    const other = openIndex();
    await other.refresh();
    expect(other.has(key("a"))).toBe(true);
  });

  it("removes a journal shard only when verified sealed shards hold all of it", async () => {
    const writer = openIndex();
    await writer.write("journal", rows(writer, "ab"));
    await writer.write("sealed", rows(writer, "a"));
    await writer.sweep();
    expect(await lab.files(".journal.arrow")).toHaveLength(1);
    await writer.write("sealed", rows(writer, "b"));
    const reader = openIndex();
    await reader.refresh();
    await reader.sweep(); // it has not seen those vectors yet
    expect(await lab.files(".journal.arrow")).toHaveLength(1);
    await reader.settle(numbers(reader, "ab"), NONE);
    await reader.sweep();
    expect(await lab.files(".journal.arrow")).toHaveLength(0);
    expect(await lab.files()).toHaveLength(2);
  });

  it("forgets what was removed from the folder", async () => {
    const index = openIndex();
    await index.write("sealed", rows(index, "ab"));
    const [file = ""] = await lab.files();
    await rm(file);
    expect(index.has(key("a"))).toBe(true);
    await index.refresh();
    expect(index.has(key("a"))).toBe(false);
  });
});

describe("openJournal", () => {
  const letters = async () =>
    (await Promise.all((await lab.files(".journal.arrow")).map((file) => openShard(file))))
      .map((shard) =>
        Buffer.from(shard.keys)
          .toString("latin1")
          .replaceAll(/(.)\1{31}/g, "$1"),
      )
      .sort();

  it("writes a batch at once, and those that finish meanwhile together", async () => {
    const index = openIndex();
    const journal = openJournal(index);
    await journal.add(rows(index, "a"), 1000);
    await Promise.resolve(); // the first one is being written
    for (const letter of "bcd") await journal.add(rows(index, letter), 1000);
    await journal.end();
    expect(await letters()).toEqual(["a", "bcd"]);
  });

  it("gathers batches that took less to encode than writing them would", async () => {
    const index = openIndex();
    const journal = openJournal(index);
    // 4 ms and 8 ms are not worth it, 12 ms are; the last one waits for the end
    for (const letter of "abcd") await journal.add(rows(index, letter), 4);
    await journal.end();
    expect(await letters()).toEqual(["abc", "d"]);
  });

  it("leaves out of a sealed shard what another process has sealed meanwhile", async () => {
    const index = openIndex();
    const journal = openJournal(index);
    const other = openIndex();
    await other.write("sealed", rows(other, "bx"));
    await journal.seal({ numbers: numbers(index, "abc"), held: rows(index, "abc") });
    await journal.end();
    const keys = await Promise.all((await lab.files()).map(async (file) => (await openShard(file)).keys));
    const stored = keys.map((bytes) =>
      Buffer.from(bytes)
        .toString("latin1")
        .replaceAll(/(.)\1{31}/g, "$1"),
    );
    expect(stored.sort()).toEqual(["ac", "bx"]);
  });

  it("writes what was not journalled yet into the sealed shard alone", async () => {
    const index = openIndex();
    const journal = openJournal(index);
    await journal.add(rows(index, "ba"), 1);
    const held = rows(index, "ba");
    await journal.seal({ numbers: numbers(index, "ab"), held });
    await journal.end();
    const [file = ""] = await lab.files();
    expect(await lab.files()).toEqual([file]);
    expect(basename(file)).not.toContain("journal");
    const { keys } = await openShard(file);
    expect(Buffer.from(keys).toString("latin1")).toBe(key("a") + key("b"));
  });
});

describe("createShardPlaces", () => {
  const shard = fc.record({
    kind: fc.constantFrom<KnownShard["kind"]>("sealed", "journal"),
    numbers: fc.array(fc.nat(9), { minLength: 1, maxLength: 6 }),
  });

  it("finds a key in the same shard in whatever order shards come and go", () => {
    fc.assert(
      fc.property(fc.array(shard, { maxLength: 6 }), fc.nat(5), fc.infiniteStream(fc.nat()), (parts, kept, order) => {
        const layout = { dim: 1, precision: "float32", rows: 0, batches: [], bytes: 0 } as const;
        const shards = parts.map(({ kind, numbers }, name): KnownShard => {
          const truncated = new Uint8Array();
          return { path: `${name}`, kind, layout, truncated, numbers: Uint32Array.from(numbers), verified: false };
        });
        const places = createShardPlaces();
        const ranked = shards.map((one) => ({ one, rank: order.next().value ?? 0 })).sort((a, b) => a.rank - b.rank);
        for (const { one } of ranked) places.add(one);
        for (const { one } of ranked.slice(kept)) places.remove(one);
        const left = shards.filter((one) => ranked.slice(0, kept).some((other) => other.one === one));
        const best = [...left].sort((a, b) => Number(a.kind === "journal") - Number(b.kind === "journal"));
        for (let number = 0; number < 10; number++) {
          const expected = best.find(({ numbers }) => numbers.includes(number));
          expect(places.find(number)?.shard).toBe(expected);
          if (expected !== undefined) expect(expected.numbers[places.find(number)?.row ?? -1]).toBe(number);
        }
        expect(new Set(places.all())).toEqual(new Set(left));
      }),
    );
  });
});
