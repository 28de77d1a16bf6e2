import { describe, expect, it } from "vitest";
import { bcaInterval } from "../../harness/compare/bca-interval.ts";
import { type GateEvidence, type GateRules, gateVerdict, judgeCandidate } from "../../harness/compare/gate.ts";
import { normals, systemOf } from "./made-up-systems.ts";

const evidence: GateEvidence = { candidateMean: 0.4, difference: 0, interval: [-0.005, 0.005], unchanged: false };

describe("gateVerdict", () => {
  it.each<{ why: string; found?: Partial<GateEvidence>; rules?: GateRules; verdict: string }>([
    { why: "the lower bound is above the margin", verdict: "pass" },
    { why: "the lower bound is on the margin", found: { interval: [-0.01, 0.005] }, verdict: "inconclusive" },
    { why: "the interval holds the margin", found: { interval: [-0.02, 0.005] }, verdict: "inconclusive" },
    { why: "the upper bound is on the margin", found: { interval: [-0.02, -0.01] }, verdict: "inconclusive" },
    { why: "the upper bound is below the margin", found: { interval: [-0.03, -0.0101] }, verdict: "regress" },
    {
      why: "the margin is 0 and so is the lower bound",
      found: { interval: [0, 1] },
      rules: { margin: 0 },
      verdict: "inconclusive",
    },
    {
      why: "the margin is 0 but nothing changed",
      found: { interval: [0, 0], unchanged: true },
      rules: { margin: 0 },
      verdict: "pass",
    },
    {
      why: "a wider margin is declared",
      found: { interval: [-0.02, 0.005] },
      rules: { margin: 0.03 },
      verdict: "pass",
    },
    { why: "the mean is on the floor", rules: { floor: 0.1 + 0.3 }, verdict: "pass" },
    { why: "the mean is below the floor", rules: { floor: 0.401 }, verdict: "regress" },
    { why: "nothing changed below the floor", found: { unchanged: true }, rules: { floor: 0.5 }, verdict: "regress" },
    { why: "the loss is the tolerance", found: { difference: -0.002 }, rules: { tolerance: 0.002 }, verdict: "pass" },
    {
      why: "the loss is above the tolerance",
      found: { difference: -0.003 },
      rules: { tolerance: 0.002 },
      verdict: "regress",
    },
    {
      why: "the gain is above the tolerance",
      found: { difference: 0.003 },
      rules: { tolerance: 0.002 },
      verdict: "pass",
    },
  ])("$verdict when $why", ({ found, rules = {}, verdict }) => {
    expect(gateVerdict({ ...evidence, ...found }, rules).verdict).toBe(verdict);
  });

  it("names everything that is broken", () => {
    const { reasons } = gateVerdict(
      { ...evidence, difference: -0.1, interval: [-0.2, -0.05] },
      { floor: 0.5, tolerance: 0.05 },
    );
    expect(reasons).toEqual([
      "its mean 0.4000 is below the floor 0.5.",
      "its mean changed by -0.1000, more than 0.05 down.",
      "the 90 % interval [-0.2000, -0.0500] of the difference lies below -0.01.",
    ]);
  });
});

describe("gateVerdict, single queries", () => {
  const differences = [-0.5, -0.3, -0.1, 0, 0.9];

  it.each([
    { over: 0.3, atMost: 1, verdict: "pass" },
    { over: 0.3, atMost: 0, verdict: "regress" },
    { over: 0.1, atMost: 1, verdict: "regress" },
    { over: 0.5, atMost: 0, verdict: "pass" },
  ])("$verdict when at most $atMost may lose more than $over", ({ verdict, ...queryLoss }) => {
    expect(gateVerdict({ ...evidence, differences }, { queryLoss }).verdict).toBe(verdict);
  });
});

describe("judgeCandidate", () => {
  const baseline = systemOf(normals(60, "baseline"));
  const shifted = (by: number, noise = 0.02) =>
    systemOf(normals(60, "baseline").map((value, at) => value + by + noise * (normals(60, "noise")[at] ?? 0)));

  it("passes what did not change and what became better, and regresses what became worse", () => {
    expect(judgeCandidate(baseline, baseline).verdict).toBe("pass");
    expect(judgeCandidate(baseline, shifted(0.01)).verdict).toBe("pass");
    expect(judgeCandidate(baseline, shifted(-0.05)).verdict).toBe("regress");
    expect(judgeCandidate(baseline, shifted(-0.01)).verdict).toBe("inconclusive");
    expect(judgeCandidate(baseline, shifted(0, 2)).verdict).toBe("inconclusive");
  });

  it("judges by the 90 % interval of candidate - baseline", () => {
    const candidate = shifted(-0.05);
    const values = [...candidate.values].map(([id, value]) => value - (baseline.values.get(id) ?? 0));
    const [low, high] = bcaInterval([{ label: "d", values, weight: 1 }], { seed: 7, resamples: 500, level: 0.9 });
    const { reasons } = judgeCandidate(baseline, candidate, { seed: 7, resamples: 500 });
    const ends = `[${low.toFixed(4)}, ${high.toFixed(4)}]`;
    expect(reasons).toEqual([`the 90 % interval ${ends} of the difference lies below -0.01.`]);
  });

  it("regresses when the cell or a query is missing", () => {
    expect(judgeCandidate(baseline, undefined)).toEqual({ verdict: "regress", reasons: ["the cell is missing."] });
    expect(judgeCandidate(systemOf([1, 0, 1]), systemOf([1, 0]))).toEqual({
      verdict: "regress",
      reasons: ["queries are missing: 1, among them `q002`."],
    });
  });

  it("decides without a spread: the same change for every query", () => {
    const up = [0.5, 0.5, 0.5];
    expect(judgeCandidate(systemOf([0.25, 0.25, 0.25]), systemOf(up)).verdict).toBe("pass");
    expect(judgeCandidate(systemOf([0.75, 0.75, 0.75]), systemOf(up)).verdict).toBe("regress");
  });

  it.each([
    { why: "a query that the baseline lacks", candidate: systemOf([1, 0, 1]), code: "QUERY_SETS_DIFFER" },
    { why: "another policy", candidate: systemOf([1, 0], { policyHash: "new" }), code: "POLICIES_DIFFER" },
    { why: "other judgements", candidate: systemOf([1, 0], { qrelsSha256: "new" }), code: "POLICIES_DIFFER" },
    { why: "an oracle", candidate: systemOf([1, 0], { alphaChoice: "oracle" }), code: "ORACLE_REFUSED" },
    { why: "NaN", candidate: systemOf([1, Number.NaN]), code: "VALUE_INVALID" },
  ])("refuses $why, which is neither better nor worse", ({ candidate, code }) => {
    expect(() => judgeCandidate(systemOf([1, 0]), candidate)).toThrow(expect.objectContaining({ code }));
  });
});
