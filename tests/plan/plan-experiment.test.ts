import { describe, expect, it } from "vitest";
import { HarnessError } from "../../harness/errors.ts";
import { planExperiment } from "../../harness/plan/plan-experiment.ts";
import type { ExperimentPlan } from "../../harness/plan/plan-types.ts";
import { parseExperiment } from "../../harness/spec/parse-experiment.ts";

function plan(body: string): ExperimentPlan {
  return planExperiment(parseExperiment(`version: 1\nname: small\n${body}`, "a.yaml"));
}

const systems = ({ cells }: ExperimentPlan, listed = true) =>
  cells.filter((cell) => cell.listed === listed).map(({ axes, system }) => `${axes.dataset}:${system}`);

const SETS = `
scenarios:
  spike: {kind: file, path: s.jsonl}
  other: {kind: file, path: o.jsonl}
`;

const EXPANDED = "matrix: {retriever: [bm25], dataset: [a]}\nqueries: ";

describe("planExperiment", () => {
  it("has base cells only without a scenarios axis, one for each retriever and dataset, whatever the alphas", () => {
    expect(systems(plan("matrix: {retriever: [bm25, dense], dataset: [a, b], alpha: [0, 1]}"))).toEqual([
      "a:bm25",
      "a:dense",
      "b:bm25",
      "b:dense",
    ]);
  });

  it("gives every SPIKE block its base cell and one cell for each scenario set and alpha", () => {
    const matrix = "matrix: {retriever: [bm25], dataset: [a], scenarios: [spike, other], alpha: [0, 0.5]}";
    expect(systems(plan(`${matrix}${SETS}`))).toEqual([
      "a:bm25",
      "a:bm25+spike+alpha=0",
      "a:bm25+spike+alpha=0.5",
      "a:bm25+other+alpha=0",
      "a:bm25+other+alpha=0.5",
    ]);
  });

  it("takes the declared alpha when the matrix has none", () => {
    const made = plan(`matrix: {retriever: [bm25], dataset: [a], scenarios: [spike]}${SETS}comparison: {alpha: 0.4}`);
    expect(systems(made)).toEqual(["a:bm25", "a:bm25+spike+alpha=0.4"]);
    expect(made.declaredAlpha).toBe(0.4);
  });

  it("crosses query sets and fusions too, and names only what is not at its default", () => {
    const made = plan(
      "matrix: {retriever: [bm25], dataset: [a], queries: [original, gpt4], scenarios: [spike], alpha: [1], " +
        `fusion: [default, paper]}${SETS}queries: {gpt4: {path: q.jsonl}}\nfusions: {paper: {preset: spike-paper}}`,
    );
    expect(systems(made)).toEqual([
      "a:bm25",
      "a:bm25+spike+alpha=1",
      "a:bm25+spike+fusion=paper+alpha=1",
      "a:bm25+queries=gpt4",
      "a:bm25+queries=gpt4+spike+alpha=1",
      "a:bm25+queries=gpt4+spike+fusion=paper+alpha=1",
    ]);
    expect(made.fusions.get("paper")).toEqual({ kind: "spike-paper" });
    expect(made.fusions.get("default")).toEqual({ kind: "weighted-sum" });
  });

  it("excludes as CI matrices do: a base cell only by what names nothing beyond it", () => {
    const matrix = (exclude: string) =>
      plan(
        `matrix: {retriever: [bm25, dense], dataset: [a], scenarios: [spike], alpha: [0, 1], exclude: [${exclude}]}${SETS}`,
      );
    expect(systems(matrix("{retriever: bm25, scenarios: spike}"))).toEqual([
      "a:bm25",
      "a:dense",
      "a:dense+spike+alpha=0",
      "a:dense+spike+alpha=1",
    ]);
    expect(systems(matrix("{retriever: bm25}"))).toEqual(["a:dense", "a:dense+spike+alpha=0", "a:dense+spike+alpha=1"]);
    expect(systems(matrix("{alpha: 1}, {retriever: dense, alpha: 0}"))).toEqual([
      "a:bm25",
      "a:bm25+spike+alpha=0",
      "a:dense",
    ]);
  });

  it("includes further cells, with their base", () => {
    const made = plan(
      "matrix: {retriever: [bm25], dataset: [a], scenarios: [spike], alpha: [0.5], " +
        `include: [{retriever: dense, dataset: b, scenarios: other, alpha: [0, 1]}]}${SETS}`,
    );
    expect(systems(made)).toEqual([
      "a:bm25",
      "a:bm25+spike+alpha=0.5",
      "b:dense",
      "b:dense+other+alpha=0",
      "b:dense+other+alpha=1",
    ]);
  });

  it("adds the cells that a merged retriever needs without listing them", () => {
    const made = plan(
      `matrix: {retriever: [both, bm25], dataset: [a], scenarios: [spike], alpha: [0.5], exclude: [{retriever: bm25, scenarios: spike}]}${SETS}` +
        "retrievers: {both: {kind: rrf, of: [bm25, dense]}}",
    );
    expect(systems(made)).toEqual(["a:both", "a:both+spike+alpha=0.5", "a:bm25"]);
    expect(systems(made, false)).toEqual(["a:dense", "a:bm25+spike+alpha=0.5", "a:dense+spike+alpha=0.5"]);
  });

  it("reads what an alias stands for", () => {
    const made = plan(
      "matrix: {retriever: [bm25], dataset: [a], scenarios: [spike], alpha: [1]}" +
        `${SETS}fusions: {f: &f {aggregate: sum, missingScenario: drop}}\nfusion: *f`,
    );
    expect(made.fusions.get("default")).toEqual({ kind: "weighted-sum", aggregate: "sum", missingScenario: "drop" });
  });

  it.each([
    { why: "unknown retriever", body: "matrix: {retriever: [bm52], dataset: [a]}", code: "UNKNOWN_COMPONENT", line: 3 },
    {
      why: "unknown option",
      body: "matrix: {retriever: [x], dataset: [a]}\nretrievers: {x: {kind: bm25, k2: 1}}",
      code: "SPEC_INVALID",
      line: 4,
    },
    {
      why: "unknown expansion",
      body: `${EXPANDED}{x: {kind: hide, client: {kind: replay, path: a}}}`,
      code: "UNKNOWN_COMPONENT",
      line: 4,
    },
    {
      why: "unknown option of an expansion",
      body: `${EXPANDED}{x: {kind: hyde, sample: 1, client: {kind: replay, path: a}}}`,
      code: "SPEC_INVALID",
      line: 4,
    },
    {
      why: "query set with the name of the dataset's own",
      body: `${EXPANDED}{original: {path: q.jsonl}}`,
      code: "SPEC_INVALID",
      line: 4,
    },
    {
      why: "unknown encoder",
      body: "matrix: {retriever: [x], dataset: [a]}\nretrievers: {x: {kind: dense, encoder: {kind: hush}}}",
      code: "SPEC_INVALID",
      line: 4,
    },
    {
      why: "undeclared scenarios",
      body: "matrix: {retriever: [bm25], dataset: [a], scenarios: [nope], alpha: [1]}",
      code: "SPEC_INVALID",
      line: 3,
    },
    {
      why: "scenarios without alphas",
      body: `matrix: {retriever: [bm25], dataset: [a], scenarios: [spike]}${SETS}`,
      code: "SPEC_INVALID",
      line: 3,
    },
    {
      why: "unknown fusion preset",
      body: `matrix: {retriever: [bm25], dataset: [a], scenarios: [spike], alpha: [1]}${SETS}fusion: {preset: paper}`,
      code: "UNKNOWN_COMPONENT",
      line: 7,
    },
    {
      why: "unknown measure",
      body: "matrix: {retriever: [bm25], dataset: [a]}\nmeasures: [nDGC@10]",
      code: "MEASURE_INVALID",
      line: 4,
    },
    {
      why: "measure deeper than the hits",
      body: "matrix: {retriever: [bm25], dataset: [a]}\nmeasures: [R@100]\nhits: 50",
      code: "MEASURE_INVALID",
      line: 4,
    },
    {
      why: "declared alpha outside the sweep",
      body: `matrix: {retriever: [bm25], dataset: [a], scenarios: [spike], alpha: [0, 1]}${SETS}comparison: {alpha: 0.5}`,
      code: "SPEC_INVALID",
      line: 7,
    },
    {
      why: "name twice on an axis",
      body: "matrix: {retriever: [bm25, bm25], dataset: [a]}",
      code: "SPEC_INVALID",
      line: 3,
    },
    {
      why: "exclude of what no axis has",
      body: "matrix: {retriever: [bm25], dataset: [a], exclude: [{dataset: b}]}",
      code: "SPEC_INVALID",
      line: 3,
    },
    {
      why: "nothing left",
      body: "matrix: {retriever: [bm25], dataset: [a], exclude: [{dataset: a}]}",
      code: "SPEC_INVALID",
      line: 3,
    },
    {
      why: "include without a dataset",
      body: "matrix: {retriever: [bm25], dataset: [a], include: [{retriever: dense}]}",
      code: "SPEC_INVALID",
      line: 3,
    },
    {
      why: "merged of one",
      body: "matrix: {retriever: [x], dataset: [a]}\nretrievers: {x: {kind: rrf, of: [bm25]}}",
      code: "SPEC_INVALID",
      line: 4,
    },
    {
      why: "merged of merged",
      body: "matrix: {retriever: [x], dataset: [a]}\nretrievers: {x: {kind: rrf, of: [bm25, y]}, y: {kind: rrf, of: [bm25, dense]}}",
      code: "SPEC_INVALID",
      line: 4,
    },
  ])("refuses $why, with its line", ({ body, code, line }) => {
    try {
      plan(body);
      expect.fail("expected a refusal");
    } catch (error) {
      if (!(error instanceof HarnessError)) throw error;
      expect(error.code).toBe(code);
      expect(error.where).toMatch(new RegExp(`^a\\.yaml:${line}:\\d+$`));
      expect(error.message).not.toContain("\n");
    }
  });
});
