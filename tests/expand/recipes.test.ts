import { describe, expect, it } from "vitest";
import { z } from "zod";
import { queryId } from "../../harness/domain/ids.ts";
import { joinOptions, joinTexts, weightOptions, weighVectors } from "../../harness/expand/recipes.ts";
import { fc } from "../seeded-fast-check.ts";

const query = { id: queryId("q1"), text: "why salt", excluded: [] };

describe("weighVectors", () => {
  it("counts the query as one text more where it weighs the same", () => {
    const { parts } = weighVectors({ queryWeight: "equal", queryRepeats: 5, role: "document" })(query, ["a", "b", "c"]);
    expect(parts).toEqual([
      { text: "why salt", weight: 1 / 4, role: "query" },
      { text: "a", weight: 3 / 4 / 3, role: "document" },
      { text: "b", weight: 3 / 4 / 3, role: "document" },
      { text: "c", weight: 3 / 4 / 3, role: "document" },
    ]);
  });

  it("shares what the query leaves among the texts", () => {
    const half = weighVectors({ queryWeight: 0.5, queryRepeats: 5, role: "document" });
    expect(half(query, ["a"]).parts?.map(({ weight }) => weight)).toEqual([0.5, 0.5]);
    expect(half(query, ["a", "b"]).parts?.map(({ weight }) => weight)).toEqual([0.5, 0.25, 0.25]);
  });

  it("leaves out what weighs nothing", () => {
    const alone = weighVectors({ queryWeight: 1, queryRepeats: 1, role: "document" })(query, ["a", "b"]);
    expect(alone.parts).toEqual([{ text: "why salt", weight: 1, role: "query" }]);
    const without = weighVectors({ queryWeight: 0, queryRepeats: 0, role: "query" })(query, ["what salt does"]);
    expect(without).toEqual({ text: "what salt does", parts: [{ text: "what salt does", weight: 1, role: "query" }] });
  });

  it("puts the query before every text where words are searched", () => {
    const { text } = weighVectors({ queryWeight: 0.5, queryRepeats: 2, role: "document" })(query, ["a", "b"]);
    expect(text).toBe("why salt why salt a why salt why salt b");
  });

  it("has weights that sum to 1, all above 0, and the order of the texts", () => {
    const weights = fc.oneof(fc.constant("equal" as const), fc.double({ min: 0, max: 1, noNaN: true }));
    fc.assert(
      fc.property(weights, fc.array(fc.string(), { minLength: 1, maxLength: 9 }), (queryWeight, texts) => {
        const { parts = [] } = weighVectors({ queryWeight, queryRepeats: 1, role: "document" })(query, texts);
        expect(parts.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
        expect(parts.every(({ weight }) => weight > 0)).toBe(true);
        const generated = parts.filter(({ role }) => role === "document");
        expect(generated.map(({ text }) => text)).toEqual(queryWeight === 1 ? [] : texts);
      }),
    );
  });
});

describe("joinTexts", () => {
  it("puts query and text before an encoder as one query, and averages over several", () => {
    const join = joinTexts({ separator: " [SEP] ", queryRepeats: 5 });
    expect(join(query, ["a"])).toEqual({
      text: "why salt why salt why salt why salt why salt a",
      parts: [{ text: "why salt [SEP] a", weight: 1, role: "query" }],
    });
    expect(join(query, ["a", "b"]).parts).toEqual([
      { text: "why salt [SEP] a", weight: 1 / 2, role: "query" },
      { text: "why salt [SEP] b", weight: 1 / 2, role: "query" },
    ]);
  });
});

describe("options of recipes", () => {
  const weights = z.strictObject(weightOptions({ queryWeight: "equal", queryRepeats: 5 }));
  const joins = z.strictObject(joinOptions({ separator: " ", queryRepeats: 5 }));

  it("have the defaults of their kind", () => {
    expect(weights.parse({})).toEqual({ queryWeight: "equal", queryRepeats: 5 });
    expect(joins.parse({ queryRepeats: 0 })).toEqual({ separator: " ", queryRepeats: 0 });
  });

  it.each([
    { queryWeight: 1.5 },
    { queryWeight: -0.1 },
    { queryWeight: "half" },
    { queryRepeats: -1 },
    { queryRepeats: 0.5 },
  ])("refuse %o", (options) => expect(weights.safeParse(options).success).toBe(false));
});
