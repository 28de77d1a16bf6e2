import type { CellResult, ExperimentResult } from "../domain/result.ts";

/** What scored a cell's texts: one entry, or for merged rankings one a member. `encoder` is undefined without vectors. */
export type ScoringFacts = { readonly retriever: string; readonly encoder: unknown };

type Step = Readonly<Record<string, unknown>>;

/**
 * How a cell's run came about, after the schema of ir_metadata: what is known of method and data and nothing of time, host
 * or people, so that equal runs have equal bytes. Fusion is two retrieval steps, documents with the weight alpha and
 * scenarios with 1 - alpha, which a third one interpolates.
 *
 * Source: ir_metadata 0.1 (Breuer, Keller, Schaer, SIGIR 2022), ir-metadata.org.
 */
export function irMetadata(
  cell: CellResult,
  { result, scoring }: { readonly result: ExperimentResult; readonly scoring: readonly ScoringFacts[] },
): Step {
  const dataset = result.datasets.find(({ id }) => id === cell.dataset);
  const scenarios = result.scenarios.find((set) => set.name === cell.scenarios && set.dataset === cell.dataset);
  const origin = dataset?.origin.join(", ");
  return {
    "schema-version": 0.1,
    "run-version": 1,
    tag: cell.system,
    platform: { software: { "retrieval toolkit": ["spikebench"] } },
    "research goal": { evaluation: evaluationOf(cell, result) },
    method: {
      automatic: true,
      "score ties": "document id, descending",
      retrieval: stepsOf(cell, scoring),
    },
    data: {
      "test collection": {
        name: cell.dataset,
        source: origin,
        qrels: `sha256:${dataset?.qrelsSha256}`,
        topics: cell.queries === "original" ? origin : `query set ${cell.queries}`,
      },
      ...(scenarios === undefined
        ? {}
        : { other: [{ name: `scenarios ${scenarios.name}`, source: `sha256:${scenarios.contentHash}` }] }),
    },
  };
}

function evaluationOf(cell: CellResult, { measures, cells, comparison }: ExperimentResult): Step {
  const base = cells.find(
    (one) =>
      one.alpha === null &&
      one.retriever === cell.retriever &&
      one.dataset === cell.dataset &&
      one.queries === cell.queries,
  );
  if (cell.alpha === null || base === undefined || comparison === null) return { "reported measures": measures };
  const { test, correction } = comparison.declaration;
  return {
    "reported measures": measures,
    baseline: [base.system],
    "significance test": [{ name: `paired ${test.replace("paired-t", "t")}`, "correction method": correction }],
  };
}

function stepsOf(cell: CellResult, scoring: readonly ScoringFacts[]): readonly Step[] {
  const [only, ...others] = scoring;
  if (only !== undefined && others.length === 0) return systemSteps(cell, cell.retriever, only);
  return [
    ...scoring.flatMap((member) => systemSteps(cell, member.retriever, member)),
    { name: cell.retriever, method: "fusion of rankings", interpolates: scoring.map(({ retriever }) => retriever) },
  ];
}

/** A retriever alone is one step. @param name what the last step is called */
function systemSteps({ alpha, scenarios, fusion }: CellResult, name: string, facts: ScoringFacts): readonly Step[] {
  const scored = { method: facts.retriever, ...(facts.encoder === undefined ? {} : { encoder: facts.encoder }) };
  if (alpha === null) return [{ name, ...scored }];
  const parts = [`${name}, documents`, `${name}, scenarios`] as const;
  return [
    { name: parts[0], ...scored, weight: alpha },
    { name: parts[1], ...scored, scenarios, weight: rest(alpha) },
    { name, method: `fusion ${fusion}`, interpolates: parts },
  ];
}

/** 1 - alpha as decimal arithmetic has it: 1 - 0.9 is 0.1. */
function rest(alpha: number): number {
  return Number((1 - alpha).toFixed(12));
}
