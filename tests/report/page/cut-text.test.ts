import { describe, expect, it } from "vitest";
import { cutLine, cutText } from "../../../harness/report/page/cut-text.ts";
import { fc } from "../../seeded-fast-check.ts";

describe("cutText", () => {
  it("puts a text on one line and ends it with an ellipsis where it goes on", () => {
    expect(cutText(" one\n two\tthree ", 13)).toBe("one two three");
    expect(cutText("one\ntwo three", 8)).toBe("one two…");
  });
});

describe("cutLine", () => {
  it("leaves at most as many characters and an ellipsis, and never half of one", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 1, max: 20 }), (text, length) => {
        const cut = cutLine(text, length);
        expect(cut.replace(/…$/, "").length).toBeLessThanOrEqual(
          Math.max(length, text.length <= length ? text.length : 0),
        );
        expect(text.length <= length ? cut === text : cut.endsWith("…")).toBe(true);
        expect(cut).not.toMatch(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/);
      }),
    );
  });
});
