import { describe, expect, it } from "vitest";
import { type CsvCell, csvLine, csvLines } from "../../harness/report/csv.ts";
import { fc } from "../seeded-fast-check.ts";
import { HOSTILE } from "./hostile-experiment.ts";

/** A reader after RFC 4180: fields in quotes hold commas, line ends and doubled quotes. */
function parseCsv(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    record.push(quoted?.replaceAll('""', '"') ?? plain ?? "");
    if (end === "\r\n") {
      records.push(record);
      record = [];
    }
  }
  return records;
}

async function* each(cells: readonly CsvCell[]): AsyncGenerator<CsvCell> {
  yield* cells;
}

async function collect(lines: AsyncIterable<string>): Promise<string[]> {
  const collected: string[] = [];
  for await (const line of lines) collected.push(line);
  return collected;
}

describe("csvLine", () => {
  it.each([
    { why: "plain text as it is", cells: ["a b", "c"], line: "a b,c\r\n" },
    { why: "quotes around a comma, quotes doubled", cells: ['a,"b"'], line: '"a,""b"""\r\n' },
    { why: "quotes around a line end", cells: ["a\nb"], line: '"a\nb"\r\n' },
    { why: "a number at full precision", cells: [1 / 3, 1e-7], line: "0.3333333333333333,1e-7\r\n" },
    { why: "a negative number without apostrophe", cells: [-0.5], line: "-0.5\r\n" },
    { why: "nothing for an absent value", cells: ["a", undefined, "b"], line: "a,,b\r\n" },
    { why: "an empty text as an empty field", cells: ["", "b"], line: ",b\r\n" },
  ])("writes $why", ({ cells, line }) => {
    expect(csvLine(cells)).toBe(line);
  });

  it.each([
    ...["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "\0=1"],
    ...["\uFF1D1+1", "\uFF0B1", "\uFF0D1", "\uFF20SUM(A1)"],
  ])("disarms the formula %j with an apostrophe", (text) => {
    expect(parseCsv(csvLine([text, "end"]))).toEqual([[`'${text}`, "end"]]);
  });

  it("is read back field by field", () => {
    const text = fc.string({ unit: fc.constantFrom(..."ab,\"'\r\n\t=+-@é 0") });
    fc.assert(
      fc.property(fc.array(fc.oneof(text, fc.double({ noNaN: true })), { minLength: 1 }), (cells) => {
        const expected = cells.map((cell) =>
          /^[=+\-@\t\r\n]/.test(`${cell}`) && typeof cell === "string" ? `'${cell}` : `${cell}`,
        );
        expect(parseCsv(csvLine(cells))).toEqual([expected]);
      }),
    );
  });

  it("keeps every bit of a number", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (value) => {
        expect(Number(parseCsv(csvLine([value]))[0]?.[0])).toBe(value);
      }),
    );
  });
});

describe("csvLines", () => {
  it("writes the values of every query, then the means as query `all`, in the order of the measures", async () => {
    const cell: CsvCell = {
      system: "bm25",
      dataset: "scifact",
      perQuery: new Map([
        ["q1", { "R@100": 1, "nDCG@10": 0.5 }],
        ["=2", { "R@100": 0, "nDCG@10": 0.25 }],
      ]),
      values: { "R@100": (1 + 0) / 2, "nDCG@10": (0.5 + 0.25) / 2 },
    };
    const lines = await collect(csvLines(each([cell]), ["nDCG@10", "R@100"]));
    expect(parseCsv(lines.join(""))).toEqual([
      ["run", "dataset", "query", "measure", "value"],
      ["bm25", "scifact", "q1", "nDCG@10", "0.5"],
      ["bm25", "scifact", "q1", "R@100", "1"],
      ["bm25", "scifact", "'=2", "nDCG@10", "0.25"],
      ["bm25", "scifact", "'=2", "R@100", "0"],
      ["bm25", "scifact", "all", "nDCG@10", "0.375"],
      ["bm25", "scifact", "all", "R@100", "0.5"],
    ]);
  });

  it("shows a failed cell as `all` without a value", async () => {
    const cell: CsvCell = { system: "bm25", dataset: "fiqa", perQuery: new Map(), values: {} };
    const lines = await collect(csvLines(each([cell]), ["nDCG@10"]));
    expect(lines.at(-1)).toBe("bm25,fiqa,all,nDCG@10,\r\n");
  });

  it("writes what it wrote before, hostile names too", async () => {
    const cells = HOSTILE.map((name, i): CsvCell => {
      const values = { "nDCG@10": i / 16 };
      return { system: name, dataset: `d,${i}`, perQuery: new Map([[name, values]]), values };
    });
    const text = (await collect(csvLines(each(cells), ["nDCG@10"]))).join("");
    await expect(text).toMatchFileSnapshot("../golden/report/hostile.csv");
    for (const record of parseCsv(text)) for (const field of record) expect(field).not.toMatch(/^[=+\-@\t\r\n]/);
  });

  it("asks for a cell only when the lines before it were taken", async () => {
    const asked: string[] = [];
    async function* cells(): AsyncGenerator<CsvCell> {
      for (const system of ["a", "b"]) {
        asked.push(system);
        yield await Promise.resolve({ system, dataset: "d", perQuery: new Map(), values: { AP: 1 } });
      }
    }
    const lines = csvLines(cells(), ["AP"]);
    await lines.next();
    await lines.next();
    expect(asked).toEqual(["a"]);
  });
});
