import { appendFile, readFile, truncate, unlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { tableFromArrays, tableToIPC } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { hashBytes } from "../../harness/storage/content-hash.ts";
import { openShard, writeShard } from "../../harness/storage/vector-shards.ts";
import { shardRows } from "../storage/shard-rows.ts";
import { cacheLab, embedRequest, fresh, TEXTS } from "./cache-lab.ts";
import { stream } from "./collection.ts";
import { countingEncoder } from "./counting-encoder.ts";
import { missingTexts, rowsOf } from "./stored-vectors.ts";

const lab = cacheLab();
const FOREIGN = Buffer.from("foreign");

async function flipByte(path: string, at?: number): Promise<void> {
  const bytes = await readFile(path);
  const place = at ?? bytes.length >> 1;
  bytes.writeUInt8(bytes.readUInt8(place) ^ 1, place);
  await writeFile(path, bytes);
}

async function flipVector(path: string): Promise<void> {
  await flipByte(path, (await openShard(path)).layout.batches[0]?.vectors.at);
}

const missing = (cache = lab.open()) =>
  missingTexts(cache, { encoder: countingEncoder(), role: "document", texts: stream(TEXTS) });

describe("a damaged folder", () => {
  it.each([
    { why: "a truncated shard", damage: (path: string) => truncate(path, 300) },
    { why: "an emptied shard", damage: (path: string) => truncate(path, 0) },
    { why: "a shard that something was appended to", damage: (path: string) => appendFile(path, "x") },
    { why: "a flipped byte in a shard", damage: (path: string) => flipByte(path) },
    { why: "a flipped bit in a vector", damage: flipVector },
    { why: "another file under a shard's name", damage: (path: string) => writeFile(path, FOREIGN) },
  ])("with $why costs a warning and another encode, never a wrong vector", async ({ damage }) => {
    await lab.open().embed(embedRequest(countingEncoder()));
    const expected = await lab.contents();
    const [victim = ""] = await lab.files();
    const { rows } = (await openShard(victim)).layout;
    await damage(victim);
    const encoder = countingEncoder();
    const { vectors, encoded } = await lab.open().embed(embedRequest(encoder));
    expect(encoded).toBe(rows);
    expect([...rowsOf(vectors)]).toEqual(await fresh());
    expect(lab.warnings()).toEqual([expect.stringContaining(victim)]);
    // the same vectors make the same shard, which takes the damaged one's place
    expect(await lab.contents()).toEqual(expected);
    expect((await lab.open().embed(embedRequest(encoder))).encoded).toBe(0);
    expect(lab.warnings()).toHaveLength(1);
  });

  it("lacks the texts of a shard whose keys are damaged, but vectors are not read to count them", async () => {
    await lab.open().embed(embedRequest(countingEncoder()));
    const [first = "", second = ""] = await lab.files();
    await flipVector(first);
    expect(await missing()).toEqual([]);
    expect(lab.warnings()).toEqual([]);
    const { rows } = (await openShard(second)).layout;
    await truncate(second, 300);
    expect(await missing()).toHaveLength(rows);
    expect(lab.warnings()).toEqual([expect.stringContaining(second)]);
  });

  it("with a shard that disappears or changes while the cache is open does the same", async () => {
    await lab.open().embed(embedRequest(countingEncoder()));
    const [first = "", second = ""] = await lab.files();
    const lost = (await openShard(first)).layout.rows + (await openShard(second)).layout.rows;
    const cache = lab.open();
    expect(await missing(cache)).toEqual([]);
    await unlink(first);
    await flipVector(second);
    const { vectors, encoded } = await cache.embed(embedRequest(countingEncoder()));
    expect(encoded).toBe(lost);
    expect([...rowsOf(vectors)]).toEqual(await fresh());
    // that one is gone needs no warning
    expect(lab.warnings()).toEqual([expect.stringContaining(second)]);
  });

  it("with a damaged journal shard encodes its texts again", async () => {
    const { encode, ...encoder } = countingEncoder();
    let calls = 0;
    const failing = {
      ...encoder,
      encode(...call: Parameters<typeof encode>) {
        calls += 1;
        return calls === 3 ? Promise.reject(new Error("gone")) : encode(...call);
      },
    };
    await expect(lab.open().embed(embedRequest(failing))).rejects.toThrow("gone");
    const [victim = ""] = await lab.files(".journal.arrow");
    const { rows } = (await openShard(victim)).layout;
    await flipVector(victim);
    expect(await missing()).toHaveLength(20 - 6);
    const { vectors, encoded } = await lab.open().embed(embedRequest(countingEncoder()));
    expect(encoded).toBe(20 - 6 + rows);
    expect([...rowsOf(vectors)]).toEqual(await fresh());
    expect(lab.warnings()).toEqual([expect.stringContaining(victim)]);
  });

  it("with files of others is used all the same", async () => {
    await lab.open().embed(embedRequest(countingEncoder()));
    const [record = ""] = await lab.files("encoder.json");
    const inside = (name: string) => join(dirname(record), name);
    // the form of earlier versions: no format, no checksums
    const older = tableToIPC(tableFromArrays({ key: Uint8Array.of(1), vector: Float32Array.of(1) }), "file");
    const foreign = [
      inside("notes.txt"),
      inside(`${hashBytes(FOREIGN)}.arrow`),
      inside(`${hashBytes(older)}.arrow`),
      (await writeShard(dirname(record), "sealed", shardRows(3, 5))).path,
      (await writeShard(dirname(record), "sealed", shardRows(3, 4, "float16"))).path,
    ];
    await writeFile(foreign[0] ?? "", "mine");
    await writeFile(foreign[1] ?? "", FOREIGN);
    await writeFile(foreign[2] ?? "", older);
    await writeFile(inside("half.arrow.123.tmp"), FOREIGN);
    await writeFile(inside(".DS_Store"), FOREIGN);
    const cache = lab.open();
    for (let time = 0; time < 2; time++) expect((await cache.embed(embedRequest(countingEncoder()))).encoded).toBe(0);
    expect([...lab.warnings()].sort()).toEqual(foreign.sort().map((path) => expect.stringContaining(path)));
  });
});
