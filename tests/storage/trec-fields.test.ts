import { describe, expect, it } from "vitest";
import { findFields, splitFields } from "../../harness/storage/trec-fields.ts";
import { fc } from "../seeded-fast-check.ts";

// lines that single spaces part, which most are, and any others
const word = fc.constantFrom("q1", "Q0", "d", "#", "\u00a0", "\u{1f600}x");
const plain = fc.array(word).map((words) => words.join(" "));
const any = fc.array(fc.oneof(word, fc.constantFrom(" ", "  ", "\t", " \t "))).map((pieces) => pieces.join(""));
const line = fc.oneof(plain, any);

describe("splitFields", () => {
  it("parts a line at runs of spaces and tabs, and gives no empty field", () => {
    fc.assert(
      fc.property(line, (text) => {
        expect(splitFields(text)).toEqual(text.split(/[ \t]+/).filter((field) => field !== ""));
      }),
    );
  });
});

describe("findFields", () => {
  it("says where the fields are, whatever the list held before", () => {
    fc.assert(
      fc.property(line, line, (before, text) => {
        const bounds: number[] = [];
        findFields(before, bounds);
        const count = findFields(text, bounds);
        const fields = Array.from({ length: count }, (_, at) => text.slice(bounds[2 * at], bounds[2 * at + 1]));
        expect(fields).toEqual(splitFields(text));
      }),
    );
  });
});
