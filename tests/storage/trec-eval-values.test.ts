import { describe, expect, it } from "vitest";
import { readTrecEvalValues } from "../../harness/storage/trec-eval-values.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const folder = temporaryFolder();
const read = async (text: string) => await readTrecEvalValues(await folder.write("values.txt", text));

describe("readTrecEvalValues", () => {
  it("reads the values of queries and passes over means and texts", async () => {
    const values = await read(
      "runid                 \tall\tbm25\nmap                   \t301\t0.0324\nmap\t302\t1\nmap all 0.5162\nrelstring\t301\t'0101'\nP_5 301 0.2\n",
    );
    expect(values).toEqual(
      new Map([
        [
          "map",
          new Map([
            ["301", 0.0324],
            ["302", 1],
          ]),
        ],
        ["P_5", new Map([["301", 0.2]])],
      ]),
    );
  });

  it.each([
    { why: "another number of fields", text: "map 301\n", code: "DATA_INVALID" },
    { why: "NaN", text: "map 301 nan\n", code: "VALUE_INVALID" },
    { why: "a second value", text: "map 301 0.1\nmap 301 0.2\n", code: "DUPLICATE_ID" },
  ])("refuses $why, with the line", async ({ text, code }) => {
    await expect(read(`P_5 301 1\n${text}`)).rejects.toMatchObject({ code, where: expect.stringMatching(/:[23]$/) });
  });

  it("refuses a file of means", async () => {
    await expect(read("map all 0.5\n")).rejects.toMatchObject({ code: "DATA_INVALID" });
  });
});
