import { describe, expect, it } from "vitest";
import { mixedNotes, pairValues, sharedQueries, valuesOf } from "../../harness/compare/paired-values.ts";
import type { SystemValues } from "../../harness/domain/comparison.ts";
import { queryId } from "../../harness/domain/ids.ts";
import { systemOf } from "./made-up-systems.ts";

const code = (name: string) => expect.objectContaining({ code: name, exitCode: 2 });

function named(values: Readonly<Record<string, number>>): SystemValues {
  return { ...systemOf([]), values: new Map(Object.entries(values).map(([id, value]) => [queryId(id), value])) };
}

describe("pairValues", () => {
  it("pairs by query id, whatever the order, ascending by UTF-8 bytes", () => {
    const a = named({ "\u{1f600}": 1, b: 0.5, "\uff5e": 0.25 });
    const b = named({ "\uff5e": 0.125, b: 0.25, "\u{1f600}": 0 });
    expect(pairValues(a, b)).toEqual({
      ...{ dataset: "d", systemA: "s", systemB: "s" },
      a: [0.5, 0.25, 1],
      b: [0.25, 0.125, 0],
      differences: [0.25, 0.125, 1],
      notes: [],
    });
  });

  it.each<{ why: string; a?: SystemValues; b: SystemValues; refused: string }>([
    { why: "a query more in B", b: systemOf([1, 0, 1]), refused: "QUERY_SETS_DIFFER" },
    { why: "a query less in B", b: systemOf([1]), refused: "QUERY_SETS_DIFFER" },
    { why: "another query in B", b: named({ q000: 1, other: 1 }), refused: "QUERY_SETS_DIFFER" },
    { why: "another dataset", b: systemOf([1, 0], { dataset: "e" }), refused: "QUERY_SETS_DIFFER" },
    { why: "no query", a: systemOf([]), b: systemOf([]), refused: "TOO_FEW_QUERIES" },
    { why: "one query", a: systemOf([1]), b: systemOf([1]), refused: "TOO_FEW_QUERIES" },
    { why: "NaN", b: systemOf([1, Number.NaN]), refused: "VALUE_INVALID" },
    { why: "infinity", a: systemOf([1, -Infinity]), b: systemOf([1, 0]), refused: "VALUE_INVALID" },
    { why: "another policy", b: systemOf([1, 0], { policyHash: "other" }), refused: "POLICIES_DIFFER" },
    { why: "other judgements", b: systemOf([1, 0], { qrelsSha256: "other" }), refused: "POLICIES_DIFFER" },
    {
      why: "an oracle as A",
      a: systemOf([1, 0], { alphaChoice: "oracle" }),
      b: systemOf([1, 0]),
      refused: "ORACLE_REFUSED",
    },
    { why: "an oracle as B", b: systemOf([1, 0], { alphaChoice: "oracle" }), refused: "ORACLE_REFUSED" },
  ])("refuses $why", ({ a = systemOf([0, 1]), b, refused }) => {
    expect(() => pairValues(a, b)).toThrow(code(refused));
  });

  it("says where and which query", () => {
    const [spike, base] = [systemOf([1, 0, 0], { system: "spike" }), systemOf([1, 0], { system: "base" })];
    expect(() => pairValues(spike, base)).toThrow(/^spike on d: query `q002` of `spike` is missing in `base`\./);
  });

  it("compares other policies and judgements when that is allowed, and says so", () => {
    const b = systemOf([1, 0], { policyHash: "other", qrelsSha256: "other" });
    const { notes } = pairValues(systemOf([0, 1]), b, { allowMixed: true });
    expect(notes).toEqual(["Values under different evaluation policies and judgements are compared."]);
  });

  it("takes fixed and cross-fitted alphas", () => {
    const [fixed, fitted] = [
      systemOf([1, 0], { alphaChoice: "fixed" }),
      systemOf([1, 1], { alphaChoice: "cross-fitted" }),
    ];
    expect(pairValues(fixed, fitted).differences).toEqual([0, -1]);
  });
});

describe("mixedNotes", () => {
  it("lets datasets have their own judgements, but not their own policies", () => {
    const [one, other] = [systemOf([]), systemOf([], { dataset: "e", qrelsSha256: "other" })];
    expect(mixedNotes(one, other, false)).toEqual([]);
    expect(() => mixedNotes(one, { ...other, policyHash: "other" }, false)).toThrow(code("POLICIES_DIFFER"));
  });
});

describe("sharedQueries", () => {
  it("compares all of them, not only neighbours", () => {
    expect(sharedQueries([systemOf([1, 0]), systemOf([0, 1]), systemOf([0, 0])])).toEqual(["q000", "q001"]);
    expect(() => sharedQueries([systemOf([1, 0]), systemOf([1, 0]), systemOf([1, 0, 1])])).toThrow(
      code("QUERY_SETS_DIFFER"),
    );
  });
});

describe("valuesOf", () => {
  it("refuses a query without a value", () => {
    expect(valuesOf(named({ x: 0.5, y: 1 }), [queryId("y"), queryId("x")])).toEqual([1, 0.5]);
    expect(() => valuesOf(systemOf([1]), [queryId("none")])).toThrow(code("VALUE_INVALID"));
  });
});
