import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { readRowIds } from "../../harness/encode/row-ids.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const golden = resolve(import.meta.dirname, "../golden/numpy");
const folder = temporaryFolder();
const IDS = ["a", "é 2", "東京😀"];

describe("readRowIds", () => {
  it.each(["ids.npy", "ids.json", "positions.json"])("reads Python's %s", async (name) => {
    expect(await readRowIds(resolve(golden, name))).toEqual(IDS);
  });

  it("reads an id a line, plain or gzip, and keeps white space in it", async () => {
    const text = " a\né 2\n東京😀";
    expect(await readRowIds(await folder.write("ids.txt", text))).toEqual([" a", "é 2", "東京😀"]);
    expect(await readRowIds(await folder.write("ids.txt.gz", gzipSync(text)))).toEqual([" a", "é 2", "東京😀"]);
  });

  it("takes whole numbers in JSON for their digits", async () => {
    expect(await readRowIds(await folder.write("numbers.json", "[7, 0, -1]"))).toEqual(["7", "0", "-1"]);
  });

  it.each([
    { why: "no JSON", name: "a.json", text: "[1," },
    { why: "a text", name: "a.json", text: '"a"' },
    { why: "nothing", name: "a.json", text: "null" },
    { why: "an id that is none", name: "a.json", text: '["a", 1.5]' },
    { why: "an empty id", name: "a.json", text: '["a", ""]' },
    { why: "a hole in its positions", name: "a.json", text: '{"0": "a", "2": "b"}' },
    { why: "a blank line", name: "a.txt", text: "a\n\nb\n" },
  ])("refuses a file with $why", async ({ name, text }) => {
    const where = await folder.write(name, text);
    await expect(readRowIds(where)).rejects.toMatchObject({ code: "DATA_INVALID", where });
  });

  it.each(["none.txt", "none.json", "none.npy"])("misses %s", async (name) => {
    await expect(readRowIds(folder.path(name))).rejects.toMatchObject({ code: "FILE_MISSING" });
  });
});
