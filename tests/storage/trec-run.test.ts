import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { DocId, QueryId } from "../../harness/domain/ids.ts";
import { compareScoredDocs } from "../../harness/domain/run.ts";
import { formatRunLines, readRun } from "../../harness/storage/trec-run.ts";
import { fc } from "../seeded-fast-check.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const folder = temporaryFolder();
const query = (id: string) => id as QueryId;
const scored = (docId: string, score: number) => ({ docId: docId as DocId, score });

async function read(text: string | Uint8Array, options?: Parameters<typeof readRun>[1]) {
  return Object.fromEntries(await readRun(await folder.write("run.txt", text), options));
}

describe("readRun", () => {
  it("orders by score, then by doc id descending, and does not read the rank", async () => {
    const text = "q1 Q0 b 0 1.5 tag\nq2 Q0 a 1 0 tag\nq1 Q0 c 1 1.5 tag\nq1 Q0 a 7 2e1 tag\n";
    expect(await read(text)).toEqual({
      q1: [scored("a", 20), scored("c", 1.5), scored("b", 1.5)],
      q2: [scored("a", 0)],
    });
  });

  it.each([
    { why: "tabs, runs of blanks and blanks at the ends", text: "  q1\tQ0 \t d 1   2.5\ttag \t\n" },
    { why: "CRLF", text: "q1 Q0 d 1 2.5 tag\r\n" },
    { why: "a byte order mark", text: "\ufeffq1 Q0 d 1 2.5 tag" },
    {
      why: "blank lines and comments",
      text: "# a comment of more than six words, 1\n\n \t\nq1 Q0 d 1 2.5 tag\n  # more\n",
    },
    { why: "gzip", text: gzipSync("q1 Q0 d 1 2.5 tag\n") },
    { why: "a rank that is no number", text: "q1 Q0 d - +2.50e0 tag" },
  ])("reads $why", async ({ text }) => {
    expect(await read(text)).toEqual({ q1: [scored("d", 2.5)] });
  });

  it("keeps leading zeros, non-ASCII ids, no-break spaces and percent signs", async () => {
    expect(await read("007 Q0 a\u00a0ü%20 1 1 t\n")).toEqual({ "007": [scored("a\u00a0ü%20", 1)] });
  });

  it("gives an empty file a run without queries", async () => {
    expect(await read("\n# nothing\n")).toEqual({});
  });

  it.each([
    { why: "five fields", line: "q1 Q0 d 1 2.5", code: "DATA_INVALID" },
    { why: "an id with a space", line: "q1 Q0 Geneva Durben 1 2.5 tag", code: "DATA_INVALID" },
    { why: "a tag with a space", line: "q1 Q0 d 1 2.5 my tag", code: "DATA_INVALID" },
    ...["NaN", "nan", "inf", "-Infinity", "1e999", "0x10", "1,5", "", "--1", "1_000", "."].map((score) => ({
      why: `the score \`${score}\``,
      line: `q1 Q0 d 1 ${score} tag`,
      code: score === "" ? "DATA_INVALID" : "SCORE_INVALID",
    })),
    { why: "a pair for the second time", line: "q0 Q0 d 2 1 tag", code: "DUPLICATE_ID" },
  ])("refuses $why and says where it is", async ({ line, code }) => {
    const path = await folder.write("bad.txt", `q0 Q0 d 1 1 tag\nq1 Q0 c 1 1 tag\n${line}\n`);
    await expect(readRun(path)).rejects.toMatchObject({ code, where: `${path}:3` });
  });

  it("places a second line of a pair where it stands, however the lines of queries are mixed", async () => {
    const path = await folder.write(
      "mixed.txt",
      "q1 Q0 a 1 3 t\nq2 Q0 a 1 3 t\n\nq1 Q0 b 2 2 t\nq2 Q0 b 2 2 t\nq1 Q0 a 3 1 t\n",
    );
    await expect(readRun(path)).rejects.toMatchObject({ code: "DUPLICATE_ID", where: `${path}:6` });
  });

  it("reads the queries that are asked for as it reads all, and counts the fields of other lines only", async () => {
    const text = "q%201 Q0 a 1 2 t\nq2 Q0 b 1 worse t\nq%201 Q0 c 1 3 t\nq3 Q0 b 1 1 t\n";
    const queries = new Set([query("q 1"), query("q3"), query("q4")]);
    expect(await read(text, { ids: "percent-decode", queries })).toEqual({
      "q 1": [scored("c", 3), scored("a", 2)],
      q3: [scored("b", 1)],
    });
    await expect(read("q2 Q0 b\n", { queries })).rejects.toMatchObject({ code: "DATA_INVALID" });
  });

  it("refuses what is not percent-encoded when it is to be decoded", async () => {
    await expect(read("q1 Q0 50% 1 1 t", { ids: "percent-decode" })).rejects.toMatchObject({ code: "DATA_INVALID" });
    await expect(read("q1 Q0 %ff 1 1 t", { ids: "percent-decode" })).rejects.toMatchObject({ code: "DATA_INVALID" });
  });
});

describe("formatRunLines", () => {
  it("writes six fields with ranks from 1 and the shortest decimals that read back equal", () => {
    const ranking = [scored("b", 1e21), scored("a", 0.1 + 0.2), scored("c", -0), scored("d", -1e-7)];
    expect(formatRunLines(query("q1"), ranking, { tag: "bm25" })).toBe(
      [
        "q1 Q0 b 1 1e+21 bm25",
        "q1 Q0 a 2 0.30000000000000004 bm25",
        "q1 Q0 c 3 0 bm25",
        "q1 Q0 d 4 -1e-7 bm25",
        "",
      ].join("\n"),
    );
    expect(formatRunLines(query("q1"), [], { tag: "bm25" })).toBe("");
  });

  it("writes nine significant digits when asked to, which keeps every float32", () => {
    expect(formatRunLines(query("q"), [scored("a", 0.1 + 0.2)], { tag: "t", scores: "nine" })).toBe("q Q0 a 1 0.3 t\n");
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (score) => {
        const line = formatRunLines(query("q"), [scored("a", score)], { tag: "t", scores: "nine" });
        expect(Math.fround(Number(line.split(" ")[4]))).toBe(score + 0);
      }),
    );
  });

  it.each([Number.NaN, Infinity, -Infinity])("refuses the score %s", (score) => {
    expect(() => formatRunLines(query("q"), [scored("a", score)], { tag: "t" })).toThrow(
      expect.objectContaining({ code: "SCORE_INVALID" }),
    );
  });

  const unwritable = expect.objectContaining({ code: "ID_NOT_WRITABLE" });

  it.each(["a b", "a\tb", " a", "a\n", "a\u00a0b", "a\u3000b", "\ufeffa", "a\u0000", "a\u001cb", "", "#a", "\ud800"])(
    "refuses the id %j in every place",
    (id) => {
      expect(() => formatRunLines(query(id), [scored("a", 1)], { tag: "t" })).toThrow(unwritable);
      expect(() => formatRunLines(query("q"), [scored(id, 1)], { tag: "t" })).toThrow(unwritable);
      expect(() => formatRunLines(query("q"), [scored("a", 1)], { tag: id })).toThrow(unwritable);
    },
  );

  it.each(["", "\ud800"])("refuses %j percent-encoded too", (id) => {
    expect(() => formatRunLines(query(id), [scored("a", 1)], { tag: "t", ids: "percent-encode" })).toThrow(unwritable);
  });

  it("encodes what a field cannot hold and the percent sign, and nothing else", () => {
    const ranking = [scored("Geneva Durben 50% ü/#?&+", 1)];
    expect(formatRunLines(query("#1"), ranking, { tag: "t", ids: "percent-encode" })).toBe(
      "%231 Q0 Geneva%20Durben%2050%25%20ü/#?&+ 1 1 t\n",
    );
  });

  it("is read back equal, whatever ids and scores hold", async () => {
    const unit = fc.constantFrom(
      "a",
      " ",
      "%",
      "2",
      "0",
      "#",
      "\t",
      "\n",
      "\r",
      "\u00a0",
      "\u2028",
      "\ufeff",
      "ü",
      "\u{1f600}",
    );
    const id = fc.string({ unit, minLength: 1, maxLength: 5 });
    const entry = fc.record({ docId: id, score: fc.double({ noNaN: true, noDefaultInfinity: true }) });
    const ranking = fc.uniqueArray(entry, { selector: ({ docId }) => docId, minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(id, ranking, async (queryId, entries) => {
        // + 0 makes 0 of -0, which a run cannot tell apart
        const docs = entries.map(({ docId, score }) => scored(docId, score + 0)).sort(compareScoredDocs);
        const text = formatRunLines(query(queryId), docs, { tag: "t", ids: "percent-encode" });
        expect(await readRun(await folder.write("back.txt", text), { ids: "percent-decode" })).toEqual(
          new Map([[queryId, docs]]),
        );
      }),
    );
  });
});
