import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type DelimitedRow, readDelimited } from "../../harness/storage/delimited.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const folder = temporaryFolder();

async function read(text: string | Uint8Array, separator: "," | "\t"): Promise<readonly DelimitedRow[]> {
  const rows: DelimitedRow[] = [];
  for await (const batch of readDelimited(await folder.write("table", text), separator)) rows.push(...batch);
  return rows;
}

describe("readDelimited", () => {
  it("reads quoted fields with commas, doubled quotes and line ends", async () => {
    const text = 'id,text\r\n1,"a, ""b"""\r\n\r\n2,"one\r\ntwo"\r\n3,\r\n';
    expect(await read(text, ",")).toEqual([
      { line: 2, value: { id: "1", text: 'a, "b"' } },
      { line: 4, value: { id: "2", text: "one\ntwo" } },
      { line: 6, value: { id: "3", text: "" } },
    ]);
  });

  it("quotes nothing where tabs part the fields", async () => {
    expect(await read(gzipSync('a\tb\n"x\t7" tall\n'), "\t")).toEqual([{ line: 2, value: { a: '"x', b: '7" tall' } }]);
  });

  it.each([
    { why: "a field too many", text: "a,b\n1,2,3\n", where: /:2$/ },
    { why: "a field too few", text: "a,b\n1\n", where: /:2$/ },
    { why: "a quote inside a field", text: 'a,b\n1,x"y"\n', where: /:2$/ },
    { why: "a quote without end", text: 'a,b\n1,2\n3,"x\ny\n', where: /:3$/ },
  ])("refuses $why", async ({ text, where }) => {
    await expect(read(text, ",")).rejects.toMatchObject({ code: "DATA_INVALID", where: expect.stringMatching(where) });
  });

  it("reads a quoted field of a million lines in time that grows with its length", async () => {
    const [row] = await read(`id,text\n1,"${"line\n".repeat(1_000_000)}"\n`, ",");
    expect(row?.value["text"]?.length).toBe(5_000_000);
  });
});
