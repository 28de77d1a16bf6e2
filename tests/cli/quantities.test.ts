import { describe, expect, it } from "vitest";
import { parseAge, parseSize } from "../../harness/cli/quantities.ts";
import { fc } from "../seeded-fast-check.ts";

const WRONG = [
  "",
  "GB",
  "20",
  "-1GB",
  "1e3GB",
  "20 000MB",
  "1,5GB",
  "20GB!",
  "20XB",
  "0x10B",
  ".5GB",
  "NaN",
  "constructor",
];

describe("parseSize", () => {
  it.each([
    ["0B", 0],
    ["312b", 312],
    ["20GB", 20 * 1000 ** 3],
    ["1.5 kB", 1.5 * 1000],
    ["512MiB", 512 * 1024 ** 2],
    ["2tib", 2 * 1024 ** 4],
    ["0.1KiB", Math.floor(102.4)],
    [" 4TB ", 4 * 1000 ** 4],
  ])("reads %j", (text, bytes) => expect(parseSize("--max-size", text)).toBe(bytes));

  it.each([...WRONG, "30d", "9999999TB"])("refuses %j and says what is expected", (text) => {
    const read = () => parseSize("--max-size", text);
    expect(read).toThrow(expect.objectContaining({ code: "USAGE" }));
    expect(read).toThrow(/`--max-size`.*`20GB`/);
  });

  it("counts whole numbers of a unit exactly", () => {
    fc.assert(
      fc.property(fc.nat(8_000), fc.constantFrom("B", "kB", "MB", "GB", "TB"), (count, unit) => {
        expect(parseSize("x", `${count}${unit}`)).toBe(count * 1000 ** ["B", "kB", "MB", "GB", "TB"].indexOf(unit));
      }),
    );
  });
});

describe("parseAge", () => {
  it.each([
    ["12h", 12 * 60 * 60 * 1000],
    ["30d", 30 * 24 * 60 * 60 * 1000],
    ["2W", 2 * 7 * 24 * 60 * 60 * 1000],
    ["1.5 d", 36 * 60 * 60 * 1000],
    ["0d", 0],
  ])("reads %j", (text, milliseconds) => expect(parseAge("--older-than", text)).toBe(milliseconds));

  it.each([...WRONG, "20GB", "30m", "1y"])("refuses %j and says what is expected", (text) => {
    const read = () => parseAge("--older-than", text);
    expect(read).toThrow(expect.objectContaining({ code: "USAGE" }));
    expect(read).toThrow(/`--older-than`.*`30d`/);
  });
});
