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
    { text: oneLine("a\r\nb\u001b[31mc"), expected: "a b [31mc" },
  ])("reads $expected", ({ text, expected }) => {
    expect(text).toBe(expected);
  });
});
