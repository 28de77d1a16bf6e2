import { describe, expect, it } from "vitest";
import { z } from "zod";
import { checkFragment, didYouMean, type Registry } from "../harness/component.ts";

const registry: Registry<number> = {
  counter: {
    kind: "counter",
    summary: "",
    source: "",
    options: z.strictObject({
      from: z.number().min(0).default(1),
      deep: z.strictObject({ er: z.string() }).optional(),
    }),
    create: () => 0,
  },
};

describe("didYouMean", () => {
  it.each([
    ["bm52", ["bm25", "dense"], "bm25"],
    ["NDCG", ["nDCG", "R"], "nDCG"],
  ])("%s -> %s", (found, known, meant) => expect(didYouMean(found, known)).toContain(`\`${meant}\``));
  it("says nothing when nothing is near", () => expect(didYouMean("zzzzzz", ["bm25"])).toBe(""));
});

describe("checkFragment", () => {
  it("fills in defaults", () => {
    expect(checkFragment("thing", registry, { kind: "counter" }).options).toEqual({ from: 1 });
  });

  it.each([
    { why: "an unknown kind", fragment: { kind: "conter" }, code: "UNKNOWN_COMPONENT", path: ["kind"] },
    { why: "an unknown option", fragment: { kind: "counter", form: 1 }, code: "SPEC_INVALID", path: ["form"] },
    { why: "a bad value", fragment: { kind: "counter", from: -1 }, code: "SPEC_INVALID", path: ["from"] },
    {
      why: "a bad value inside",
      fragment: { kind: "counter", deep: { er: 1 } },
      code: "SPEC_INVALID",
      path: ["deep", "er"],
    },
  ])("points at $why", ({ fragment, code, path }) => {
    const where = (inner: readonly (string | number)[]) => inner.join("/");
    expect(() => checkFragment("thing", registry, fragment, { where })).toThrow(
      expect.objectContaining({ code, where: path.join("/") }),
    );
  });
});
