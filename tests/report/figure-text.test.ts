import { describe, expect, it } from "vitest";
import { changeText, differenceText, oneLine, plural, shareText, valueText } from "../../harness/report/figure-text.ts";

describe("figures in text", () => {
  it.each([
    { text: valueText(2 / 3), expected: "0.6667" },
    { text: differenceText(0.0123), expected: "+0.0123" },
    { text: differenceText(-0.0123), expected: "-0.0123" },
    { text: differenceText(-0.00001), expected: "0.0000" },
    { text: differenceText(0.00001), expected: "0.0000" },
    { text: changeText(0.75 / 0.6 - 1), expected: "+25.0 %" },
    { text: changeText(-0.0004), expected: "0.0 %" },
    { text: shareText(5100, 5183), expected: "98.4 %" },
    { text: shareText(0, 0), expected: "0.0 %" },
    { text: plural(1, "cell"), expected: "1 cell" },
    { text: plural(57638, "document"), expected: "57,638 documents" },
    { text: plural(1, "query"), expected: "1 query" },
    { text: plural(54, "query"), expected: "54 queries" },
    { text: plural(2, "key"), expected: "2 keys" },
    { text: oneLine("a\r\nb\u001b[31mc"), expected: "a b [31mc" },
    { text: oneLine("safe\u202Etxt.exe\u2069"), expected: "safe<U+202E>txt.exe<U+2069>" },
    { text: oneLine("\u{E0041}tag"), expected: "<U+E0041>tag" },
    // a joiner is part of how Persian is written, and of one sign of several
    { text: oneLine("می\u200Cخواهم 👩\u200D🚀"), expected: "می\u200Cخواهم 👩\u200D🚀" },
  ])("reads $expected", ({ text, expected }) => {
    expect(text).toBe(expected);
  });
});
