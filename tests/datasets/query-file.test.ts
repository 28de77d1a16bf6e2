import { describe, expect, it } from "vitest";
import { readQueryTexts } from "../../harness/datasets/query-file.ts";
import { docId, queryId } from "../../harness/domain/ids.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const folder = temporaryFolder();
const QUERIES = [
  { id: queryId("q1"), text: "one", excluded: [docId("d1")] },
  { id: queryId("q2"), text: "two", excluded: [] },
];

describe("readQueryTexts", () => {
  it("replaces texts and keeps order and exclusions", async () => {
    const path = await folder.write(
      "q.jsonl",
      '{"_id":"q2","text":"zwei"}\n{"_id":"q9","text":"x"}\n{"_id":"q1","text":"eins"}\n',
    );
    expect(await readQueryTexts(path, QUERIES)).toEqual([
      { id: "q1", text: "eins", excluded: ["d1"] },
      { id: "q2", text: "zwei", excluded: [] },
    ]);
  });

  it.each([
    { why: "a missing query", text: '{"_id":"q1","text":"eins"}\n', code: "DATA_INVALID" },
    { why: "an empty text", text: '{"_id":"q1","text":"eins"}\n{"_id":"q2","text":""}\n', code: "DATA_INVALID" },
    { why: "an id twice", text: '{"_id":"q1","text":"a"}\n{"_id":"q1","text":"b"}\n', code: "DUPLICATE_ID" },
  ])("refuses $why", async ({ text, code }) => {
    await expect(readQueryTexts(await folder.write("bad.jsonl", text), QUERIES)).rejects.toMatchObject({ code });
  });
});
