import { describe, expect, it } from "vitest";
import { csvCell, csvLine } from "../../harness/report/csv.ts";

describe("csvCell", () => {
  it.each([
    ["plain", "plain"],
    ["a,b", '"a,b"'],
    ['say "a"', '"say ""a"""'],
    ["a\nb", '"a\nb"'],
    ["", ""],
    ["=1+1", "'=1+1"],
    ["+1", "'+1"],
    ["-1", "'-1"],
    ["@a", "'@a"],
    ["\ta", "'\ta"],
    ["\ra", '"\'\ra"'],
    ["=a,b", '"\'=a,b"'],
    ["a=b", "a=b"],
    [-0.5, "-0.5"],
    [0.1 + 0.2, "0.30000000000000004"],
    [undefined, ""],
  ])("writes %j as %j", (value, cell) => {
    expect(csvCell(value)).toBe(cell);
  });
});

describe("csvLine", () => {
  it("parts cells with commas and ends with CRLF", () => {
    expect(csvLine(["a", 1, undefined, "b,c"])).toBe('a,1,,"b,c"\r\n');
  });
});
