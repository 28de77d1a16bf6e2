import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { readQrels } from "../../harness/storage/trec-qrels.ts";
import { describeWithData } from "../real-data.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const folder = temporaryFolder();

async function read(text: string | Uint8Array, options?: Parameters<typeof readQrels>[1]) {
  const { qrels, duplicates } = await readQrels(await folder.write("qrels.txt", text), options);
  return {
    duplicates,
    qrels: Object.fromEntries([...qrels].map(([queryId, judgements]) => [queryId, Object.fromEntries(judgements)])),
  };
}

describe("readQrels", () => {
  const expected = { qrels: { q1: { a: 2, b: 0 }, q2: { a: -1 } }, duplicates: 0 };
  const beir = "query-id\tcorpus-id\tscore\nq1\ta\t2\nq1\tb\t0\nq2\ta\t-1\n";

  it.each([
    { why: "TREC", text: "q1 0 a 2\nq1 0 b 0\nq2 0 a -1\n" },
    { why: "TREC with tabs, runs of blanks and CRLF", text: "q1\t0\ta\t2\r\n q1  Q0 b 0 \r\nq2 0 a -1" },
    { why: "TREC with comments and blank lines", text: "# one two three\n\nq1 0 a 2\nq1 0 b 0\n # more\nq2 0 a -1\n" },
    { why: "TREC, gzip", text: gzipSync("q1 0 a 2\nq1 0 b 0\nq2 0 a -1\n") },
    { why: "TREC with a byte order mark", text: "\ufeffq1 0 a +2\nq1 0 b 0.0\nq2 0 a -1\n" },
    { why: "BEIR", text: beir },
    { why: "BEIR with CRLF and a byte order mark", text: `\ufeff${beir.replaceAll("\n", "\r\n")}` },
    {
      why: "JSON Lines",
      text: [
        '{"query-id":"q1","corpus-id":"a","score":2}',
        '{"query-id":"q1","corpus-id":"b","score":0}',
        "",
        '{"query-id":"q2","corpus-id":"a","score":-1}',
      ].join("\n"),
    },
  ])("reads $why", async ({ text }) => {
    expect(await read(text)).toEqual(expected);
  });

  it("keeps ids with spaces where the format can hold them", async () => {
    const qrels = { "q 1": { "Geneva Durben": 1 } };
    expect((await read("query-id\tcorpus-id\tscore\nq 1\tGeneva Durben\t1\n")).qrels).toEqual(qrels);
    expect((await read('{"query-id":"q 1","corpus-id":"Geneva Durben","score":1}')).qrels).toEqual(qrels);
    expect((await read("q%201 0 Geneva%20Durben 1\n", { ids: "percent-decode" })).qrels).toEqual(qrels);
  });

  it("reads percent signs as they are unless told otherwise", async () => {
    expect((await read("q%201 0 50% 1\n")).qrels).toEqual({ "q%201": { "50%": 1 } });
  });

  it("counts a judgement that stands twice with one grade", async () => {
    expect(await read("q1 0 a 1\nq1 0 a 1\nq1 1 a 1\n")).toEqual({ qrels: { q1: { a: 1 } }, duplicates: 2 });
  });

  it("gives a file without judgements qrels without queries", async () => {
    expect(await read("")).toEqual({ qrels: {}, duplicates: 0 });
    expect(await read("query-id\tcorpus-id\tscore\n")).toEqual({ qrels: {}, duplicates: 0 });
  });

  it.each([
    { why: "three fields", text: "q1 0 a 1\nq1 0 a\n", code: "DATA_INVALID" },
    { why: "five fields", text: "q1 0 a 1\nq1 0 Geneva Durben 1\n", code: "DATA_INVALID" },
    { why: "a grade with a fraction", text: "q1 0 a 1\nq1 0 b 0.5\n", code: "DATA_INVALID" },
    { why: "a grade that is no number", text: "q1 0 a 1\nq1 0 b yes\n", code: "DATA_INVALID" },
    { why: "a grade past whole numbers", text: "q1 0 a 1\nq1 0 b 99999999999999999999\n", code: "DATA_INVALID" },
    { why: "two grades of one pair", text: "q1 0 a 1\nq1 0 a 2\n", code: "DUPLICATE_ID" },
    { why: "blanks for tabs in BEIR", text: "query-id\tcorpus-id\tscore\nq1 a 1\n", code: "DATA_INVALID" },
    { why: "a fourth column in BEIR", text: "query-id\tcorpus-id\tscore\nq1\ta\t1\tx\n", code: "DATA_INVALID" },
    { why: "an empty id in BEIR", text: "query-id\tcorpus-id\tscore\nq1\t\t1\n", code: "DATA_INVALID" },
    { why: "an empty grade in BEIR", text: "query-id\tcorpus-id\tscore\nq1\ta\t\n", code: "DATA_INVALID" },
    {
      why: "a JSON line without a score",
      text: '{"query-id":"q","corpus-id":"a","score":1}\n{"query-id":"q"}',
      code: "DATA_INVALID",
    },
    {
      why: "a JSON line that is none",
      text: '{"query-id":"q","corpus-id":"a","score":1}\nq1 0 a 1',
      code: "DATA_INVALID",
    },
  ])("refuses $why and says where it is", async ({ text, code }) => {
    const path = await folder.write("bad.txt", text);
    await expect(readQrels(path)).rejects.toMatchObject({ code, where: `${path}:2` });
  });
});

describeWithData("readQrels on published files", ".", (data) => {
  it.each([
    { path: "beir/scifact/qrels/test.tsv", queries: 300, judgements: 339 },
    { path: "beir/nfcorpus/qrels/test.tsv", queries: 323, judgements: 12_334 },
    { path: "limit/limit-small/qrels.jsonl", queries: 1000, judgements: 2000 },
    { path: "trec/trec_eval/qrels.test", queries: 3, judgements: 1708 + 1061 + 912 },
  ])("$path has $queries queries and $judgements judgements", async ({ path, queries, judgements }) => {
    const { qrels, duplicates } = await readQrels(`${data}/${path}`);
    expect(qrels.size).toBe(queries);
    expect([...qrels.values()].reduce((sum, { size }) => sum + size, duplicates)).toBe(judgements);
  });
});
