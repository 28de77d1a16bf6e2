import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type JsonLine, readJsonLines } from "../../harness/storage/jsonl.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const folder = temporaryFolder();

async function objectsOf(path: string): Promise<JsonLine[]> {
  const all: JsonLine[] = [];
  for await (const batch of readJsonLines(path)) all.push(...batch);
  return all;
}

describe("readJsonLines", () => {
  it("gives every object the line it stands on, past blank lines, BOM and CRLF", async () => {
    const text = '\ufeff{"a":1}\r\n\r\n  \r\n{"b":"é"}';
    const expected = [
      { line: 1, value: { a: 1 } },
      { line: 4, value: { b: "é" } },
    ];
    expect(await objectsOf(await folder.write("objects.jsonl", text))).toEqual(expected);
    expect(await objectsOf(await folder.write("objects.jsonl.gz", gzipSync(text)))).toEqual(expected);
  });

  it.each(["[1]", "null", "1", '"text"', "{", "{'a':1}", '{"a":NaN}', '{"a":1}{"b":2}', '{"a":1},'])(
    "refuses the line %s and says where it is",
    async (line) => {
      const path = await folder.write("bad.jsonl", `{"a":1}\n\n${line}\n`);
      await expect(objectsOf(path)).rejects.toMatchObject({ code: "DATA_INVALID", where: `${path}:3` });
    },
  );

  it("keeps a key called __proto__ as data", async () => {
    const [first] = await objectsOf(await folder.write("proto.jsonl", '{"__proto__":{"x":1}}'));
    expect(Object.keys(first?.value ?? {})).toEqual(["__proto__"]);
    expect(first?.value["x"]).toBeUndefined();
  });

  it("reads an empty file as no objects and refuses a missing one", async () => {
    expect(await objectsOf(await folder.write("empty.jsonl", ""))).toEqual([]);
    await expect(objectsOf(folder.path("absent.jsonl"))).rejects.toMatchObject({ code: "FILE_MISSING" });
  });
});
