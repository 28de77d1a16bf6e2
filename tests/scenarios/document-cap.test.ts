import { writeFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { openTokenCounter } from "../../harness/analysis/tokenizer.ts";
import { openDocumentCap } from "../../harness/scenarios/document-cap.ts";
import { generationOptions } from "../../harness/scenarios/generation-options.ts";
import { hashBytes } from "../../harness/storage/content-hash.ts";
import { fc } from "../seeded-fast-check.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const folder = temporaryFolder();

/** Every letter is a token, `th` and `the` too; anything else is the unknown one. */
const TOKENIZER = JSON.stringify({
  ...{ normalizer: null, pre_tokenizer: { type: "Whitespace" }, post_processor: null, decoder: null, added_tokens: [] },
  truncation: { max_length: 2, direction: "Right", strategy: "LongestFirst", stride: 0 },
  model: {
    ...{ type: "WordPiece", unk_token: "[UNK]", continuing_subword_prefix: "##", max_input_chars_per_word: 100 },
    vocab: Object.fromEntries(
      ["[UNK]", "the", "th", ..."abcdeht", ..."abcdeht".split("").map((letter) => `##${letter}`)].map((token, id) => [
        token,
        id,
      ]),
    ),
  },
});

function options(more: Readonly<Record<string, unknown>>) {
  return generationOptions.parse({ client: { model: "m", baseUrls: ["http://127.0.0.1/v1"] }, ...more });
}

beforeAll(() => writeFile(folder.path("tokenizer.json"), TOKENIZER));

describe("openDocumentCap", () => {
  it("counts by the model's own tokenizer, whatever truncation that declares", async () => {
    const cap = await openDocumentCap(options({ tokenizer: "tokenizer.json", maxDocumentTokens: 3 }), folder.path(""));
    expect(cap.counting).toEqual({ counted: "tokenizer", sha256: hashBytes(TOKENIZER) });
    expect(cap.cut("the the the")).toBe("the the the");
    expect(cap.cut("the the the the")).toBe("the the the ");
    // the + ##a + ##b | ##c
    expect(cap.cut("theabc")).toBe("theab");
    expect(cap.cut("")).toBe("");
  });

  it("leaves the longest beginning that has no more tokens, as it stands", async () => {
    const count = await openTokenCounter(TOKENIZER, "tokenizer.json");
    const cap = await openDocumentCap(options({ tokenizer: "tokenizer.json", maxDocumentTokens: 20 }), folder.path(""));
    const word = fc.constantFrom("the", "a", "bed", "hat", "\u{1F35E}");
    fc.assert(
      fc.property(fc.array(word, { maxLength: 60 }), (words) => {
        const text = words.join(" ");
        const kept = cap.cut(text);
        expect(text.startsWith(kept)).toBe(true);
        expect(count(kept)).toBeLessThanOrEqual(20);
        if (kept !== text) expect(count(text.slice(0, kept.length + 2))).toBeGreaterThanOrEqual(20);
        else expect(count(text)).toBeLessThanOrEqual(20);
      }),
    );
  });

  it("estimates without a tokenizer", async () => {
    const cap = await openDocumentCap(options({ maxDocumentTokens: 2, charactersPerToken: 3 }), folder.path(""));
    expect(cap.counting).toEqual({ counted: "approximate" });
    expect(cap.cut("abcdefgh")).toBe("abcdef");
  });

  it.each([
    { name: "none.json", code: "FILE_MISSING" },
    { name: "other.json", code: "DATA_INVALID" },
  ])("refuses a tokenizer that cannot be read: $name", async ({ name, code }) => {
    await writeFile(folder.path("other.json"), "{}");
    await expect(openDocumentCap(options({ tokenizer: name }), folder.path(""))).rejects.toMatchObject({
      code,
      where: folder.path(name),
    });
  });
});
