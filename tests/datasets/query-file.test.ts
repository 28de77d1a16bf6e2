import { describe, expect, it } from "vitest";
import { readQueryTexts, replaceTexts } from "../../harness/datasets/query-file.ts";
import { docId, queryId } from "../../harness/domain/ids.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const folder = temporaryFolder();
const QUERIES = [
  { id: queryId("q1"), text: "one", excluded: [docId("d1")] },
  { id: queryId("q2"), text: "two", excluded: [] },
];

const read = async (path: string) => replaceTexts(QUERIES, await readQueryTexts(path));

describe("query texts of a file", () => {
  it("replace those of the dataset; order and exclusions stay", async () => {
    const path = await folder.write(
      "q.jsonl",
      '{"_id":"q2","text":"zwei"}\n{"_id":"q9","text":"x"}\n{"_id":"q1","text":"eins"}\n',
    );
    expect(await read(path)).toEqual([
      { id: "q1", text: "eins", excluded: ["d1"] },
      { id: "q2", text: "zwei", excluded: [] },
    ]);
  });

  it.each([
    { why: "a missing query", text: '{"_id":"q1","text":"eins"}\n', code: "DATA_INVALID" },
    { why: "an empty text", text: '{"_id":"q1","text":"eins"}\n{"_id":"q2","text":""}\n', code: "DATA_INVALID" },
    { why: "an id twice", text: '{"_id":"q1","text":"a"}\n{"_id":"q1","text":"b"}\n', code: "DUPLICATE_ID" },
  ])("refuses $why", async ({ text, code }) => {
    await expect(read(await folder.write("bad.jsonl", text))).rejects.toMatchObject({ code });
  });
});
