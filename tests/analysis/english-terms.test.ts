import { describe, expect, it } from "vitest";
import { analyzeEnglish } from "../../harness/analysis/english-terms.ts";

describe("analyzeEnglish", () => {
  it.each([
    ["stems and lower-cases", "Running relational Databases", ["run", "relat", "databas"]],
    ["drops stop words in any case", "The cat is IN the hat", ["cat", "hat"]],
    ["takes possessives off before it looks for stop words", "It's the patient's; PATIENT’S", ["patient", "patient"]],
    ["keeps an s without its apostrophe", "James' dogs", ["jame", "dog"]],
    ["keeps contractions", "don't can't", ["don't", "can't"]],
    ["keeps repeats and numbers", "3.5 mg and 3.5 mg", ["3.5", "mg", "3.5", "mg"]],
    ["keeps one-letter words that are no stop words", "vitamin C", ["vitamin", "c"]],
    ["lower-cases as Java does, a code point at a time", "ΟΔΟΣ İ", ["οδοσ", "i"]],
    ["finds nothing in nothing", "", []],
    [
      "is not misled by names of object members",
      "constructor __proto__ toString",
      ["constructor", "__proto__", "tostr"],
    ],
  ])("%s", (_, text, expected) => {
    expect(analyzeEnglish(text)).toEqual(expected);
  });

  it("knows the 33 stop words of Lucene", () => {
    const stopWords =
      "a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to was will with";
    expect(stopWords.split(" ")).toHaveLength(33);
    expect(analyzeEnglish(stopWords)).toEqual([]);
    expect(analyzeEnglish("from has he she which can do")).toEqual(["from", "ha", "he", "she", "which", "can", "do"]);
  });

  it("gives the same terms when it remembers a token as when it does not", () => {
    const once = analyzeEnglish("Organization's unrememberedness");
    expect(analyzeEnglish("Organization's unrememberedness")).toEqual(once);
  });
});
