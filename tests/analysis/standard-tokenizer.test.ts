import { describe, expect, it } from "vitest";
import { tokenize } from "../../harness/analysis/standard-tokenizer.ts";

const letters = (count: number) => "x".repeat(count);

describe("tokenize", () => {
  it("keeps the case and the order of the words", () => {
    expect(tokenize("Vitamin B-12, Bob's")).toEqual(["Vitamin", "B", "12", "Bob's"]);
  });

  it.each([
    ["keeps a token of 255 units whole", letters(255), [letters(255)]],
    ["goes on in a new token after 255 units", letters(600), [letters(255), letters(255), letters(90)]],
    [
      "ends a cut token before a joiner, which then joins nothing",
      `${letters(254)}.${letters(10)}`,
      [letters(254), letters(10)],
    ],
    ["does not cut a character in two", `${letters(254)}𝒳y`, [letters(254), "𝒳y"]],
  ])("%s", (_, text, expected) => {
    expect(tokenize(text)).toEqual(expected);
  });

  it("takes Chinese and Hiragana a character at a time, Hangul a word at a time", () => {
    expect(tokenize("日本語 ひらがな 한국어 DNA解析")).toEqual([..."日本語ひらがな", "한국어", "DNA", "解", "析"]);
  });
});
