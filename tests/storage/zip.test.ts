import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { extractZip, ZIP_LIMITS } from "../../harness/storage/zip.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { type ZipEntry, zipFile } from "./zip-file.ts";

const folder = temporaryFolder();
let number = 0;

async function extract(content: readonly ZipEntry[] | Buffer, limits = ZIP_LIMITS) {
  const archive = await folder.write(`${++number}.zip`, Buffer.isBuffer(content) ? content : zipFile(content));
  const target = folder.path(`${number}-out`);
  return { target, files: await extractZip(archive, target, { limits }) };
}

describe("extractZip", () => {
  it("unpacks stored and deflated files and folders", async () => {
    const { target, files } = await extract([
      { name: "qrels/", content: "", stored: true, mode: 0o040755 },
      { name: "qrels/test.tsv", content: "a\tb\t1\n" },
      { name: "corpus.jsonl", content: "x".repeat(100_000), stored: true },
    ]);
    expect(files.map(({ path, size }) => [path, size])).toEqual([
      ["corpus.jsonl", 100_000],
      ["qrels/test.tsv", 6],
    ]);
    expect(await readFile(join(target, "qrels/test.tsv"), "utf8")).toBe("a\tb\t1\n");
  });

  it("makes a single top folder the root, and leaves a Mac's resource forks out", async () => {
    const { target, files } = await extract([
      { name: "scifact/corpus.jsonl", content: "{}" },
      { name: "__MACOSX/scifact/._corpus.jsonl", content: "fork" },
      { name: "scifact/qrels/test.tsv", content: "" },
    ]);
    expect(files.map(({ path }) => path)).toEqual(["corpus.jsonl", "qrels/test.tsv"]);
    expect(await readdir(target)).toEqual(["corpus.jsonl", "qrels"]);
  });

  it.each<{ why: string; entries: readonly ZipEntry[] | Buffer }>([
    { why: "a way up", entries: [{ name: "../evil", content: "x" }] },
    { why: "a way up in the middle", entries: [{ name: "a/../../evil", content: "x" }] },
    { why: "an absolute path", entries: [{ name: "/evil", content: "x" }] },
    { why: "a drive", entries: [{ name: "C:/evil", content: "x" }] },
    { why: "a backslash", entries: [{ name: "..\\evil", content: "x" }] },
    { why: "a symbolic link", entries: [{ name: "link", content: "/etc/passwd", mode: 0o120777 }] },
    { why: "encryption", entries: [{ name: "a", content: "x", encrypted: true }] },
    { why: "a wrong CRC", entries: [{ name: "a", content: "x", crc: 1 }] },
    { why: "a bomb", entries: [{ name: "a", content: Buffer.alloc(5_000_000) }] },
    {
      why: "a bomb in small parts",
      entries: Array.from({ length: 40 }, (_, part) => ({ name: `a${part}`, content: Buffer.alloc(999_999) })),
    },
    {
      why: "a name twice",
      entries: [
        { name: "a", content: "x" },
        { name: "a", content: "y" },
      ],
    },
    {
      why: "a file that is a folder, too",
      entries: [
        { name: "a", content: "x" },
        { name: "a/b", content: "y" },
      ],
    },
    { why: "no files", entries: [] },
    { why: "something else", entries: Buffer.from("this is no archive") },
    { why: "a cut archive", entries: zipFile([{ name: "a", content: "x".repeat(1_000) }]).subarray(0, 60) },
  ])("refuses $why and leaves nothing", async ({ entries }) => {
    await expect(extract(entries)).rejects.toMatchObject({ code: "ARCHIVE_REFUSED" });
    expect(existsSync(folder.path("evil"))).toBe(false);
    expect((await readdir(folder.path(""))).filter((name) => name.startsWith(`${number}-out`))).toEqual([]);
  });

  it("has limits for entries and for bytes", async () => {
    const entries = ["a", "b", "c"].map((name) => ({ name, content: "four" }));
    await expect(extract(entries, { ...ZIP_LIMITS, entries: 2 })).rejects.toMatchObject({ code: "ARCHIVE_REFUSED" });
    await expect(extract(entries, { ...ZIP_LIMITS, bytes: 11 })).rejects.toMatchObject({ code: "ARCHIVE_REFUSED" });
    expect((await extract(entries, { ...ZIP_LIMITS, bytes: 12, entries: 3 })).files.length).toBe(3);
  });

  it("leaves what somebody else unpacked first", async () => {
    const archive = await folder.write("twice.zip", zipFile([{ name: "a", content: "x" }]));
    const both = [1, 2].map(() => extractZip(archive, folder.path("twice")));
    for (const files of await Promise.all(both)) expect(files.length).toBe(1);
    expect(await readdir(folder.path("twice"))).toEqual(["a"]);
  });

  it("needs an archive", async () => {
    await expect(extractZip(folder.path("none.zip"), folder.path("none"))).rejects.toMatchObject({
      code: "FILE_MISSING",
    });
  });
});
