import { describe, expect, it } from "vitest";
import { segmentWords } from "../../harness/analysis/word-segments.ts";
import { readJsonLines } from "../../harness/storage/jsonl.ts";
import { describeWithData } from "../real-data.ts";
import { fc } from "../seeded-fast-check.ts";

const segmenter = new Intl.Segmenter("en", { granularity: "word" });

/** The slow way: ICU on the whole text. Joiners alone are no words and emoji are, as in Lucene. */
function slowWords(text: string): string[] {
  return [...segmenter.segment(text)]
    .filter(({ segment, isWordLike }) =>
      (isWordLike ? /[^\p{Pc}\p{M}\p{Cf}\u202f]/u : /\p{Extended_Pictographic}/u).test(segment),
    )
    .map(({ segment }) => segment);
}

const asciiCharacter = fc.constantFrom(...`'._,;:0123456789AZazb"- \t\n@#/()`);
const unicodeCharacter = fc.oneof(
  { weight: 4, arbitrary: asciiCharacter },
  {
    weight: 3,
    arbitrary: fc.constantFrom(..."éßİΣ’＇\u0301\u200d\u202f\u00a0\u00ad\ufeff\u2028\u0085\u3000₂½·‧١א日本ひカทย한😀©"),
  },
  {
    weight: 1,
    arbitrary: fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }).filter((c) => !/\p{Emoji}/u.test(c)),
  },
);

describe("segmentWords", () => {
  it.each([
    ["joins letters over a colon, a stop and an apostrophe", "a:b e.g.x it's", ["a:b", "e.g.x", "it's"]],
    ["joins digits over a stop, a comma, a semicolon and an apostrophe", "3.4 3,4;5 1'0", ["3.4", "3,4;5", "1'0"]],
    ["parts digits at a colon and letters at a comma", "12:30 a,b", ["12", "30", "a", "b"]],
    ["parts a letter from a digit at a stop", "a.3 3.a", ["a", "3", "3", "a"]],
    ["joins over an underscore, which alone is no word", "a_b _c __ _", ["a_b", "_c"]],
    ["parts words at hyphens and slashes", "well-known and/or", ["well", "known", "and", "or"]],
    ["takes the typographic apostrophe for an apostrophe", "patient’s", ["patient’s"]],
    ["takes emoji and the copyright sign for words", "© 2019 😀!", ["©", "2019", "😀"]],
    ["finds nothing in nothing", " -- ", []],
  ])("%s", (_, text, expected) => {
    expect(segmentWords(text)).toEqual(expected);
  });

  it("cuts ASCII as ICU does", () => {
    fc.assert(
      fc.property(fc.string({ unit: asciiCharacter, maxLength: 40 }), (text) => {
        expect(segmentWords(text)).toEqual(slowWords(text));
      }),
      { numRuns: 5000, seed: 1 },
    );
  });

  it("cuts any text at white space without changing what ICU finds", () => {
    fc.assert(
      fc.property(fc.string({ unit: unicodeCharacter, maxLength: 30 }), (text) => {
        expect(segmentWords(text)).toEqual(slowWords(text));
      }),
      { numRuns: 5000, seed: 2 },
    );
  });
});

describeWithData("segmentWords on real text", "beir/scifact/corpus.jsonl", (corpus) => {
  it("cuts every text of SciFact as ICU does", { timeout: 60_000 }, async () => {
    let words = 0;
    for await (const batch of readJsonLines(corpus)) {
      for (const { value } of batch) {
        const text = `${value["title"]}\n${value["text"]}`;
        const found = segmentWords(text);
        expect(found).toEqual(slowWords(text));
        words += found.length;
      }
    }
    expect(words).toBeGreaterThan(1_000_000);
  });
});
